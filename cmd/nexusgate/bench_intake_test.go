package main_test

import (
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	nexusgate "github.com/nexusgate/nexusgate/cmd/nexusgate"
	"github.com/nexusgate/nexusgate/gate/store"
	"github.com/nexusgate/nexusgate/webhook"
)

const (
	rounds    = 9
	roundSize = 1000 // deliveries that one contestant takes before the next has its turn
)

// contestant is a server that takes deliveries.
type contestant struct {
	name  string
	at    string             // its address
	drain func(b *testing.B) // waits until it has nothing left to do; nil: it never has
	rates []float64          // deliveries a second, of each round
	cpu   time.Duration      // of this process, the senders' included
}

// BenchmarkIntake measures signed deliveries a second until each is answered: of the whole service, which
// judges them meanwhile; of its door alone (the intake and the store, and nobody who judges); of a
// minimal server that checks the signature and inserts into the same engine in groups; and of one that
// checks the signature and keeps nothing. Each delivery is a check run on the head of a change that turns
// the verdict on it. They take turns, and each ratio is the median of the rounds' ratios, so that it holds on a machine
// that is shared; all servers and senders share the same cores.
func BenchmarkIntake(b *testing.B) {
	for _, engine := range engines {
		b.Run(engine.name, func(b *testing.B) {
			make := engine.start(b)
			for _, size := range []int{10, 30} {
				for _, lines := range []int{64, 8} {
					b.Run(fmt.Sprintf("%dKB/%d", size, lines), func(b *testing.B) { intake(b, make, size<<10, lines) })
				}
			}
		})
	}
}

func intake(b *testing.B, make func(*testing.B) database, size, lines int) {
	names := []string{"acme/here", "acme/second", "acme/third"}
	place := newWorkplace(b, components(names), nil)
	for _, name := range names[1:] {
		place.hub.AddRepo(name)
	}
	here := place.hub.AddRepo(names[0])
	place.settings.Store, place.settings.Hold = make(b).dsn, time.Hour // what it reports would be sent in the others' turns
	server := place.open()
	settle(b, server, false)
	all := []*contestant{
		whole(server), door(b, make(b).dsn), minimal(b, "grouped", grouping(b, make(b))), minimal(b, "verified", nothing),
	}
	next := checkRuns(b, server, place.hub, here, size)
	compete(b, all, lines, next) // to warm up
	for _, c := range all {
		c.rates, c.cpu = nil, 0
	}
	for b.Loop() {
		for range rounds {
			compete(b, all, lines, next)
		}
	}
	report(b, all)
	if brought := float64((1 + rounds*b.N) * roundSize); decided(b, server) < brought/2 {
		b.Fatalf("%.0f verdicts of %.0f deliveries: they are to turn it each time", decided(b, server), brought)
	}
}

// compete is a round: each contestant takes the same deliveries.
func compete(b *testing.B, all []*contestant, lines int, next func() delivery) {
	b.Helper()
	deliveries := make([]delivery, roundSize)
	for i := range deliveries {
		deliveries[i] = next()
	}
	for _, c := range all {
		used := processor(b)
		took := driveOver(b, c.at, lines, deliveries)
		if c.drain != nil {
			c.drain(b)
		}
		c.cpu += processor(b) - used
		c.rates = append(c.rates, roundSize/took.Seconds())
	}
}

// report tells of each contestant what it took, and of the service and its door what part of the others'.
func report(b *testing.B, all []*contestant) {
	b.Helper()
	service, door, grouped, verified := all[0], all[1], all[2], all[3]
	for _, c := range all {
		b.ReportMetric(median(c.rates), c.name+"/s")
		b.ReportMetric(float64(c.cpu.Microseconds())/float64(len(c.rates)*roundSize), c.name+"-cpu-us")
	}
	b.ReportMetric(ratio(service, grouped), "of-grouped")
	b.ReportMetric(ratio(door, grouped), "door-of-grouped")
	b.ReportMetric(ratio(service, verified), "of-verified")
	b.ReportMetric(ratio(door, verified), "door-of-verified")
	b.ReportMetric(0, "ns/op") // rounds of four servers, and the pauses: it says nothing
}

// ratio is the median of the rounds' ratios.
func ratio(one, to *contestant) float64 {
	var all []float64
	for i := range one.rates {
		all = append(all, one.rates[i]/to.rates[i])
	}
	return median(all)
}

func median(of []float64) float64 {
	sorted := slices.Sorted(slices.Values(of))
	return sorted[len(sorted)/2]
}

// processor is the time that this process has computed.
func processor(b *testing.B) time.Duration {
	b.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// whole is the whole service. What it judges after it has answered is not timed, and no other's turn begins before.
func whole(server *nexusgate.Server) *contestant {
	return &contestant{
		name: "nexusgate", at: strings.TrimPrefix(server.HooksRoot(), "http://"),
		drain: func(b *testing.B) { settle(b, server, false) },
	}
}

// door is the service's intake and store alone.
func door(b *testing.B, dsn string) *contestant {
	b.Helper()
	kept, err := store.Open(b.Context(), dsn, time.Now)
	if err != nil {
		b.Fatal(err)
	}
	hooks, err := webhook.NewGitHub(benchSecret, kept, time.Now, func(string, string, string) {})
	if err != nil {
		b.Fatal(err)
	}
	served := httptest.NewServer(hooks)
	b.Cleanup(func() { served.Close(); _ = kept.Close() })
	return &contestant{name: "door", at: served.Listener.Addr().String()}
}
