package gate_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
)

// twentyCriteria is a Definition of Done as a strict Nexus writes it: four of each of five kinds, some
// of them with a producer, a glob, a freshness or more than one leaf.
func twentyCriteria() string {
	var b strings.Builder
	b.WriteString(`
name: "storefront"
teams: {
	cart: components: "cart-api": {repo: "github:acme/cart-api", branch: "main"}
	pay: {}
	web: {}
}
done: {
`)
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

// teamsOwn tightens a fifth of the criteria, so that both layers are judged.
const teamsOwn = `
done: "coverage-0": must: lines: >=90
done: "coverage-1": must: lines: >=90
done: "scan-0": must: high: 0
done: "scan-1": must: high: 0
`

// observed is what CI said of one commit, as its objects: four workflow runs, each with a job, and
// twelve files of evidence.
func observed() map[string]gate.Evidence {
	objects := map[string]gate.Evidence{}
	add := func(kind, name, holder string, facts gate.Facts) {
		id := kind + "/" + name
		objects[id] = gate.Evidence{
			Object: id, Kind: kind, Name: name, Trust: definition.Webhook, Status: gate.Completed, Facts: facts, Holder: holder,
			Producer: gate.Producer{App: gate.GitHubActions, Workflow: ".github/workflows/ci.yml"}, Trigger: "push",
			Run: gate.Run{Created: morning, ID: 30433642, Attempt: 1}, Started: morning, Observed: morning,
			URL: "https://github.test/acme/cart-api/actions/runs/" + name, Delivery: "019abf3a7c1e7d0f8b2c4d5e6f708192",
		}
	}
	for i := range 4 {
		add("pipeline", fmt.Sprint("ci-", i), "", gate.Facts{"conclusion": "success"})
		add("job", fmt.Sprint("lint-", i), fmt.Sprint("pipeline/ci-", i), gate.Facts{"conclusion": "success"})
		add("junit", fmt.Sprint("unit-", i), "", gate.Facts{"tests": 100, "failed": 0, "errors": 0, "skipped": 0})
		add("coverage", fmt.Sprint("unit-", i), "", gate.Facts{"lines": 90.1, "branches": 61.5, "linesTotal": 1000})
		add("vulnerabilities", fmt.Sprint("scan-", i), "", gate.Facts{"critical": 0, "high": 0, "medium": 0, "low": 0})
	}
	return objects
}

// refresh gives facts other numbers in every round, so that no answer can be one that was remembered.
// A conclusion is a word, and stays.
func refresh(facts gate.Facts, n int) {
	for name := range facts {
		switch name {
		case "tests", "linesTotal":
			facts[name] = 100 + n
		case "lines":
			facts[name] = 90 + float64(n%1000)/100
		case "skipped", "medium", "low":
			facts[name] = n % 1000
		}
	}
}

// BenchmarkJudge measures one component with twenty criteria, four of them tightened by the team, on
// facts that are fresh in every round. "judge" is Judge alone; "resolve and judge" begins with what the
// forge's objects say, as each delivery does.
func BenchmarkJudge(b *testing.B) {
	source := twentyCriteria()
	d, err := definition.Load(definition.File{Name: "nexus.cue", Source: []byte(source)})
	if err != nil {
		b.Fatal(err)
	}
	layers := map[string]gate.Layer{"cart-api": {File: ".nexus/done.cue", Source: teamsOwn}}
	governed, _ := gate.NewNexus(d, source, layers, nil).Component("cart-api")
	if len(governed.Rules) != 20 || governed.Refused != nil {
		b.Fatalf("%d rules are in force (%v), want 20", len(governed.Rules), governed.Refused)
	}
	judged := func(b *testing.B, evidence []gate.Evidence) {
		b.Helper()
		v := gate.Judge(gate.Case{
			Nexus: "storefront", Subject: gate.Subject{Kind: gate.OfComponent, ID: "cart-api", Name: "cart-api"},
			Commit: "9c1f", Floor: definition.Token,
			Parts: []gate.Part{{Component: "cart-api", Team: "cart", Rules: governed.Rules, Evidence: evidence, Since: morning}},
		}, morning.Add(time.Hour))
		if v.Outcome != gate.Done || len(v.Findings) != 20 {
			b.Fatalf("it is %q with %d findings, want done with 20:\n%s", v.Outcome, len(v.Findings), findings(v))
		}
	}
	b.Run("judge", func(b *testing.B) {
		b.ReportAllocs()
		evidence := gate.Resolve(observed())
		for n := 0; b.Loop(); n++ {
			for i := range evidence {
				refresh(evidence[i].Facts, n)
			}
			judged(b, evidence)
		}
	})
	b.Run("resolve and judge", func(b *testing.B) {
		b.ReportAllocs()
		objects := observed()
		for n := 0; b.Loop(); n++ {
			for _, e := range objects {
				refresh(e.Facts, n)
			}
			judged(b, gate.Resolve(objects))
		}
	})
}
