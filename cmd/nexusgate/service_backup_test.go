package main_test

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	nexusgate "github.com/nexusgate/nexusgate/cmd/nexusgate"
	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/store/storetest"
)

// commanded runs a command that must say yes, and gives what it says.
func commanded(t *testing.T, args ...string) string {
	t.Helper()
	var out, complaint strings.Builder
	code := nexusgate.Run(t.Context(), args, strings.NewReader(""), &out, &complaint, func(string) string { return "" })
	if code != 0 {
		t.Fatalf("%v exits with %d and says %s%s", args, code, out.String(), complaint.String())
	}
	return out.String()
}

func TestAServiceGoesOnFromABackupThatWasMadeUnderLoad(t *testing.T) {
	t.Parallel()
	stores := map[string]string{"sqlite": "sqlite:" + filepath.Join(t.TempDir(), "restored.db"), "postgres": storetest.Postgres(t)}
	h := open(t, shop)
	h.green()
	change := propose(h.cart, "guest")
	approve(h.cart, change)
	done := h.check(h.cart, change.Head(), gate.DoneCheck, "success")
	h.rest()

	backup := filepath.Join(t.TempDir(), "backup.db")
	var load sync.WaitGroup
	load.Go(func() {
		for i := range 100 {
			h.pay.Status("ana", fmt.Sprint("preview-", i), h.pay.Head("main"), "success")
		}
	})
	told := commanded(t, "backup", "--store", h.settings.Store, "--to", backup)
	if !regexp.MustCompile(`^\d+ deliveries, \d+ verdicts, \d+ reports: written to .*backup.db and checked\n$`).MatchString(told) {
		t.Errorf("backup says %s", told)
	}
	load.Wait()
	h.rest()
	if err := h.stop(); err != nil {
		t.Fatal(err)
	}
	if said := commanded(t, "replay", "--store", "sqlite:"+backup); !strings.HasSuffix(said, ": the same\n") {
		t.Errorf("replay of the backup says %s", said)
	}
	for name, to := range stores {
		commanded(t, "restore", "--from", backup, "--to", to)
		if said := commanded(t, "replay", "--store", to); !strings.HasSuffix(said, ": the same\n") {
			t.Errorf("replay of what was restored to %s says %s", name, said)
		}
		h.settings.Store = to
		h.start()
		h.rest()
		if again := h.checks(h.cart, change.Head(), gate.DoneCheck); len(again) != 1 || again[0].ID != done.ID || face(again[0]) != "success" {
			t.Errorf("after the restore to %s the forge shows %+v, want the one check run as it was", name, again)
		}
		change.Review(name, "changes_requested")
		if red := h.check(h.cart, change.Head(), gate.DoneCheck, "failure"); red.ID != done.ID {
			t.Errorf("after the restore to %s check run %d was made, where %d was to be updated", name, red.ID, done.ID)
		}
		h.later()
		change.Review(name, "approved")
		h.check(h.cart, change.Head(), gate.DoneCheck, "success")
		h.rest()
		if err := h.stop(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAGrownStoreMovesToPostgreSQLAndSaysTheSame(t *testing.T) {
	t.Parallel()
	from, to := kept(t, nil), storetest.Postgres(t)
	told := commanded(t, "copy", "--from", from, "--to", to)
	if !regexp.MustCompile(`^4 deliveries, .* and checked\n4 deliveries, [1-9]\d* verdicts: the same\n$`).MatchString(told) {
		t.Errorf("copy says %s", told)
	}
}

// TestAServiceOfEachEarlierVersionIsTakenOver starts the service on databases that earlier builds have
// left: see package store.
func TestAServiceOfEachEarlierVersionIsTakenOver(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join(root, "gate", "store", "testdata", "kept", "sqlite-*.sql"))
	if err != nil || len(files) < 5 {
		t.Fatalf("there are %d kept databases: %v; want at least five", len(files), err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			script, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(t.TempDir(), "kept.db")
			execFile(t, path, string(script))
			var version int
			if _, err := fmt.Sscanf(filepath.Base(file), "sqlite-%d.sql", &version); err != nil {
				t.Fatal(err)
			}
			h := newHouse(t, keptNexus, nil)
			h.cart, h.ungrounded = h.hub.AddRepo("acme/cart-api"), version < groundsSince
			h.settings.Store = "sqlite:" + path
			h.run()
			h.eventually("it stands at what was known, and what waited is judged", func() bool {
				c := h.standing().Components
				return len(c) == 1 && (version < recordSince || strings.HasPrefix(c[0].Commit, "9c1f9c1f") && c[0].Says.Outcome == gate.NotDone)
			})
			if _, page := h.get("/"); !strings.Contains(page, "shop") {
				t.Errorf("its page does not tell of the shop:\n%s", page)
			}
			if err := h.stop(); err != nil {
				t.Fatal(err)
			}
			if version >= groundsSince || version < recordSince {
				if said := commanded(t, "replay", "--store", h.settings.Store); !strings.HasSuffix(said, ": the same\n") {
					t.Errorf("replay says %s", said)
				}
			}
		})
	}
}

// The versions of the schema since when steps are recorded, and since when it is kept what verdicts rest
// on. The ids of verdicts of before that are of another making, and no replay makes them.
const (
	recordSince  = 2
	groundsSince = 5
)

// keptNexus is the definition of those databases.
const keptNexus = `
name: "shop"
teams: {
	cart: components: "cart-api": repo: "github:acme/cart-api"
	pay: {}
	web: {}
}
done: {
	lint: {why: "Clean", on: "commit", evidence: "status", name: "lint", from: app: "ana", must: conclusion: "success", within: "45m"}
	read: {why: "Read by another", on: "change", evidence: "review", must: approvals: >=1}
}
`

func execFile(t *testing.T, path, script string) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(script); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}
