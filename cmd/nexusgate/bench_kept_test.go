package main_test

import (
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	nexusgate "github.com/nexusgate/nexusgate/cmd/nexusgate"
	"github.com/nexusgate/nexusgate/gate/forge/forgetest"
	"github.com/nexusgate/nexusgate/gate/store/storetest"
)

var (
	keptDeliveries = flag.Int("kept", 1_000_000, "how many deliveries BenchmarkStartOfManyKept has in its stores")
	keptIn         = flag.String("kept-in", filepath.Join(root, ".testdata", "kept"), "the folder that it makes them in once, and finds them in later")
)

// BenchmarkStartOfManyKept is BenchmarkStart with a million deliveries in the store, on both engines. The
// first run makes the stores: a service takes the deliveries and applies them, which takes some minutes and
// goes on where it was stopped, and nexusgate copy moves them to PostgreSQL. One in twenty turns a
// component, and so makes verdicts, entries of the log and reports.
func BenchmarkStartOfManyKept(b *testing.B) {
	binary, size := built(b)
	place, repos := sevenComponents(b)
	folder, err := filepath.Abs(filepath.Join(*keptIn, fmt.Sprint(*keptDeliveries)))
	if err != nil {
		b.Fatal(err)
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		b.Fatal(err)
	}
	sqlite := "sqlite:" + filepath.Join(folder, "kept.db")
	once(b, filepath.Join(folder, "kept"), func() { takeMany(b, place, repos, sqlite) })
	b.Run("sqlite", func(b *testing.B) { startOn(b, place, binary, sqlite, size) })
	b.Run("postgres", func(b *testing.B) {
		server := storetest.LastingPostgresServer(b, filepath.Join(folder, "pg"))
		once(b, filepath.Join(folder, "copied"), func() {
			server.Empty(b, "kept")
			var out strings.Builder
			if code := nexusgate.Run(b.Context(), []string{"copy", "--from", sqlite, "--to", server.DSN("kept")},
				strings.NewReader(""), &out, &out, func(string) string { return "" }); code != 0 {
				b.Fatalf("copying exits with %d: %s", code, out.String())
			}
		})
		startOn(b, place, binary, server.DSN("kept"), size)
	})
}

// sevenComponents are those of BenchmarkStart.
func sevenComponents(b *testing.B) (*workplace, []*forgetest.Repo) {
	b.Helper()
	names := []string{"acme/a", "acme/b", "acme/c", "acme/d", "acme/e", "acme/f", "acme/g"}
	place := newWorkplace(b, components(names), nil)
	var repos []*forgetest.Repo
	for _, name := range names {
		repos = append(repos, place.hub.AddRepo(name))
	}
	return place, repos
}

// once does something unless a file says that it was done.
func once(b *testing.B, note string, do func()) {
	b.Helper()
	_, err := os.Stat(note)
	if err == nil {
		return
	}
	if !errors.Is(err, fs.ErrNotExist) {
		b.Fatal(err)
	}
	do()
	if b.Failed() {
		b.FailNow()
	}
	if err := os.WriteFile(note, nil, 0o600); err != nil {
		b.Fatal(err)
	}
}

// takeMany has a service take all deliveries in batches, and apply each before the next. Those that were
// taken before are known by their keys.
func takeMany(b *testing.B, place *workplace, repos []*forgetest.Repo, at string) {
	b.Helper()
	const batch = 20_000
	place.settings.Store, place.settings.Hold = at, time.Second
	server := place.open()
	defer place.end()
	settle(b, server, false)
	next := manyCheckRuns(b, place.hub, repos)
	began := time.Now()
	for made := 0; made < *keptDeliveries; {
		all := make([]delivery, min(batch, *keptDeliveries-made))
		for i := range all {
			all[i] = next()
		}
		drive(b, strings.TrimPrefix(server.HooksRoot(), "http://"), all)
		settle(b, server, false)
		made += len(all)
		fmt.Printf("kept: %d of %d deliveries after %s\n", made, *keptDeliveries, time.Since(began).Round(time.Second))
	}
}

// manyCheckRuns makes check runs of all repositories in turn, each under a key that is always the same. One
// in twenty is asked for and turns its component.
func manyCheckRuns(b *testing.B, hub *forgetest.GitHub, repos []*forgetest.Repo) func() delivery {
	b.Helper()
	var patterns []string
	for _, repo := range repos {
		patterns = append(patterns, recorded(b, hub, repo, repo.Head("main"), 0))
	}
	made, first := 0, time.Now().UTC().Add(-14*24*time.Hour)
	return func() delivery {
		made++
		run := checkRun{name: "preview", conclusion: "success", started: first.Add(time.Duration(made) * time.Second), other: 1}
		if made%20 == 0 {
			run.name, run.conclusion, run.other = "build", [...]string{"failure", "success"}[made/20/len(repos)%2], 0
		}
		id := fmt.Sprintf("%08x-0000-4000-8000-%012x", uint32(made)*0x9e3779b9, made)
		return signedCheckRun(patterns[made%len(patterns)], id, run)
	}
}

// startOn starts the binary on a store and tells how that was.
func startOn(b *testing.B, place *workplace, binary, at string, size float64) {
	b.Helper()
	var ready time.Duration
	var sum weights
	for range b.N {
		r, w := started(b, place, binary, at)
		ready, sum = ready+r, sum.plus(w)
	}
	tellStart(b, ready, sum, size)
}
