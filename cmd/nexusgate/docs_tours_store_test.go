package main_test

import (
	"fmt"
	"maps"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/gate/store/storetest"
)

func throughAttestation(t *testing.T, w *tour) {
	w.runs("nexusgate attest key")
	h := opened(t, forPrograms, func(h *house) { h.settings.Attest = []string{"--attest-key", filepath.Join(w.folder, "attest.key")} })
	h.green()
	h.rest()
	w.at(h).configure(h)
	w.put("5f0c2e…", h.standing().HeadSays.ID, "9c1f…", h.cart.Head("main"), "77ab…", h.web.Head("main"), "FILE --key …", "increment.json --key attest.pem")
	w.set(map[string]string{"TOKEN": tokenOfPrograms})
	w.runs("curl -H")
	w.runs("nexusgate verify increment.json")
	w.runs("nexusgate verify FILE", "of storefront: done")
	tool, err := slsaVerifier()
	if err != nil {
		t.Fatal(err)
	}
	w.program("slsa-verifier", tool)
	w.runs("curl -o attest.pem")
	w.runs("slsa-verifier", "Verifying VSA: PASSED")
	w.unset("NEXUSGATE_LOGIN_CLIENT_SECRET", "NEXUSGATE_API_TOKENS")
	w.serves("nexusgate serve", servesPages)
}

func throughTransparency(t *testing.T, w *tour) {
	key := newLogKey(t)
	h := opened(t, func(h *house) { h.settings.LogKey, h.settings.HeadsEvery = key, 10*time.Millisecond })
	w.at(h)
	size := 0
	h.eventually("a head is signed", func() bool {
		_, text := h.get("/api/v1/nexus/storefront/log")
		_, err := fmt.Sscanf(strings.ReplaceAll(text, "\n", " "), "done.test/storefront %d ", &size)
		return err == nil
	})
	_, head := h.get("/api/v1/nexus/storefront/log")
	w.file("head.txt", head)
	w.file("verifier", key.Verifier())
	h.green()
	h.rest()
	verdict := h.standing().HeadSays.ID
	h.eventually("the last verdict is under a head", func() bool {
		status, _ := h.get("/api/v1/nexus/storefront/log/" + verdict)
		return status == 200
	})
	w.put("sqlite:nexusgate.db", h.settings.Store, "5f0c2e…", verdict, "from/1204", fmt.Sprintf("from/%d", size), "FILE", "log.key")
	w.left[0].says = []string{strings.Replace(w.left[0].says[0], "done.example.com", "done.test", 1)}
	w.runs("curl https://done.example.com/api/v1/nexus/storefront/log", "— done.test ")
	w.runs("nexusgate log verify")
	w.runs("nexusgate log prove")
	w.runs("nexusgate log check proof.json")
	w.runs("curl -o grown.json")
	w.runs("nexusgate log check grown.json")
	w.runs("nexusgate log key", `^done\.example\.com\+[0-9a-f]{8}\+\S+\n`)
}

func throughImpact(t *testing.T, w *tour) {
	h := opened(t)
	h.green()
	h.rest()
	w.file("nexus.cue", strings.Replace(named(""), "done: {", `done: {
	mutation: {why: "Mutants die", on: "commit", evidence: "mutation", must: score: >60}`, 1))
	w.put("sqlite:nexusgate.db", h.settings.Store)
	w.ends("nexusgate impact", 1, `^storefront: [\d,]+ verdicts judged again, from .* UTC to .* UTC: [\d,]+ on components, `,
		`\n[\d,]+ would have been different\n\ncart\n`, `\n  mutation  new: waiting +[\d,]+  as in verdict [0-9a-f]{32}\n`,
		`\noutcomes that would have turned\n  components of cart  done → awaiting +[\d,]+  as verdict [0-9a-f]+\n`)
}

// missed is a service that a landing and a check were not told of.
func missed(t *testing.T) *house {
	t.Helper()
	h := furnish(t, named(""))
	h.nexus, h.settings.Sweep = "storefront", time.Hour
	h.settings.Now = func() time.Time { return time.Now().Add(10 * time.Minute) } // so late is all that is found
	h.start()
	h.eventually("every repository was swept", func() bool {
		heard, err := h.server.Hearing(t.Context(), h.nexus)
		return err == nil && !heard.Sweep.Ended.IsZero() && len(heard.Repos) == 3
	})
	h.rest()
	h.hub.Lose("push", 1)
	h.cart.Commit("main", "Guests", map[string]string{"cart.go": "package cart"})
	h.hub.Lose("check_run", 0)
	run := h.pay.Run(ci("push"), h.pay.Head("main"))
	run.Start()
	h.rest()
	return h
}

// movable is a store of a house in which nobody is at work any more, in the folder of a tour.
func (w *tour) movable(h *house) {
	w.t.Helper()
	if err := h.stop(); err != nil {
		w.t.Fatal(err)
	}
	kept := filepath.Join(w.folder, "nexusgate.db")
	if err := os.Rename(strings.TrimPrefix(h.settings.Store, "sqlite:"), kept); err != nil {
		w.t.Fatal(err)
	}
	h.settings.Store = "sqlite:" + kept
	w.put("/var/lib/nexusgate/", w.folder+"/", "/var/backups/", w.folder+"/", "/backup/", w.folder+"/")
}

func throughOperations(t *testing.T, w *tour) {
	h := missed(t)
	w.configure(h)
	server, dsn := w.database()
	w.put(
		"postgres://db.example/nexusgate", h.settings.Store, "'postgres://nexusgate@db.example/nexusgate?sslmode=verify-full'", "'"+dsn("nexusgate")+"'",
		"postgres://nexusgate@db/nexusgate …", "'"+dsn("moved")+"' --config nexus.cue", "postgres://nexusgate@db/nexusgate", "'"+dsn("moved")+"'",
		"postgres://…", "'"+dsn("moved")+"' --config nexus.cue", "PGPASSWORD=…", "PGPASSWORD=a-password", "/backup/…", w.folder+"/nexusgate-2026-11-23.db",
	)
	w.ends("nexusgate sweep", 1)
	w.movable(h)
	w.serves("nexusgate serve --config nexus.cue --store sqlite:", servesPages)
	w.contains(h)
	w.set(server)
	w.runs("createdb")
	w.serves("PGPASSWORD=…", servesPages)
	w.runs("nexusgate backup")
	w.lose("nexusgate.db")
	w.runs("nexusgate restore")
	w.runs("nexusgate replay --store sqlite:/backup/…", "the same")
	w.held(shown{page: w.page, command: "createdb --owner=nexusgate moved"}, 0)
	w.runs("nexusgate copy", "the same")
	w.serves("nexusgate serve --store postgres://nexusgate@db/nexusgate", servesPages)
	w.serves("nexusgate serve --store postgres://…", servesPages)
	w.makes()
}

// lose takes a store away, which is why it is restored.
func (w *tour) lose(name string) {
	w.t.Helper()
	if err := os.Rename(filepath.Join(w.folder, name), filepath.Join(w.folder, name+".lost")); err != nil {
		w.t.Fatal(err)
	}
}

// database starts a server of PostgreSQL that has a user nexusgate: what its programs are told of it, and the DSN of a
// database there.
func (w *tour) database() (env map[string]string, dsn func(name string) string) {
	w.t.Helper()
	server := storetest.NewPostgresServer(w.t)
	at, err := url.Parse(server.DSN("nexusgate"))
	if err != nil {
		w.t.Fatal(err)
	}
	w.program("createdb", postgresProgram(w.t, "createdb"))
	return map[string]string{"PGHOST": at.Query().Get("host"), "PGUSER": at.User.Username()}, server.DSN
}

// postgresProgram is one of PostgreSQL's: that on the path, else the newest of the distribution's.
func postgresProgram(t *testing.T, name string) string {
	t.Helper()
	if found, err := exec.LookPath(name); err == nil {
		return found
	}
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/" + name)
	if err != nil || len(found) == 0 {
		t.Fatalf("there is no %s: run make postgres first", name)
	}
	return found[len(found)-1]
}

func throughUpgrade(t *testing.T, w *tour) {
	h := opened(t)
	w.configure(h)
	w.movable(h)
	w.put(`"$NEXUSGATE_STORE" --to …`, `"$NEXUSGATE_STORE" --to again.db`, "127.0.0.1:8099", "127.0.0.1:0")
	w.runs("nexusgate backup --store sqlite:")
	w.set(map[string]string{"NEXUSGATE_STORE": h.settings.Store})
	w.runs(`nexusgate backup --store "$NEXUSGATE_STORE"`)
	w.unset("NEXUSGATE_STORE")
	w.runs("nexusgate version", `^nexusgate \S+`)
	w.runs("cp /var/backups/")
	w.unset(slices.Collect(maps.Keys(h.env))...)
	w.serves("nexusgate serve --config nexus.cue --store sqlite:trial.db", servesPages)
	w.runs("nexusgate replay --store sqlite:trial.db", "the same")
	w.runs("nexusgate restore")
	w.held(shown{page: w.page, command: "nexusgate replay --store sqlite:restored.db"}, 0, "the same")
}
