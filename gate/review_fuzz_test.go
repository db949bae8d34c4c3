package gate_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/definition/definitiontest"
	"github.com/nexusgate/nexusgate/gate"
)

// chance makes events of every kind about few repositories, commits and changes, so that they meet.
type chance struct {
	*rand.Rand
	repos  []gate.Repo
	layers []string
}

// aFew is of three repositories.
func aFew(seed uint64) chance {
	return chance{rand.New(rand.NewPCG(seed, 3)), []gate.Repo{cartRepo, payRepo, webRepo}, []string{storefront, away, chanced, chanced}}
}

func (c chance) repo() gate.Repo { return pick(c.Rand, c.repos...) }

func (c chance) sha() string { return pick(c.Rand, "", "s1", "s2", "s3", "s4", "s5") }

func (c chance) at() time.Time {
	return pick(c.Rand, time.Time{}, morning, morning.Add(time.Duration(c.IntN(600))*time.Second))
}

func (c chance) paths() []string {
	return pick(c.Rand, nil, []string{"a"}, []string{"rest/a"}, []string{"cart/a", "b"})
}

func (c chance) flip() bool { return c.IntN(2) == 0 }

func (c chance) event() gate.Event {
	switch c.IntN(12) {
	case 0, 1:
		return gate.Pushed{Repo: c.repo(), Branch: pick(c.Rand, "main", "main", "release"), Before: c.sha(), After: c.sha(), Forced: c.flip(), PushedAt: c.at(), Paths: c.paths(), PathsKnown: c.flip(), Tree: pick(c.Rand, "", "t1", "t2")}
	case 2, 3:
		return c.proposal()
	case 4, 5, 6:
		return gate.Reported{Repo: c.repo(), Commit: c.sha(), Tree: pick(c.Rand, "", "t1", "t2"), Evidence: c.evidence()}
	case 7:
		return c.place()
	default:
		return c.answer()
	}
}

func (c chance) proposal() gate.Event {
	switch c.IntN(4) {
	case 0:
		return gate.GroupSeen{Repo: c.repo(), Head: c.sha(), Base: "main", Ref: pick(c.Rand, "refs/merge-requests/1/train", "x"), Destroyed: c.flip(), Reason: "merged", At: c.at()}
	case 1:
		return gate.Reviewed{Repo: c.repo(), Number: c.IntN(3), Reviewer: pick(c.Rand, "ana", "kim"), State: pick(c.Rand, gate.Approved, gate.ChangesRequested, gate.Withdrawn), Commit: c.sha(), At: c.at()}
	default:
		open := gate.ChangeSeen{
			Repo: c.repo(), Number: 1 + c.IntN(2), State: pick(c.Rand, gate.ChangeOpen, gate.ChangeOpen, gate.ChangeClosed), Author: pick(c.Rand, "", "ana"),
			Head: c.sha(), Before: c.sha(), Base: pick(c.Rand, "main", "main", "release"), UpdatedAt: c.at(),
		}
		if c.flip() {
			return open
		}
		open.State, open.Landed = gate.ChangeMerged, c.sha()
		return open
	}
}

func (c chance) evidence() gate.Evidence {
	id := func(kind string) string { return fmt.Sprintf("%s/%d", kind, c.IntN(4)) }
	kind := pick(c.Rand, "pipeline", "job", "check", "suite")
	e := gate.Evidence{
		Object: id(kind), Kind: kind, Name: pick(c.Rand, "ci", "test 1", "test 2"), Trigger: pick(c.Rand, "", "push"), Trust: pick(c.Rand, definition.Token, definition.Webhook),
		Producer: gate.Producer{App: pick(c.Rand, gate.GitHubActions, gate.GitLabCI)}, Run: gate.Run{ID: int64(c.IntN(3)), Attempt: c.IntN(3), Job: int64(c.IntN(3))},
		Started: c.at(), Observed: c.at(), Holder: pick(c.Rand, "", id("pipeline"), id("suite")), AllowFailure: c.flip(), Listed: c.flip(), Change: pick(c.Rand, 0, 0, 1),
	}
	if kind == "pipeline" {
		e.Parent = pick(c.Rand, "", "", id("pipeline"))
	}
	if kind == "job" {
		e.Confirms = id("check")
	}
	return concluded(e, pick(c.Rand, "", "success", "success", "failure", "skipped"))
}

func (c chance) place() gate.Event {
	switch c.IntN(4) {
	case 0:
		return gate.RepositorySeen{Repo: c.repo(), Gone: c.flip(), At: c.at()}
	case 1:
		other := c.repo()
		other.ID += 10
		return gate.Pushed{Repo: other, Branch: "main", After: c.sha(), PushedAt: c.at()}
	case 2:
		return gate.InstallationSeen{Installation: 7, Active: c.flip(), At: c.at()}
	default:
		return gate.Rerequested{Repo: c.repo(), Commit: c.sha()}
	}
}

func (c chance) answer() gate.Event {
	switch c.IntN(6) {
	case 0:
		return gate.HeadRead{Repo: c.repo(), Branch: "main", Commit: c.sha(), Absent: c.IntN(5) == 0, At: c.at(), Covers: []string{fmt.Sprintf("%06d", c.IntN(60))}}
	case 1:
		return gate.FileRead{Repo: c.repo(), Commit: c.sha(), Path: pick(c.Rand, ".nexus/done.cue", "cart/.nexus/done.cue"), Absent: c.flip(), Cut: c.IntN(9) == 0, Source: pick(c.Rand, "", `done: ci: within: "30m"`, `done: ci: must: conclusion: string`, "{")}
	case 2:
		return gate.CommitRead{Repo: c.repo(), Commit: c.sha(), Tree: pick(c.Rand, "", "t1"), Parents: []string{c.sha(), c.sha()}, Absent: c.flip()}
	case 3:
		return gate.PathsRead{Repo: c.repo(), Base: c.sha(), Head: c.sha(), Paths: c.paths(), Complete: c.flip()}
	case 4:
		return gate.ChangeRead{Repo: c.repo(), Number: 1 + c.IntN(2), Head: c.sha(), Paths: c.paths(), Complete: c.flip()}
	default:
		return c.layer()
	}
}

func (c chance) layer() gate.Event {
	if c.IntN(4) == 0 {
		return gate.NexusRetired{Nexus: "storefront"}
	}
	return gate.NexusGiven{File: "nexus.cue", Source: pick(c.Rand, c.layers...)}
}

// chanced is a Nexus with a monorepo and with criteria of every kind that the events speak of.
const chanced = `
name: "storefront"
teams: {
	cart: components: {
		cart: {repo: "github:acme/cart-api", branch: "main", path: "cart"}
		rest: {repo: "github:acme/cart-api", branch: "release", path: "rest"}
	}
	pay: components: pay: {repo: "github:acme/pay", branch: "main"}
	web: components: web: {repo: "gitlab:acme/web", branch: "main"}
}
done: {
	ci: {why: "Green", on: "commit", evidence: "pipeline", name: "ci", must: conclusion: "success", fresh: "5m", within: "1m"}
	tests: {why: "Tests", on: "commit", evidence: "job", name: "test*", atLeast: 2, must: conclusion: "success", paths: ["cart/**"]}
	landing: {why: "Done before", on: "commit", evidence: "landing", must: changeDone: true, level: "advisory"}
	review: {why: "Seen", on: "change", evidence: "review", must: approvals: >=1}
}
`

// taken is one recorded step: what came, and when it was judged.
type taken struct {
	delivery gate.Delivery
	events   []gate.Event
	wake     bool
	now      time.Time
}

func (k taken) fold(l *gate.Ledger) gate.Step {
	if k.wake {
		step, _ := l.Wake(k.now)
		return step
	}
	return l.Apply(k.delivery, k.events, k.now)
}

func TestWhateverIsToldIsFoldedAlikeAfterARestartAndInAReplay(t *testing.T) {
	if _, err := definition.Load(definition.File{Name: "nexus.cue", Source: []byte(chanced)}); err != nil {
		t.Fatal(err)
	}
	for seed := range definitiontest.Cases(150) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) { folded(t, aFew(uint64(seed))) })
	}
}

// folded tells a ledger that is restarted now and then, and one that is not; then a third refolds.
func folded(t *testing.T, c chance) {
	t.Helper()
	docs, said, log := map[string]gate.Doc{}, []string{}, []taken{}
	l, now := gate.NewLedger(), morning
	take := func(k taken) {
		step := k.fold(l)
		if step.Seq == 0 {
			return
		}
		keepDocs(docs, step)
		log = append(log, k)
		said = append(said, ids(step)...)
		if c.IntN(12) == 0 {
			before, there := l.Standing("storefront", now)
			l = restored(t, docs, step)
			if after, still := l.Standing("storefront", now); there != still || !cmp.Equal(before, after, alike) {
				t.Fatalf("after a restart (-before +after):\n%s", cmp.Diff(before, after, alike))
			}
		}
	}
	take(taken{delivery: gate.Delivery{ID: "000000"}, events: []gate.Event{gate.NexusGiven{File: "nexus.cue", Source: chanced}}, now: now})
	for i := range 60 {
		now = now.Add(time.Duration(c.IntN(90)) * time.Second)
		d := gate.Delivery{ID: fmt.Sprintf("%06d", i+1), Trust: pick(c.Rand, definition.Token, definition.Webhook), Received: now}
		take(taken{wake: true, now: now})
		take(taken{delivery: d, events: []gate.Event{c.event()}, now: now})
	}
	again, repeated := gate.NewLedger(), []string{}
	for _, k := range log {
		repeated = append(repeated, ids(k.fold(again))...)
	}
	if diff := cmp.Diff(said, repeated); diff != "" {
		t.Fatalf("folded again (-first +again):\n%s", diff)
	}
}

// alike compares what a Nexus stands at; rules are compiled anew and are compared by their digest.
var alike = cmp.Options{
	cmpopts.IgnoreFields(gate.Standing{}, "Definition"), cmpopts.IgnoreFields(gate.ComponentStanding{}, "Rules"), cmpopts.EquateEmpty(),
}

func ids(step gate.Step) []string {
	var all []string
	for _, v := range step.Verdicts {
		all = append(all, fmt.Sprintf("%s %s %s\n%s", v.Subject.Key(), v.ID, v.At, findings(v)))
	}
	return all
}
