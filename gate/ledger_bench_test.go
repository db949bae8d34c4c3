package gate_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
)

// BenchmarkLedgerApply measures a typical delivery, a check run on a component's head, in a Nexus of 7
// and of 200 components with a day behind it: "said" is a check that a criterion asks for and that
// turns the component, "unsaid" one that no criterion asks for, "elsewhere" one of a repository that is
// in no Nexus. kept-B/op is what the step gives the store to write: documents, verdicts and what they rest on, and reports.
func BenchmarkLedgerApply(b *testing.B) {
	for _, size := range []int{10, 100, 1000} {
		h := grown(b, size)
		for _, delivery := range []struct {
			name string
			made func() gate.Reported
		}{
			{"said", func() gate.Reported { return h.checked("build", 1) }},
			{"unsaid", func() gate.Reported { return h.checked("preview", 2) }},
			{"elsewhere", func() gate.Reported {
				e := h.checked("build", 1)
				e.Repo = gate.Repo{Forge: gate.GitHub, ID: 99_999, Name: "acme/elsewhere", Installation: 7}
				return e
			}},
		} {
			b.Run(fmt.Sprintf("%d/%s", size, delivery.name), func(b *testing.B) {
				b.ReportAllocs()
				kept, steps := 0, 0
				for b.Loop() {
					step := h.apply(delivery.made())
					if (step.Result == gate.Applied) == (delivery.name == "elsewhere") || (len(step.Verdicts) > 0) != (delivery.name == "said") {
						b.Fatalf("it is %s, with %d verdicts", step.Result, len(step.Verdicts))
					}
					if steps++; steps <= 100 { // to weigh it takes time that is not the ledger's
						b.StopTimer()
						kept += weigh(step)
						b.StartTimer()
					}
				}
				b.ReportMetric(float64(kept)/float64(min(steps, 100)), "kept-B/op")
			})
		}
	}
}

// weigh is how many bytes a step gives the store to write.
func weigh(step gate.Step) int {
	bytes := 0
	for _, doc := range step.Docs {
		bytes += len(doc.Body)
	}
	for _, part := range []any{step.Verdicts, step.Grounds, step.Owed, step.Increments} {
		text, _ := json.Marshal(part)
		bytes += len(text)
	}
	return bytes
}

// grownHouse is a Nexus with a day behind it.
type grownHouse struct {
	ledger    *gate.Ledger
	now       time.Time
	told      int
	repos     []gate.Repo
	heads     []string
	proposals []string            // the heads of changes, one to each component
	docs      map[string]gate.Doc // of all steps, by their keys

	failing map[string]bool // by check and commit
}

// grown is a Nexus of so many components, each with a head, a dozen objects of evidence on it, and as
// many landings behind them as the ledger keeps at hand.
func grown(b *testing.B, size int) *grownHouse {
	b.Helper()
	h := newGrownHouse()
	h.tell(b, gate.NexusGiven{File: "nexus.cue", Source: nexusOf(size)})
	for i := range size {
		h.repos = append(h.repos, componentRepo(i))
		h.heads = append(h.heads, "")
		h.land(b, i)
	}
	for n := range 60 {
		h.land(b, n%size)
	}
	for i := range size {
		h.propose(b, i)
	}
	return h
}

func newGrownHouse() *grownHouse {
	return &grownHouse{ledger: gate.NewLedger(), now: morning, failing: map[string]bool{}, docs: map[string]gate.Doc{}}
}

func componentRepo(i int) gate.Repo {
	return gate.Repo{Forge: gate.GitHub, ID: int64(1000 + i), Name: fmt.Sprintf("acme/component-%03d", i), Installation: 7}
}

// propose opens a change to a component, and has its CI report.
func (h *grownHouse) propose(b *testing.B, i int) {
	b.Helper()
	head := fmt.Sprintf("%040x", h.told+1)
	h.proposals = append(h.proposals, head)
	h.tell(b, append([]gate.Event{
		seen(h.repos[i], 17, head, h.now),
		gate.ChangeRead{Repo: h.repos[i], Number: 17, Head: head, Paths: []string{"main.go"}, Complete: true},
	}, h.ran(i, head)...)...)
}

// land pushes to a component, and has its CI report.
func (h *grownHouse) land(b *testing.B, i int) {
	b.Helper()
	before, after := h.heads[i], fmt.Sprintf("%040x", h.told+1)
	h.heads[i] = after
	h.tell(b, append([]gate.Event{
		push(h.repos[i], before, after, h.now, "main.go"),
		gate.FileRead{Repo: h.repos[i], Commit: after, Path: ".nexus/done.cue", Absent: true},
	}, h.ran(i, after)...)...)
}

// ran is what the CI of a component reports of a commit.
func (h *grownHouse) ran(i int, sha string) []gate.Event {
	events := []gate.Event{
		run(h.repos[i], sha, "push", 7, 1, h.now, "success"),
		check(h.repos[i], sha, "builder", "build", 1, h.now, "success"),
	}
	for n := range 10 {
		events = append(events, job(h.repos[i], sha, fmt.Sprint("job-", n), 7, int64(100+n), h.now, "success"))
	}
	return events
}

// tell brings events in one delivery, so that they are judged once.
func (h *grownHouse) tell(b *testing.B, events ...gate.Event) {
	b.Helper()
	if step := h.apply(events...); step.Result != gate.Applied {
		b.Fatalf("%T is %s", events[0], step.Result)
	}
}

func (h *grownHouse) apply(events ...gate.Event) gate.Step {
	h.told++
	h.now = h.now.Add(time.Second)
	d := gate.Delivery{ID: fmt.Sprintf("%032x", h.told), Source: gate.FromGitHub, Trust: definition.Webhook, Received: h.now}
	step := h.ledger.Apply(d, events, h.now)
	if h.docs != nil {
		for _, doc := range step.Docs {
			h.docs[doc.Key] = doc
		}
	}
	return step
}

// checked is a check run on the next component's head, which ends otherwise than it did there before.
func (h *grownHouse) checked(name string, id int64) gate.Reported {
	i := h.told % len(h.repos)
	return h.turned(i, h.heads[i], name, id)
}

// proposed is one on the head of the next component's change.
func (h *grownHouse) proposed() gate.Reported {
	i := h.told % len(h.repos)
	return h.turned(i, h.proposals[i], "build", 1)
}

func (h *grownHouse) turned(i int, sha, name string, id int64) gate.Reported {
	h.failing[name+sha] = !h.failing[name+sha]
	conclusion := "success"
	if h.failing[name+sha] {
		conclusion = "failure"
	}
	return check(h.repos[i], sha, "builder", name, id, h.now, conclusion)
}

// nexusOf defines a Nexus of nine teams and so many components.
func nexusOf(size int) string {
	var b strings.Builder
	b.WriteString("name: \"storefront\"\nteams: {\n")
	for team := range 9 {
		fmt.Fprintf(&b, "\t\"team-%d\": components: {\n", team)
		for i := team; i < size; i += 9 {
			fmt.Fprintf(&b, "\t\t\"component-%03d\": {repo: \"github:acme/component-%03[1]d\", branch: \"main\"}\n", i)
		}
		b.WriteString("\t}\n")
	}
	b.WriteString(`}
done: {
	ci: {why: "The pipeline is green", on: "commit", evidence: "pipeline", name: "ci", from: app: "github-actions", must: conclusion: "success"}
	build: {why: "It builds everywhere", on: "commit", evidence: "check", name: "build", from: app: "builder", must: conclusion: "success"}
	jobs: {why: "No job fails", on: "commit", evidence: "job", name: "job-*", must: conclusion: "success"}
}
`)
	return b.String()
}
