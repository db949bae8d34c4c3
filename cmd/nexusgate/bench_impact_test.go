package main_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/store"
)

// BenchmarkImpact measures the binary as it is shipped, on a store of 50 components with 20 criteria:
// every verdict rests on one piece of evidence more than the one before, all of its facts fresh, and
// every verdict on a component is followed by one on the Increment. IMPACT_VERDICTS says how many verdicts
// on components there are, IMPACT_STORE a file that is made once and kept.
func BenchmarkImpact(b *testing.B) {
	verdicts := 20_000
	if n, err := strconv.Atoi(os.Getenv("IMPACT_VERDICTS")); err == nil {
		verdicts = n
	}
	path := os.Getenv("IMPACT_STORE")
	if path == "" {
		path = filepath.Join(b.TempDir(), "history.db")
	}
	if _, err := os.Stat(path); err != nil {
		lifetime(b, path, verdicts)
	}
	binary, _ := built(b)
	candidate := filepath.Join(b.TempDir(), "candidate.cue")
	edited := strings.NewReplacer("lines: >=80", "lines: >=92", `within: "45m"`, `within: "10m"`, `fresh: "24h"`, `fresh: "6h"`).Replace(longLived())
	edited = strings.Replace(edited, "done: {\n", "done: {\n\t\"docs\": {why: \"Docs build\", on: \"commit\", evidence: \"docs\", must: errors: 0, within: \"1h\"}\n", 1)
	if err := os.WriteFile(candidate, []byte(edited), 0o600); err != nil {
		b.Fatal(err)
	}
	var peak int64
	var busy time.Duration
	for b.Loop() {
		cmd := exec.Command(binary, "impact", "--store", "sqlite:"+path, "--nexus", candidate, "--format", "json")
		out, err := cmd.Output()
		if ended, ok := errors.AsType[*exec.ExitError](err); err != nil && (!ok || ended.ExitCode() != 1) {
			b.Fatalf("impact ends with %v and says %s", err, out)
		}
		if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
			peak = max(peak, usage.Maxrss)
		}
		busy += cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	}
	n := float64(b.N)
	b.ReportMetric(b.Elapsed().Seconds()/n/float64(verdicts)*1e6, "s/million")
	b.ReportMetric(busy.Seconds()/n/float64(verdicts)*1e6, "cpu-s/million")
	b.ReportMetric(float64(peak)/1024, "peak-rss-MB")
}

// longLived is the definition of the history: five kinds of four criteria each.
func longLived() string {
	var b strings.Builder
	b.WriteString("name: \"storefront\"\nteams: {\n")
	for team := range 5 {
		fmt.Fprintf(&b, "\t\"team-%d\": components: {\n", team)
		for i := range 10 {
			fmt.Fprintf(&b, "\t\t\"component-%d%d\": repo: \"github:acme/component-%[1]d%[2]d\"\n", team, i)
		}
		b.WriteString("\t}\n")
	}
	b.WriteString("}\ndone: {\n")
	for n := range 4 {
		fmt.Fprintf(&b, `	"ci-%[1]d": {why: "Green", on: "commit", evidence: "pipeline", name: "ci-%[1]d", from: app: "github-actions", must: conclusion: "success", within: "45m"}
	"lint-%[1]d": {why: "Clean", on: "commit", evidence: "job", name: "lint-%[1]d*", must: conclusion: "success" | "skipped"}
	"unit-%[1]d": {why: "No test fails", on: "commit", evidence: "junit", name: "unit-%[1]d", must: {tests: >0, failed: 0, errors: 0}}
	"coverage-%[1]d": {why: "It stays up", on: "commit", evidence: "coverage", name: "unit-%[1]d", must: {lines: >=80, branches: >=60}, fresh: "24h"}
	"scan-%[1]d": {why: "No known hole", on: "commit", evidence: "vulnerabilities", name: "scan-%[1]d", must: {critical: 0, high: <=2}}
`, n)
	}
	b.WriteString("}\n")
	return b.String()
}

// life is a history as it is written.
type life struct {
	b      *testing.B
	store  *store.Store
	lease  store.Lease
	nexus  *gate.Nexus
	now    time.Time
	step   gate.Step
	told   int
	latest map[string]gate.Verdict // by component
}

// lifetime writes a history.
func lifetime(b *testing.B, path string, verdicts int) {
	b.Helper()
	s, err := store.Open(b.Context(), "sqlite:"+path, time.Now)
	if err != nil {
		b.Fatal(err)
	}
	l := &life{b: b, store: s, now: began.UTC().Truncate(time.Second), latest: map[string]gate.Verdict{}}
	l.found()
	all := l.nexus.Definition.All()
	heard := make([][]gate.Evidence, len(all))
	since := make([]time.Time, len(all))
	var steps []gate.Step
	size, took := fileSize(b, path), time.Duration(0)
	record := func() {
		start := time.Now()
		if err := s.Record(b.Context(), l.lease, steps); err != nil {
			b.Fatal(err)
		}
		took += time.Since(start)
		steps = nil
	}
	for n := range verdicts {
		i := n % len(all)
		if len(heard[i]) == 20 {
			heard[i] = nil
		}
		l.now = l.now.Add(2 * time.Second)
		if len(heard[i]) == 0 {
			since[i] = l.now
		}
		heard[i] = append(heard[i], l.reported(len(heard[i])))
		if steps = append(steps, l.judged(all[i], since[i], heard[i])); len(steps) == 200 {
			record()
		}
	}
	record()
	if err := s.Close(); err != nil {
		b.Fatal(err)
	}
	b.Logf("%d verdicts on components: %.0f B each, recorded in %s each", verdicts,
		float64(fileSize(b, path)-size)/float64(verdicts), took/time.Duration(verdicts))
}

func fileSize(b *testing.B, path string) int64 {
	b.Helper()
	about, err := os.Stat(path)
	if err != nil {
		b.Fatal(err)
	}
	return about.Size()
}

// found gives the definition to the store as a service does.
func (l *life) found() {
	l.b.Helper()
	d, err := gate.Own(l.store.NewID(), gate.NexusGiven{File: "nexus.cue", Source: longLived()}, l.now)
	if err != nil {
		l.b.Fatal(err)
	}
	d.Lane = "storefront"
	if _, err := l.store.Keep(l.b.Context(), d); err != nil {
		l.b.Fatal(err)
	}
	if l.lease, err = l.store.Claim(l.b.Context(), store.Lane{Name: d.Lane}, "a benchmark"); err != nil {
		l.b.Fatal(err)
	}
	events, err := gate.DecodeOwn(d)
	if err != nil {
		l.b.Fatal(err)
	}
	ledger := gate.NewLedger()
	l.step = ledger.Apply(d, events, l.now)
	if err := l.store.Record(l.b.Context(), l.lease, []gate.Step{l.step}); err != nil {
		l.b.Fatal(err)
	}
	loaded, err := definition.Load(definition.File{Name: "nexus.cue", Source: []byte(longLived())})
	if err != nil {
		l.b.Fatal(err)
	}
	l.nexus = gate.NewNexus(loaded, longLived(), nil, nil)
}

// reported is one more piece of evidence: the place says of which kind, and every one has other facts.
func (l *life) reported(place int) gate.Evidence {
	l.told++
	kind, name := [...]string{"pipeline", "job", "junit", "coverage", "vulnerabilities"}[place%5], fmt.Sprint("unit-", place/5)
	var facts gate.Facts
	switch kind {
	case "pipeline", "job":
		name = fmt.Sprintf("%s-%d", [...]string{"ci", "lint"}[place%5], place/5)
		facts = gate.Facts{"conclusion": "success", "seconds": l.told}
		if l.told%23 == 0 {
			facts["conclusion"] = "failure"
		}
	case "junit":
		facts = gate.Facts{"tests": 100 + l.told, "passed": 100 + l.told, "failed": 0, "errors": 0, "skipped": l.told % 7}
	case "coverage":
		facts = gate.Facts{"lines": 75 + float64(l.told%2500)/100, "branches": 61.5, "linesTotal": 1000 + l.told}
	default:
		name = fmt.Sprint("scan-", place/5)
		facts = gate.Facts{"critical": 0, "high": l.told % 3, "medium": l.told % 50, "low": l.told}
	}
	id := strconv.Itoa(l.told)
	return gate.Evidence{
		Object: fmt.Sprintf("%s/%02d-%s", kind, place, id), Kind: kind, Name: name, Trust: definition.Webhook, Status: gate.Completed, Facts: facts,
		Producer: gate.Producer{App: gate.GitHubActions, Workflow: ".github/workflows/ci.yml"}, Trigger: "push",
		Run: gate.Run{Created: l.now, ID: int64(l.told), Attempt: 1}, Started: l.now.Add(-time.Minute), Observed: l.now,
		URL: "https://github.test/acme/component/actions/runs/" + id, Delivery: fmt.Sprintf("%032x", l.told),
	}
}

// judged is a step with a verdict on a component and one on the Increment. What the Increment's verdict
// says of its components is left out: it is not read, and would be most of the file.
func (l *life) judged(c definition.Component, since time.Time, evidence []gate.Evidence) gate.Step {
	governed, _ := l.nexus.Component(c.Name)
	kase := gate.Case{
		Nexus: "storefront", Subject: gate.Subject{Kind: gate.OfComponent, ID: c.Name, Name: c.Name}, Definition: l.nexus.Digest,
		Commit: fmt.Sprintf("%040x", since.Unix()), Floor: definition.Token,
		Parts: []gate.Part{{
			Component: c.Name, Team: c.Team, On: []definition.On{definition.OnCommit}, Rules: governed.Rules, Evidence: evidence, Since: since,
		}},
	}
	v := gate.Judge(kase, l.now)
	l.latest[c.Name] = v
	sum := l.sum()
	l.step = gate.Step{
		Seq: l.step.Seq + 1, Now: l.now, Verdicts: []gate.Verdict{v, sum},
		Grounds: []gate.Ground{gate.GroundOf(kase, v), l.groundOf(sum)},
	}
	return l.step
}

func (l *life) sum() gate.Verdict {
	number := strconv.Itoa(1 + l.told/20)
	v := gate.Verdict{
		ID: fmt.Sprintf("%032x", l.told), Nexus: "storefront", Subject: gate.Subject{Kind: gate.OfIncrement, ID: number, Name: "Integrated Increment " + number},
		Outcome: gate.Done, Definition: l.nexus.Digest, Increment: "sha256:" + strings.Repeat("0", 64), At: l.now,
	}
	worst := func(a, b gate.Outcome) gate.Outcome {
		if a == gate.NotDone || b == gate.Done {
			return a
		}
		return b
	}
	for _, component := range l.latest {
		v.Outcome = worst(v.Outcome, component.Outcome)
	}
	return v
}

func (l *life) groundOf(v gate.Verdict) gate.Ground {
	g := gate.Ground{
		Verdict: v.ID, Nexus: v.Nexus, Subject: v.Subject, Increment: v.Increment, Definition: v.Definition, Outcome: v.Outcome, At: v.At,
		Parts: []gate.GroundPart{{On: []definition.On{definition.OnIncrement}, Since: v.At}},
	}
	for _, c := range l.nexus.Definition.All() {
		if judged, ok := l.latest[c.Name]; ok {
			g.Components = append(g.Components, gate.GroundComponent{Component: c.Name, Team: c.Team, Commit: judged.Commit, Verdict: judged.ID})
		}
	}
	return g
}
