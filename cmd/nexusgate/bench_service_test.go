package main_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	nexusgate "github.com/nexusgate/nexusgate/cmd/nexusgate"
	"github.com/nexusgate/nexusgate/gate/forge/forgetest"
)

// benchSecret signs the deliveries of the benchmarks.
const benchSecret = "a-secret-of-the-benchmarks"

// workplace is a stand-in for GitHub, and the settings of a service that works for it.
type workplace struct {
	b        *testing.B
	hub      *forgetest.GitHub
	settings nexusgate.Settings
	end      func() // ends the service that was opened
}

// newWorkplace builds the forge and the definition, and does not start the service. Every request to
// the forge passes through around, unless that is nil.
func newWorkplace(b *testing.B, definition string, around func(http.Handler) http.Handler) *workplace {
	b.Helper()
	hub, err := forgetest.NewGitHub(forgetest.Options{Now: time.Now})
	if err != nil {
		b.Fatal(err)
	}
	var api http.Handler = hub
	if around != nil {
		api = around(hub)
	}
	served := httptest.NewServer(api)
	b.Cleanup(served.Close)
	hub.ServedAt(served.URL)
	folder := b.TempDir()
	for name, text := range map[string][]byte{"nexus.cue": []byte(definition), "app.pem": hub.PrivateKey()} {
		if err := os.WriteFile(filepath.Join(folder, name), text, 0o600); err != nil {
			b.Fatal(err)
		}
	}
	env := map[string]string{
		"NEXUSGATE_GITHUB_URL": served.URL, "NEXUSGATE_GITHUB_APP_ID": strconv.FormatInt(hub.AppID, 10),
		"NEXUSGATE_GITHUB_PRIVATE_KEY_FILE": filepath.Join(folder, "app.pem"), "NEXUSGATE_GITHUB_WEBHOOK_SECRET": benchSecret,
	}
	return &workplace{b: b, hub: hub, settings: nexusgate.Settings{
		Configs: []string{filepath.Join(folder, "nexus.cue")}, Getenv: func(name string) string { return env[name] },
		Listen: "127.0.0.1:0", Store: "sqlite:" + filepath.Join(folder, "nexusgate.db"), URL: "https://done.example.test",
		Now: time.Now, Log: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError})),
	}}
}

// open starts the service in this process, and ends it with the benchmark.
func (p *workplace) open() *nexusgate.Server {
	p.b.Helper()
	server, err := nexusgate.NewServer(context.Background(), p.settings)
	if err != nil {
		p.b.Fatal(err)
	}
	p.hub.Hook(server.HooksRoot()+"/webhook/github", benchSecret)
	ctx, end := context.WithCancel(context.Background())
	var work sync.WaitGroup
	work.Go(func() {
		if err := server.Run(ctx); err != nil {
			p.b.Error("the service ended: ", err)
		}
	})
	p.end = sync.OnceFunc(func() { end(); work.Wait() })
	p.b.Cleanup(p.end)
	return server
}

// settle waits until every delivery is applied and every read is made; and, where reports matter, until
// every one is taken.
func settle(b *testing.B, server *nexusgate.Server, reports bool) {
	b.Helper()
	look := time.NewTicker(5 * time.Millisecond)
	defer look.Stop()
	for range look.C {
		counts, reads, err := server.Backlog(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		if counts.Pending == 0 && reads == 0 && (!reports || counts.Owed == 0) {
			return
		}
	}
}

// decided is how many verdicts the service has come to since it started.
func decided(b *testing.B, server *nexusgate.Server) float64 {
	b.Helper()
	return sumOf(scraped(b, server.Root()), "verdicts_total", "")
}

// hubSigned are the headers of a delivery as GitHub sends them, with its signature.
func hubSigned(id, event string, body []byte) map[string]string {
	mac := hmac.New(sha256.New, []byte(benchSecret))
	mac.Write(body)
	return map[string]string{
		"User-Agent": "GitHub-Hookshot/0000000", "Content-Type": "application/json", "X-GitHub-Event": event,
		"X-GitHub-Delivery": id, "X-Hub-Signature-256": "sha256=" + hex.EncodeToString(mac.Sum(nil)),
	}
}

// components defines a Nexus of one component for each repository, of which a check named build is asked.
func components(repos []string) string {
	var b strings.Builder
	b.WriteString("name: \"bench\"\nteams: {\n")
	for team := range 3 {
		fmt.Fprintf(&b, "\t\"team-%d\": components: {\n", team)
		for i := team; i < len(repos); i += 3 {
			fmt.Fprintf(&b, "\t\t\"component-%d\": repo: \"github:%s\"\n", i, repos[i])
		}
		b.WriteString("\t}\n")
	}
	b.WriteString(`}
done: build: {
	why: "It builds", on: "commit", evidence: "check", name: "build", from: app: "builder"
	must: conclusion: "success"
}
`)
	return b.String()
}
