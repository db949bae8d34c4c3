package definition_test

import (
	"errors"
	"maps"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/definition/definitiontest"
)

// The bounds of what a hostile file may cost: their time follows from them, on any machine.
const (
	mostAllocated = 16 << 20 // bytes, in all, to refuse one
	mostSaid      = 64 << 10 // bytes, of all its faults
)

func TestHostileFileIsRefused(t *testing.T) {
	for name, source := range definitiontest.Hostile() {
		t.Run(name, func(t *testing.T) {
			_, err := definition.LoadTightening(definition.File{Name: "done.cue", Source: []byte(source)})
			var faults definition.Faults
			if !errors.As(err, &faults) || len(faults) == 0 {
				t.Fatal("it is let through")
			}
			holdSaid(t, faults)
			for _, f := range faults {
				if strings.Contains(f.Message, "CUE cannot read") {
					t.Errorf("reading it panics: %s", f)
				}
				if f.Pos.File != "done.cue" || f.Pos.Line < 1 || f.Pos.Column < 1 || f.Message == "" {
					t.Errorf("the fault %q has no place or says nothing", f)
				}
			}
		})
	}
}

// holdSaid holds that nobody has to read, keep or show more than is of use.
func holdSaid(t *testing.T, faults definition.Faults) {
	t.Helper()
	said := 0
	for _, f := range faults {
		said += len(f.Message)
		if strings.ContainsAny(f.Message, "\x00\n\r") || len(f.Message) > 2<<10 {
			t.Errorf("a fault says %d bytes, or has line breaks: %q", len(f.Message), f.Message)
		}
	}
	if len(faults) > 51 || said > mostSaid {
		t.Errorf("there are %d faults of %d bytes, more than anyone reads", len(faults), said)
	}
}

func TestWhatIsLetThroughIsBoundedToo(t *testing.T) {
	d := load(t, read(t, "testdata/nexus.cue"))
	for name, source := range definitiontest.Costly() {
		if cost := allocated(func() {
			_, warnings := d.Vet(vetFile(source), vetted)
			holdSaid(t, warnings)
		}); cost > mostAllocated {
			t.Errorf("%s: vetting it allocates %d KiB, want at most %d", name, cost>>10, mostAllocated>>10)
		}
	}
}

func TestRefusingAHostileFileCostsLittle(t *testing.T) {
	d := load(t, read(t, "testdata/nexus.cue"))
	for name, source := range definitiontest.Hostile() {
		if cost := allocated(func() { d.Vet(vetFile(source), vetted) }); cost > mostAllocated {
			t.Errorf("%s: refusing it allocates %d KiB, want at most %d", name, cost>>10, mostAllocated>>10)
		}
	}
}

func vetFile(source string) map[string]definition.File {
	return map[string]definition.File{"cart-api": {Name: "done.cue", Source: []byte(source)}}
}

// allocated is how many bytes a call allocates in all.
func allocated(call func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	call()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

func TestHostileFilesLeaveNothingBehind(t *testing.T) {
	d := load(t, read(t, "testdata/nexus.cue"))
	var files []map[string]definition.File
	for _, source := range slices.Concat(slices.Collect(maps.Values(definitiontest.Hostile())), slices.Collect(maps.Values(definitiontest.Costly()))) {
		files = append(files, vetFile(source))
	}
	round := func() uint64 {
		for _, f := range files {
			d.Vet(f, vetted)
		}
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	round() // what is made once
	before := round()
	for range 5 {
		round()
	}
	if after := round(); after > before+1<<20 {
		t.Errorf("after six rounds more the heap has grown from %d to %d KiB", before>>10, after>>10)
	}
	runtime.KeepAlive(d)
}

// What the Nexus's layer says goes into reports and pages as well.
func TestNoTextOfTheNexusIsLongerThanAReportShows(t *testing.T) {
	long := strings.Repeat("x", 4097)
	for _, source := range []string{
		`productGoal: "` + long + `"`,
		`integrationTeam: members: ["` + long + `"]`,
		`done: x: fix: "` + long + `"`,
		`done: x: from: app: "` + long + `"`,
		`done: x: paths: ["` + long + `"]`,
		`exceptions: e: {criterion: "x", components: ["c"], reason: "` + long + `", requestedBy: "a", approvedBy: "b", until: "2026-12-01"}`,
		`exceptions: e: {criterion: "x", components: ["c"], reason: "r", ticket: "` + long + `", requestedBy: "a", approvedBy: "b", until: "2026-12-01"}`,
		`exceptions: e: {criterion: "x", components: ["` + long + `"], reason: "r", requestedBy: "a", approvedBy: "b", until: "2026-12-01"}`,
		`exceptions: e: {criterion: "x", components: ["c"], reason: "r", requestedBy: "` + long + `", approvedBy: "b", until: "2026-12-01"}`,
		`release: exceptions: "` + long + `"`,
	} {
		_, err := definition.Load(definition.File{Name: "nexus.cue", Source: []byte(nexusWith("must: a: 1") + "\n" + source)})
		var faults definition.Faults
		if !errors.As(err, &faults) {
			t.Errorf("%.60s is let through", source)
		}
		holdSaid(t, faults)
	}
}

// BenchmarkHostileFiles tells the slowest: a speed is measured here, and held by what a file may cost.
func BenchmarkHostileFiles(b *testing.B) {
	d := load(b, read(b, "testdata/nexus.cue"))
	files := definitiontest.Hostile()
	maps.Copy(files, definitiontest.Costly())
	best := map[string]time.Duration{}
	for b.Loop() {
		for name, source := range files {
			began := time.Now()
			d.Vet(vetFile(source), vetted)
			if took := time.Since(began); best[name] == 0 || took < best[name] {
				best[name] = took
			}
		}
	}
	slowest := slices.MaxFunc(slices.Collect(maps.Keys(best)), func(a, b string) int { return int(best[a] - best[b]) })
	b.Logf("the slowest is %s", slowest)
	b.ReportMetric(float64(best[slowest].Microseconds())/1000, "ms/slowest")
	b.ReportMetric(0, "ns/op")
}

// FuzzLoadTightening throws files at the allow-list. Whatever it lets through is held against a
// Nexus, and never relaxes it.
func FuzzLoadTightening(f *testing.F) {
	for _, source := range definitiontest.Hostile() {
		if len(source) < 1000 {
			f.Add(source)
		}
	}
	f.Add(`done: coverage: {must: lines: >=90 & <100, fresh: "2h"}`)
	f.Add(`done: mutation: {why: "Mutants die", on: "commit", evidence: "mutation", must: {a: b: =~"x", c: [1]}}`)
	d := load(f, read(f, "testdata/nexus.cue"))
	component, _ := d.Component("cart-api")
	f.Fuzz(func(t *testing.T, source string) {
		team, err := definition.LoadTightening(definition.File{Name: "done.cue", Source: []byte(source)})
		if err != nil {
			if strings.Contains(err.Error(), "CUE cannot read") {
				t.Errorf("reading it panics: %v", err)
			}
			return
		}
		for _, standing := range []definition.Standing{definition.New, definition.Accepted} {
			rules, _, err := d.Rules(component, team, standing)
			if err != nil {
				continue
			}
			for _, r := range rules {
				if r.Nexus == nil || r.Team == nil {
					continue
				}
				if how := looser(*r.Team, *r.Nexus); how != "" || len(r.Team.Must) < len(r.Nexus.Must) {
					t.Errorf("the tightened %s has %s and %d leaves of %d", r.Nexus.ID, how, len(r.Team.Must), len(r.Nexus.Must))
				}
			}
		}
	})
}
