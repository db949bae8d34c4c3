package main_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/gate/forge/forgetest"
)

// The noise of a neighbour, and what is measured beside it.
const (
	noisePerSecond = 1000
	noiseLines     = 50 // connections that bring it
	quietTurns     = 40 // of each round, one for each pull request
	quietRounds    = 3
	quietEvery     = 100 * time.Millisecond
)

// BenchmarkNeighbour measures from receipt to check for a Nexus of which a delivery comes ten times a
// second, alone and while a repository of another Nexus sends a thousand a second, in turns in one run.
func BenchmarkNeighbour(b *testing.B) {
	back := &arrivals{awaited: map[string][]turn{}}
	place := newWorkplace(b, strings.Replace(components([]string{"noisy/a", "noisy/b", "noisy/c"}), `"bench"`, `"noisy"`, 1), back.watch)
	second := filepath.Join(b.TempDir(), "nexus.cue")
	owners := make([]string, quietTurns)
	for i := range owners {
		owners[i] = fmt.Sprintf("quiet-%d/repo", i)
	}
	if err := os.WriteFile(second, []byte(strings.Replace(components(owners), `"bench"`, `"quiet"`, 1)), 0o600); err != nil {
		b.Fatal(err)
	}
	place.settings.Configs = append(place.settings.Configs, second)
	var pulls []*pull
	for _, name := range owners {
		pulls = append(pulls, &pull{repo: place.hub.AddRepo(name)})
	}
	var noisy *forgetest.Repo
	for _, name := range []string{"noisy/c", "noisy/b", "noisy/a"} {
		noisy = place.hub.AddRepo(name)
	}
	server := place.open()
	for _, p := range pulls {
		p.open()
	}
	settle(b, server, true)
	noise := checkRuns(b, server, place.hub, noisy, bodySize)
	var alone, beside []time.Duration
	for b.Loop() {
		for range quietRounds {
			alone = append(alone, turnQuiet(b, pulls, back)...)
			end := makeNoise(b, strings.TrimPrefix(server.HooksRoot(), "http://"), noise)
			beside = append(beside, turnQuiet(b, pulls, back)...)
			end()
			settle(b, server, false)
		}
	}
	tell(b, "alone", alone)
	tell(b, "beside", beside)
	b.ReportMetric(0, "ns/op") // the pace is ours
}

// turnQuiet turns the quiet Nexus's pull requests one after the other.
func turnQuiet(b *testing.B, pulls []*pull, back *arrivals) []time.Duration {
	b.Helper()
	back.mu.Lock()
	back.took = nil
	back.mu.Unlock()
	beat := time.NewTicker(quietEvery)
	defer beat.Stop()
	for _, p := range pulls {
		<-beat.C
		p.turn(back)
	}
	return back.all(b, quietTurns)
}

// makeNoise brings a thousand deliveries a second until it is ended.
func makeNoise(b *testing.B, address string, next func() delivery) (end func()) {
	b.Helper()
	var mu sync.Mutex // next makes one at a time
	stop := make(chan struct{})
	var all sync.WaitGroup
	for range noiseLines {
		all.Go(func() {
			beat := time.NewTicker(noiseLines * time.Second / noisePerSecond)
			defer beat.Stop()
			for {
				select {
				case <-stop:
					return
				case <-beat.C:
				}
				mu.Lock()
				one := next()
				mu.Unlock()
				driveOver(b, address, 1, []delivery{one})
			}
		})
	}
	return func() { close(stop); all.Wait() }
}
