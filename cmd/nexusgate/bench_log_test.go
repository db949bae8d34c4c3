package main_test

import (
	"flag"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	nexusgate "github.com/nexusgate/nexusgate/cmd/nexusgate"
	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/store"
)

var logSize = flag.Int("leaves", 20_000, "how many verdicts BenchmarkLogVerify has in its log")

// BenchmarkLogVerify verifies a log of verdicts with five findings each, against a pass over the same
// rows that hashes nothing: "of-reading" is how many times as long it takes. The memory is what
// the program held at most beyond what it began with.
func BenchmarkLogVerify(b *testing.B) {
	dsn := "sqlite:" + b.TempDir() + "/log.db"
	fillLog(b, dsn, *logSize)
	var took, read time.Duration
	var most uint64
	for b.Loop() {
		stop, peak := make(chan struct{}), make(chan uint64)
		go heapPeak(stop, peak)
		began := time.Now()
		var out strings.Builder
		if code := nexusgate.Run(b.Context(), []string{"log", "verify", "--store", dsn}, strings.NewReader(""), &out, &out, func(string) string { return "" }); code != 0 {
			b.Fatalf("exits with %d: %s", code, out.String())
		}
		took += time.Since(began)
		close(stop)
		most = max(most, <-peak)
		read += readBodies(b, dsn)
	}
	b.ReportMetric(float64(*logSize)*float64(b.N)/took.Seconds(), "leaves/s")
	b.ReportMetric(took.Seconds()/read.Seconds(), "of-reading")
	b.ReportMetric(float64(most)/(1<<20), "peak-MiB")
}

func readBodies(b *testing.B, dsn string) time.Duration {
	b.Helper()
	s, err := store.OpenToRead(b.Context(), dsn)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	began := time.Now()
	if err := s.Leaves(b.Context(), "storefront", func(store.Leaf) error { return nil }); err != nil {
		b.Fatal(err)
	}
	return time.Since(began)
}

func heapPeak(stop <-chan struct{}, peak chan<- uint64) {
	var most uint64
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		most = max(most, m.HeapAlloc)
		select {
		case <-stop:
			peak <- most
			return
		case <-tick.C:
		}
	}
}

func fillLog(b *testing.B, dsn string, size int) {
	b.Helper()
	s, err := store.Open(b.Context(), dsn, time.Now)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	lease, err := s.Claim(b.Context(), store.Lane{Name: "storefront"}, "bench")
	if err != nil {
		b.Fatal(err)
	}
	for seq, made := int64(1), 0; made < size; seq++ {
		step := gate.Step{Seq: seq, Now: logged.Add(time.Duration(seq) * time.Second)}
		for ; len(step.Verdicts) < 500 && made < size; made++ {
			v := verdictNumber(made, step.Now)
			v.ID = fmt.Sprintf("%032x", uint64(made)*0x9e3779b97f4a7c15)
			for range 4 {
				v.Findings = append(v.Findings, v.Findings[0])
			}
			step.Verdicts = append(step.Verdicts, v)
		}
		if err := s.Record(b.Context(), lease, []gate.Step{step}); err != nil {
			b.Fatal(err)
		}
	}
}
