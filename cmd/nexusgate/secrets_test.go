package main_test

import (
	"database/sql"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	nexusgate "github.com/nexusgate/nexusgate/cmd/nexusgate"
	"github.com/nexusgate/nexusgate/gate/forge/forgetest"
)

// No secret is in a log, an error, a page or what is kept, however things go wrong.

// dump is all that a store keeps, less the deliveries' bodies, which are the forges' own words, and the
// key that the store keeps for the log.
func dump(t *testing.T, dsn string) string {
	t.Helper()
	raw, err := sql.Open("sqlite", strings.TrimPrefix(dsn, "sqlite:"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = raw.Close() }()
	var text strings.Builder
	for _, table := range column(t, raw, "SELECT name FROM sqlite_master WHERE type = 'table'") {
		if table == "deliveries" || table == "log_keys" {
			continue
		}
		for _, name := range column(t, raw, fmt.Sprintf("SELECT name FROM pragma_table_info('%s')", table)) {
			text.WriteString(strings.Join(column(t, raw, fmt.Sprintf("SELECT CAST(%s AS TEXT) FROM %s WHERE %s IS NOT NULL", name, table, name)), "\n"))
		}
	}
	return text.String()
}

func column(t *testing.T, raw *sql.DB, query string) (values []string) {
	t.Helper()
	rows, err := raw.Query(query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var value string
		if err := rows.Scan(&value); err != nil {
			t.Fatal(err)
		}
		values = append(values, value)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return values
}

// silent fails the test for each secret that a text holds.
func silent(t *testing.T, where, text string, secrets map[string]string) {
	t.Helper()
	for name, secret := range secrets {
		if secret == "" {
			t.Fatalf("%s is not known to the test", name)
		}
		if at := strings.Index(text, secret); at >= 0 {
			t.Errorf("%s is in %s: …%s…", name, where, text[max(0, at-200):at])
		}
	}
}

func TestNoSecretIsToldHoweverThingsGoWrong(t *testing.T) {
	t.Parallel()
	h := furnish(t, shop)
	h.settings.Now = h.soon
	log := h.overhear()
	logKey := filepath.Join(t.TempDir(), "log.key")
	if _, stderr, code := said(t, "log", "key", logKey); code != 0 {
		t.Fatal(stderr)
	}
	private, err := os.ReadFile(logKey)
	if err != nil {
		t.Fatal(err)
	}
	secrets := map[string]string{
		"the App's webhook secret": hubSecret, "the hook's token": labToken, "GitLab's access token": h.lab.Token(),
		"a line of the App's private key": strings.Split(string(h.hub.PrivateKey()), "\n")[3],
		"the key of the log":              strings.TrimSpace(string(private)),
		"the client's secret":             "a-secret-of-the-client-1234", "a token for programs": "a-token-for-programs-5678",
		"a cookie": "a-cookie-of-a-session-9012", "a code of a login": "a-code-of-a-login-3456",
	}
	h.env["NEXUSGATE_LOGIN_CLIENT_SECRET"], h.env["NEXUSGATE_API_TOKENS"] = secrets["the client's secret"], secrets["a token for programs"]
	issuer := "http://127.0.0.1:1" // nobody is there
	h.settings.Look = []string{"--login-issuer", issuer, "--login-client-id", "nexusgate", "--login-allow", "*"}
	if h.settings.LogKey, err = nexusgate.ReadLogKey(logKey); err != nil {
		t.Fatal(err)
	}

	h.start()
	h.rest()
	h.makeNoise(secrets)
	silent(t, "the log", log.String(), secrets)
	silent(t, "what is answered", h.everyPage(secrets), secrets)
	h.hub.Heal()
	h.lab.Heal()
	h.pass(20*time.Minute, time.Minute) // what was refused for good, as it seemed, is tried again in minutes
	h.rest()
	silent(t, "what is kept", dump(t, h.settings.Store), secrets)
	if !strings.Contains(log.String(), "level=WARN") && !strings.Contains(log.String(), "level=ERROR") {
		t.Errorf("the run was not noisy:\n%s", log.String())
	}
}

// makeNoise has everything go wrong: forges that fail and repeat what they were sent, forgeries, people
// and programs who are not let in.
func (h *house) makeNoise(secrets map[string]string) {
	h.t.Helper()
	echo := "you sent " + secrets["GitLab's access token"]
	for i, operation := range []string{"create_check_run", "update_check_run", "read_change_files", "create_token"} {
		h.hub.Inject(forgetest.Fault{Operation: operation, Status: []int{500, 403, 401, 422}[i], Times: 2})
	}
	for _, status := range []int{500, 401, 400} {
		h.lab.Inject(forgetest.Fault{Operation: "create_status", Status: status, Body: `{"message":"` + echo + `"}`, Times: 1})
	}
	change := propose(h.cart, "guest")
	h.web.Commit("page", "A page", map[string]string{"page.ts": "export const page = 1"})
	merge := h.web.OpenChange("page", "main", "A page", "mia")
	h.eventually("something is deferred", func() bool { return h.counts().Owed > 0 || len(h.checks(h.cart, change.Head(), "Done")) > 0 })
	h.eventually("GitLab was asked", func() bool { return h.lab.Requests()["create_status"] > 2 })
	_ = merge
	h.postHub("forged", "push", []byte(`{"secret":"`+secrets["the App's webhook secret"]+`"}`), "another secret")
	h.postHub("broken", "push", []byte(`{`), secrets["the App's webhook secret"])
	h.postLab("forged", "Push Hook", []byte(`{}`), secrets["the hook's token"]+"x")
	h.postLab("broken", "Push Hook", []byte(`[]`), secrets["the hook's token"])
	h.hub.Down()
	h.lab.Down()
}

// everyPage is what every page answers to those who are let in, to those who are not, and to nonsense.
func (h *house) everyPage(secrets map[string]string) string {
	h.t.Helper()
	verdict := h.standing().HeadSays.ID
	var all strings.Builder
	for _, path := range []string{
		"/", "/nexus/shop", "/nexus/shop/components/cart-api", "/nexus/shop/definition", "/verdicts/" + verdict, "/aside", "/nowhere",
		"/api/v1/nexus/shop/increments/head", "/api/v1/nexus/shop/components/web", "/api/v1/nexus/shop/definition", "/api/v1/nexus/shop/definition/versions",
		"/api/v1/verdicts/" + verdict, "/api/v1/nexus/shop/log", "/api/v1/nexus/shop/log/" + verdict, "/api/nowhere",
		"/metrics", "/healthz", "/readyz", "/login", "/login?to=//evil.test", "/logout",
		"/login/callback?state=x&code=" + secrets["a code of a login"], "/debug/vars", "/.env",
	} {
		for _, header := range []map[string]string{
			nil,
			{"Accept": "text/html", "Cookie": "nexusgate=" + secrets["a cookie"]},
			{"Authorization": "Bearer " + secrets["a token for programs"]},
			{"Authorization": "Bearer x" + secrets["a token for programs"]},
			{"Authorization": "Basic " + secrets["the client's secret"]},
		} {
			all.WriteString(h.whole(path, header))
		}
	}
	return all.String()
}

// whole is an answer with its headers.
func (h *house) whole(path string, header map[string]string) string {
	h.t.Helper()
	r, err := http.NewRequestWithContext(h.t.Context(), http.MethodGet, h.server.Root()+path, nil)
	if err != nil {
		h.t.Fatal(err)
	}
	for name, value := range header {
		r.Header.Set(name, value)
	}
	still := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := still.Do(r)
	if err != nil {
		h.t.Fatal(err)
	}
	defer answer.Body.Close()
	var text strings.Builder
	if err := answer.Write(&text); err != nil {
		h.t.Fatal(err)
	}
	return text.String()
}

func TestNoCommandTellsThePasswordOfAStore(t *testing.T) {
	t.Parallel()
	for _, dsn := range []string{
		"postgres://nexus:s3cr3t-word@127.0.0.1:1/nexusgate?connect_timeout=1", "postgres://127.0.0.1:1/nexusgate?user=nexus&password=s3cr3t-word&connect_timeout=1",
		"postgresql://nexus:s3cr3t-word@127.0.0.1:1,127.0.0.1:2/nexusgate?sslmode=nonsense", "postgres://nexus:s3cr3t-word@[::1/nexusgate",
		"postgres://nexus:s3cr3t-word%zz@127.0.0.1:1/nexusgate", "mysql://nexus:s3cr3t-word@127.0.0.1/nexusgate", "postgres:nexus:s3cr3t-word@127.0.0.1",
	} {
		for _, command := range [][]string{
			{"serve", "--config", filepath.Join(root, "examples", "storefront", "nexus.cue"), "--listen", "127.0.0.1:0"},
			{"replay"},
			{"log", "verify"},
			{"log", "prove", "x"},
			{"explain", "ci"},
			{"impact", "--nexus", filepath.Join(root, "examples", "storefront", "nexus.cue")},
		} {
			out, stderr, code := said(t, append(command, "--store", dsn)...)
			if code != 3 || stderr == "" {
				t.Errorf("%v on %s exits with %d and says %q", command, dsn, code, stderr)
			}
			silent(t, fmt.Sprint(command), out+stderr, map[string]string{"the password": "s3cr3t-word"})
		}
	}
}
