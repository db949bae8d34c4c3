package gate_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
)

// morning is when every test begins.
var morning = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

// storefront is the Nexus of most tests: two repositories on GitHub, one on GitLab.
const storefront = `
name: "storefront"
teams: {
	cart: components: "cart-api": {repo: "github:acme/cart-api", branch: "main"}
	pay: components: pay: {repo: "github:acme/pay", branch: "main"}
	web: components: web: {repo: "gitlab:acme/web", branch: "main"}
}
done: ci: {
	why: "The pipeline is green", on: "commit", evidence: "pipeline", name: "ci"
	from: app: ["github-actions", "gitlab-ci"]
	must: conclusion: "success"
	within: "1h"
}
`

var (
	cartRepo = gate.Repo{Forge: gate.GitHub, ID: 1, Name: "acme/cart-api", Installation: 7}
	payRepo  = gate.Repo{Forge: gate.GitHub, ID: 2, Name: "acme/pay", Installation: 7}
	webRepo  = gate.Repo{Forge: gate.GitLab, ID: 3, Name: "acme/web"}
)

// house is a Nexus under test: a ledger, a clock, and the last verdict on each subject.
type house struct {
	t        *testing.T
	ledger   *gate.Ledger
	now      time.Time
	said     map[string]gate.Verdict // by "kind id"
	owed     map[string]gate.Owed    // by subject and commit
	made     []gate.Increment
	told     int
	verdicts []string
	grounds  grounds

	docs      map[string]gate.Doc
	last      gate.Step
	versions  []gate.Version
	sources   map[string]gate.DefinitionSource // by digest
	manifests []string                         // digests, in the order told
}

func emptyHouse(t *testing.T) *house {
	return &house{
		t: t, ledger: gate.NewLedger(), now: morning, said: map[string]gate.Verdict{}, owed: map[string]gate.Owed{},
		docs: map[string]gate.Doc{}, sources: map[string]gate.DefinitionSource{},
	}
}

func newHouse(t *testing.T, source string) *house {
	t.Helper()
	h := emptyHouse(t)
	if step := h.tell(gate.NexusGiven{File: "nexus.cue", Source: source}); step.Result != gate.Applied {
		_, err := definition.Load(definition.File{Name: "nexus.cue", Source: []byte(source)})
		t.Fatalf("the definition was not taken: %v", err)
	}
	return h
}

// tell brings events in one delivery.
func (h *house) tell(events ...gate.Event) gate.Step {
	h.told++
	id := fmt.Sprintf("%06d", h.told)
	return h.note(h.ledger.Apply(gate.Delivery{ID: id, Source: gate.FromGitHub, Trust: definition.Webhook, Received: h.now}, events, h.now))
}

// after lets time pass, and wakes the ledger if it is due.
func (h *house) after(d time.Duration) {
	h.now = h.now.Add(d)
	if step, empty := h.ledger.Wake(h.now); !empty {
		h.note(step)
	}
}

func (h *house) note(step gate.Step) gate.Step {
	h.t.Helper()
	h.grounds.hold(h.t, step)
	for _, v := range step.Verdicts {
		h.said[v.Subject.Key()] = v
		h.verdicts = append(h.verdicts, v.ID)
	}
	for _, o := range step.Owed {
		h.owed[o.Subject.Key()+" "+o.Commit] = o
	}
	h.made = append(h.made, step.Increments...)
	h.versions = append(h.versions, step.Versions...)
	h.last = keepDocs(h.docs, step)
	for _, d := range step.Definitions {
		h.sources[d.Digest] = d
		if d.File == gate.ManifestFile {
			h.manifests = append(h.manifests, d.Digest)
		}
	}
	return step
}

// restart goes on with what was kept.
func (h *house) restart() { h.ledger = restored(h.t, h.docs, h.last) }

// find gives a definition as the store would.
func (h *house) find(digest string) (gate.DefinitionSource, error) {
	d, ok := h.sources[digest]
	if !ok {
		return d, fmt.Errorf("no definition %s was ever kept", digest)
	}
	return d, nil
}

func (h *house) manifest(digest string) (m gate.Manifest) {
	h.t.Helper()
	if err := json.Unmarshal([]byte(h.sources[digest].Source), &m); err != nil {
		h.t.Fatalf("the manifest %s: %v", digest, err)
	}
	return m
}

func (h *house) standing() gate.Standing {
	h.t.Helper()
	s, ok := h.ledger.Standing("storefront", h.now)
	if !ok {
		h.t.Fatal("there is no such Nexus")
	}
	return s
}

// landed pushes to main, with no team's layer to read at the new head.
func (h *house) landed(repo gate.Repo, before, after string, paths ...string) {
	h.tell(push(repo, before, after, h.now, paths...))
	h.tell(gate.FileRead{Repo: repo, Commit: after, Path: ".nexus/done.cue", Absent: true})
}

// opened opens a change that touches the paths.
func (h *house) opened(repo gate.Repo, number int, head string, paths ...string) {
	h.tell(seen(repo, number, head, h.now))
	h.tell(gate.ChangeRead{Repo: repo, Number: number, Head: head, Paths: paths, Complete: true})
}

func (h *house) component(name string) gate.Verdict { return h.said["component "+name] }

func (h *house) change(repo gate.Repo, number int) gate.Verdict {
	return h.said[fmt.Sprintf("change %s#%d", repo.Key(), number)]
}

// state is where one criterion of a verdict stands; "" if the verdict does not speak of it.
func state(v gate.Verdict, criterion string) gate.FindingState {
	for _, f := range v.Findings {
		if f.Criterion == criterion {
			return f.State
		}
	}
	return ""
}

func (h *house) wantOutcome(what string, v gate.Verdict, want gate.Outcome) {
	h.t.Helper()
	if v.Outcome != want {
		h.t.Errorf("%s is %q, want %q; findings:\n%s", what, v.Outcome, want, findings(v))
	}
}

func (h *house) wantState(what string, v gate.Verdict, criterion string, want gate.FindingState) {
	h.t.Helper()
	if got := state(v, criterion); got != want {
		h.t.Errorf("%s: %s is %q, want %q; findings:\n%s", what, criterion, got, want, findings(v))
	}
}

func findings(v gate.Verdict) string {
	text := ""
	for _, f := range v.Findings {
		text += fmt.Sprintf("  %s %s %s: wanted %s, got %s\n", f.Component, f.Criterion, f.State, f.Want, f.Got)
	}
	return text
}

func push(repo gate.Repo, before, after string, at time.Time, paths ...string) gate.Pushed {
	p := gate.Pushed{Repo: repo, Branch: "main", Before: before, After: after, PushedAt: at, Paths: paths, PathsKnown: len(paths) > 0}
	if repo.Forge == gate.GitLab {
		p.PushedAt = time.Time{}
	}
	return p
}

func seen(repo gate.Repo, number int, head string, at time.Time) gate.ChangeSeen {
	return gate.ChangeSeen{Repo: repo, Number: number, State: gate.ChangeOpen, Title: "Guest carts", Author: "ana", Head: head, HeadRepo: repo.ID, Base: "main", UpdatedAt: at}
}

// run is a workflow run of GitHub Actions; conclusion "" is one still running.
func run(repo gate.Repo, commit, trigger string, id int64, attempt int, at time.Time, conclusion string) gate.Reported {
	e := gate.Evidence{
		Object: fmt.Sprintf("run/%d", id), Kind: "pipeline", Name: "ci", Trigger: trigger, Trust: definition.Webhook,
		Producer: gate.Producer{App: gate.GitHubActions, Workflow: ".github/workflows/ci.yml"},
		Run:      gate.Run{Created: morning, ID: id, Attempt: attempt}, Started: at, Observed: at,
	}
	return gate.Reported{Repo: repo, Commit: commit, Evidence: concluded(e, conclusion)}
}

func concluded(e gate.Evidence, conclusion string) gate.Evidence {
	e.Status = gate.Running
	if conclusion != "" {
		e.Status, e.Facts = gate.Completed, gate.Facts{"conclusion": conclusion}
	}
	return e
}

// job is a job of a run, which confirms the check run of the same id.
func job(repo gate.Repo, commit, name string, runID, id int64, at time.Time, conclusion string) gate.Reported {
	e := gate.Evidence{
		Object: fmt.Sprintf("job/%d", id), Kind: "job", Name: name, Trust: definition.Webhook, Producer: gate.Producer{App: gate.GitHubActions},
		Run: gate.Run{ID: runID, Attempt: 1, Job: id}, Holder: fmt.Sprintf("run/%d", runID), Confirms: fmt.Sprintf("check/%d", id), Started: at, Observed: at,
	}
	return gate.Reported{Repo: repo, Commit: commit, Evidence: concluded(e, conclusion)}
}

func check(repo gate.Repo, commit, app, name string, id int64, at time.Time, conclusion string) gate.Reported {
	e := gate.Evidence{
		Object: fmt.Sprintf("check/%d", id), Kind: "check", Name: name, Trust: definition.Webhook, Producer: gate.Producer{App: app},
		Run: gate.Run{ID: id}, Holder: "suite/1", Started: at, Observed: at,
	}
	return gate.Reported{Repo: repo, Commit: commit, Evidence: concluded(e, conclusion)}
}

// pipeline is a GitLab pipeline with its list of jobs, name → conclusion.
func pipeline(repo gate.Repo, commit, trigger string, id int64, at time.Time, jobs map[string]string) []gate.Event {
	events := []gate.Event{gate.Reported{Repo: repo, Commit: commit, Evidence: gate.Evidence{
		Object: fmt.Sprintf("pipeline/%d", id), Kind: "pipeline", Name: "ci", Trigger: trigger, Trust: definition.Webhook,
		Producer: gate.Producer{App: gate.GitLabCI}, Run: gate.Run{ID: id}, Status: gate.Running, Observed: at, Listed: true,
	}}}
	n := id * 100
	for _, name := range []string{"build", "test", "deploy"} {
		if conclusion, ok := jobs[name]; ok {
			n++
			events = append(events, labJob(repo, commit, name, id, n, at, conclusion))
		}
	}
	return events
}

func labJob(repo gate.Repo, commit, name string, pipelineID, id int64, at time.Time, conclusion string) gate.Reported {
	e := gate.Evidence{
		Object: fmt.Sprintf("job/%d", id), Kind: "job", Name: name, Trust: definition.Webhook, Producer: gate.Producer{App: gate.GitLabCI},
		Run: gate.Run{ID: pipelineID, Job: id}, Holder: fmt.Sprintf("pipeline/%d", pipelineID), Started: at, Observed: at,
	}
	return gate.Reported{Repo: repo, Commit: commit, Evidence: concluded(e, conclusion)}
}
