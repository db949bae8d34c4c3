package main_test

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"
)

var (
	soakFor = flag.Duration("soak", 30*time.Second, "how long BenchmarkSoak takes, over all its runs")
	soakIn  = flag.String("soak-in", "", "the folder that it keeps its store and its samples in, and goes on with; none: one of its own")
)

// The pace of the soak. A day of the service and of its forges passes in three minutes, so that retention
// lets go of days within the hour; the deliveries come by our own clock.
const (
	soakRate    = 200              // deliveries a second
	soakHurry   = 24 * 60 / 3      // how many times as fast the clocks go
	soakEvery   = 10 * time.Second // between two samples
	soakWarm    = 12 * time.Minute // or half of the time, if that is less
	soakKeeping = 1                // day that deliveries, and what bears on nothing, are kept
)

// BenchmarkSoak lets the service work for as long as -soak says at two hundred deliveries a second, in a
// process of its own, between stand-ins for both forges where thirty teams of ten Nexuses propose, test,
// review and land changes. It samples what the process takes of the machine into a file of comma-separated
// values, and tells how that goes on after the warm-up: a slope an hour with the bounds of its 95 % interval.
func BenchmarkSoak(b *testing.B) {
	for range b.N {
		s := newSoak(b)
		s.run()
		s.tell()
	}
	b.ReportMetric(0, "ns/op") // it takes as long as it is told to
}

// soak is one of them: what it keeps in its folder, and what is at work.
type soak struct {
	b      *testing.B
	folder string
	began  soakBegun
	forges *soakForges
	served *hurriedProcess
	csv    *soakSamples
}

// soakBegun is what a soak that goes on has to know of its beginning.
type soakBegun struct {
	Origin time.Time `json:"origin"` // when the clocks were right
	Runs   int       `json:"runs"`
}

// newSoak begins one, or goes on with the one in the folder if its time is not over.
func newSoak(b *testing.B) *soak {
	b.Helper()
	s := &soak{b: b, folder: *soakIn}
	if s.folder == "" {
		s.folder = b.TempDir()
	}
	if err := os.MkdirAll(s.folder, 0o700); err != nil {
		b.Fatal(err)
	}
	s.csv = openSoakSamples(b, filepath.Join(s.folder, "soak.csv"))
	note := filepath.Join(s.folder, "begun.json")
	text, err := os.ReadFile(note)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		s.began.Origin = time.Now()
	case err != nil:
		b.Fatal(err)
	default:
		if err := json.Unmarshal(text, &s.began); err != nil {
			b.Fatalf("%s: %v; remove the folder to begin anew", note, err)
		}
	}
	s.began.Runs++
	text, err = json.Marshal(s.began)
	if err != nil {
		b.Fatal(err)
	}
	if err := os.WriteFile(note, text, 0o600); err != nil {
		b.Fatal(err)
	}
	return s
}

// clock is that of the service and of its forges.
func (s *soak) clock() hurriedClock { return hurriedClock{origin: s.began.Origin, hurry: soakHurry} }

// run works until the time is over that is left of it.
func (s *soak) run() {
	s.b.Helper()
	left := *soakFor - s.csv.lasted()
	if left <= 0 {
		s.b.Logf("its %s are over; remove %s to begin anew", *soakFor, s.folder)
		return
	}
	ctx, stop := context.WithTimeout(s.b.Context(), left)
	defer stop()
	s.forges = newSoakForges(s.b, s.clock(), soakNexuses, s.began.Runs)
	defer s.forges.close()
	s.served = startHurried(s.b, hurriedSettings{
		Origin: s.began.Origin, Hurry: soakHurry, Store: "sqlite:" + s.db(), Configs: s.forges.configs,
		Keep: soakKeeping, Hold: soakHurry * time.Second, Sweep: day, Heaps: s.folder,
	}, s.forges.env, filepath.Join(s.folder, "service.log"))
	defer s.served.end(s.b)
	worked := make(chan struct{})
	go func() {
		defer close(worked)
		s.forges.work(ctx, s.served.root)
	}()
	tick := time.NewTicker(soakEvery)
	defer tick.Stop()
	for ctx.Err() == nil {
		select {
		case <-tick.C:
			s.csv.add(s.b, s.sample())
		case <-ctx.Done():
		}
	}
	<-worked
}

func (s *soak) db() string { return filepath.Join(s.folder, "soak.db") }

const day = 24 * time.Hour
