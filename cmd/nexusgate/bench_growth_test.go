package main_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	nexusgate "github.com/nexusgate/nexusgate/cmd/nexusgate"
	"github.com/nexusgate/nexusgate/gate/forge/forgetest"
)

// The deliveries that each service takes in its turn, and the components of each Nexus.
const (
	growthTurn = 500
	growthOf   = 10
)

var growthNexuses = flag.Int("nexuses", 100, "how many Nexuses the largest service of BenchmarkServiceGrowth has")

// BenchmarkServiceGrowth measures deliveries from the wire until they are applied, in services of 10, 100 and
// 1,000 components in Nexuses of ten, and of 10,000 with -nexuses 1000. They stand side by side and take
// turns of 500 check runs, each of which turns a component; "of-10" are the medians of the turns' ratios to
// the least of them, in processor time and by the clock. "one" has all deliveries go to one Nexus while the others
// are at rest, "all" spreads them over all.
func BenchmarkServiceGrowth(b *testing.B) {
	var services []*grown
	for nexuses := 1; nexuses <= *growthNexuses; nexuses *= 10 {
		services = append(services, growService(b, nexuses))
	}
	for _, spread := range []string{"one", "all"} {
		b.Run(spread, func(b *testing.B) {
			for range b.N {
				for _, s := range services {
					s.turn(b, spread == "all")
				}
			}
			for _, s := range services {
				name := fmt.Sprint("at-", s.nexuses*growthOf, "-")
				b.ReportMetric(median(s.cpu), name+"cpu-µs")
				b.ReportMetric(median(ratios(s.cpu, services[0].cpu)), name+"cpu-of-10")
				b.ReportMetric(median(ratios(s.clock, services[0].clock)), name+"clock-of-10")
				b.ReportMetric(s.heap, name+"heap-KB")
			}
			for _, s := range services {
				s.cpu, s.clock = nil, nil
			}
			b.ReportMetric(0, "ns/op") // of all services together
		})
	}
}

// grown is a service with so many Nexuses.
type grown struct {
	nexuses int
	server  *nexusgate.Server
	one     []func() delivery // of the first Nexus
	all     []func() delivery // of up to as many as a turn has deliveries
	heap    float64           // KB for each component
	made    int

	cpu, clock []float64 // µs for each delivery of a turn
}

func growService(b *testing.B, nexuses int) *grown {
	b.Helper()
	s := &grown{nexuses: nexuses}
	before := heapHeld()
	place := newWorkplace(b, "", nil)
	folder := b.TempDir()
	place.settings.Configs, place.settings.Hold = nil, time.Hour // no report is sent meanwhile
	var all []*forgetest.Repo
	for n := range nexuses {
		var repos []string
		for i := range growthOf {
			repos = append(repos, fmt.Sprintf("owner-%d/component-%d", n, i))
			all = append(all, place.hub.AddRepo(repos[i]))
		}
		file := filepath.Join(folder, fmt.Sprintf("nexus-%d.cue", n))
		definition := strings.Replace(components(repos), `"bench"`, fmt.Sprintf(`"bench-%d"`, n), 1)
		if err := os.WriteFile(file, []byte(definition), 0o600); err != nil {
			b.Fatal(err)
		}
		place.settings.Configs = append(place.settings.Configs, file)
	}
	s.server = place.open()
	settle(b, s.server, false)
	s.heap = (heapHeld() - before) / float64(nexuses*growthOf)
	place.hub.Hook("", "") // what follows is brought by the benchmark
	for i := 0; i < len(all); i += max(1, len(all)/growthTurn) {
		s.all = append(s.all, turning(b, place.hub, all[i], i))
	}
	for i := range growthOf {
		s.one = append(s.one, turning(b, place.hub, all[i], len(all)+i))
	}
	return s
}

// turning makes check runs of a repository that turn it each time, under keys with a number of their own.
func turning(b *testing.B, hub *forgetest.GitHub, repo *forgetest.Repo, number int) func() delivery {
	b.Helper()
	pattern, began, made := recorded(b, hub, repo, repo.Head("main"), 0), time.Now().UTC().Add(-14*24*time.Hour), 0
	return func() delivery {
		made++
		return signedCheckRun(pattern, fmt.Sprintf("%08x-0000-4000-8000-%012x", uint32(made)*0x9e3779b9, number<<24+made), checkRun{
			name: "build", conclusion: [...]string{"failure", "success"}[made%2], started: began.Add(time.Duration(made) * time.Second),
		})
	}
}

// turn brings deliveries and waits until they are applied.
func (s *grown) turn(b *testing.B, spread bool) {
	b.Helper()
	from := s.one
	if spread {
		from = s.all
	}
	deliveries := make([]delivery, growthTurn)
	for i := range deliveries {
		deliveries[i] = from[s.made%len(from)]()
		s.made++
	}
	began, used := time.Now(), processor(b)
	drive(b, strings.TrimPrefix(s.server.HooksRoot(), "http://"), deliveries)
	settle(b, s.server, false)
	s.clock = append(s.clock, float64(time.Since(began).Microseconds())/growthTurn)
	s.cpu = append(s.cpu, float64((processor(b)-used).Microseconds())/growthTurn)
}

// heapHeld is what this process holds when there is no garbage, in KB.
func heapHeld() float64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc) / 1000
}

func ratios(of, to []float64) (all []float64) {
	for i := range of {
		all = append(all, of[i]/to[i])
	}
	return all
}
