package gate_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/definition/definitiontest"
	"github.com/nexusgate/nexusgate/gate"
)

// payExcepted is the storefront with leave for pay's pipeline to be red until the end of 30 November.
const payExcepted = storefront + `
integrationTeam: {productOwner: "ana", scrumMaster: "li", members: ["kim"]}
exceptions: "pay-ci": {
	criterion: "ci", components: ["pay"], reason: "The runner is being moved", ticket: "OPS-7"
	requestedBy: "ana", approvedBy: "li", until: "2026-11-30"
}
`

// allowed has the release rule let exceptions through.
const allowed = "release: exceptions: \"allowed\"\n"

// payRed lands a commit in each repository; pay's pipeline alone fails.
func payRed(h *house) {
	h.landed(cartRepo, "000", "c1", "a")
	h.landed(payRepo, "000", "p1", "a")
	h.landed(webRepo, "000", "w1", "a")
	h.tell(run(cartRepo, "c1", "push", 1, 1, h.now, "success"))
	h.tell(run(payRepo, "p1", "push", 2, 1, h.now, "failure"))
	h.tell(pipeline(webRepo, "w1", "push", 31, h.now, map[string]string{"test": "success"})...)
}

func TestAnExceptedFindingKeepsItsStateAndHoldsNothingBack(t *testing.T) {
	h := newHouse(t, payExcepted)
	payRed(h)
	v := h.component("pay")
	h.wantOutcome("pay", v, gate.Done)
	h.wantState("pay", v, "ci", gate.Unmet)
	if diff := cmp.Diff([]string{"pay-ci"}, v.Exceptions); diff != "" {
		t.Errorf("it rests on (-want +got):\n%s", diff)
	}
	want := []gate.Grant{{
		ID: "pay-ci", Criterion: "ci", Reason: "The runner is being moved", Ticket: "OPS-7", RequestedBy: "ana", ApprovedBy: "li",
		Until: time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC),
	}}
	if diff := cmp.Diff(want, v.Grants); diff != "" {
		t.Errorf("its grants (-want +got):\n%s", diff)
	}
	if f := v.Findings[0]; f.Exception != "pay-ci" || f.Level != definition.Required {
		t.Errorf("its finding is %+v, want a required one under pay-ci", f)
	}
	h.wantOutcome("cart-api", h.component("cart-api"), gate.Done)
	if got := h.component("cart-api").Exceptions; len(got) > 0 {
		t.Errorf("cart-api rests on %v, want on nothing", got)
	}
}

func TestAnIncrementUnderExceptionsIsDoneAndNeverTheLastDone(t *testing.T) {
	h := newHouse(t, payExcepted+"sprint: {start: \"2026-11-16\", days: 14}\n")
	payRed(h)
	s := h.standing()
	if s.Head.Outcome != gate.Done || !slices.Equal(s.Head.Exceptions, []string{"pay-ci"}) {
		t.Errorf("the Increment is %s under %v, want done under pay-ci", s.Head.Outcome, s.Head.Exceptions)
	}
	if !s.Head.DoneAt.IsZero() || s.LastDone.Number != 0 || s.Sprint.Done != 0 {
		t.Errorf("done at %v, last done %d, %d in the Sprint; want none of them", s.Head.DoneAt, s.LastDone.Number, s.Sprint.Done)
	}
	if len(s.HeadSays.Notices) > 0 {
		t.Errorf("it is noticed that %v, want nothing", s.HeadSays.Notices)
	}
	if o := h.owed["increment 3 w1"]; o.Outcome != gate.Done || !o.Excepted {
		t.Errorf("the landing is owed %+v, want done and excepted", o)
	}
	h.tell(gate.NexusGiven{File: "nexus.cue", Source: payExcepted + "sprint: {start: \"2026-11-16\", days: 14}\n" + allowed})
	s = h.standing()
	if s.Head.DoneAt.IsZero() || s.LastDone.Number != 3 || s.Sprint.Done != 1 {
		t.Errorf("once allowed: done at %v, last done %d, %d in the Sprint; want it done, and counted", s.Head.DoneAt, s.LastDone.Number, s.Sprint.Done)
	}
}

func TestWhenAnExceptionEndsTheDoorShutsUnasked(t *testing.T) {
	h := newHouse(t, payExcepted)
	payRed(h)
	end := time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)
	if due, ok := h.ledger.NextDue(); !ok || !due.Equal(end) {
		t.Fatalf("next due %v, want %v", due, end)
	}
	h.after(end.Sub(h.now) - time.Microsecond)
	h.wantOutcome("in its last moment the Increment", h.standing().HeadSays, gate.Done)
	h.after(time.Microsecond)
	v := h.standing().HeadSays
	h.wantOutcome("after it the Increment", v, gate.NotDone)
	if len(v.Exceptions)+len(v.Grants) > 0 || v.Findings[0].Exception != "" {
		t.Errorf("it rests on %v, want on nothing", v.Exceptions)
	}
	want := []string{"the exception pay-ci excepts nothing: it ended with 30 November 2026; take it out (nexus.cue:16:13)"}
	if diff := cmp.Diff(want, v.Notices); diff != "" {
		t.Errorf("it is noticed (-want +got):\n%s", diff)
	}
	if o := h.owed["increment 3 w1"]; o.Outcome != gate.NotDone || o.Excepted {
		t.Errorf("the landing is owed %+v, want not done", o)
	}
}

func TestAnIncrementThatIsMendedIsPlainlyDone(t *testing.T) {
	h := newHouse(t, payExcepted)
	payRed(h)
	under := h.standing().HeadSays
	h.tell(run(payRepo, "p1", "push", 2, 2, h.now, "success"))
	s := h.standing()
	if s.HeadSays.ID == under.ID || s.HeadSays.Outcome != gate.Done || len(s.HeadSays.Exceptions) > 0 || s.LastDone.Number != 3 {
		t.Errorf("mended it is %s under %v, last done %d; want a new verdict, done, 3", s.HeadSays.Outcome, s.HeadSays.Exceptions, s.LastDone.Number)
	}
	want := []string{"the exception pay-ci excepts nothing: ci holds nothing back without it; take it out (nexus.cue:16:13)"}
	if diff := cmp.Diff(want, s.HeadSays.Notices); diff != "" {
		t.Errorf("it is noticed (-want +got):\n%s", diff)
	}
	if o := h.owed["increment 3 w1"]; o.Excepted {
		t.Error("the landing is still owed a report under exceptions")
	}
	h.tell(run(payRepo, "p1", "push", 2, 3, h.now, "failure"))
	s = h.standing()
	if s.Head.Outcome != gate.Done || len(s.Head.Exceptions) != 1 || len(s.LastDone.Exceptions) > 0 || s.LastDone.Number != 3 {
		t.Errorf("red again it is %s under %v; the last done one must be what it was, got %+v", s.Head.Outcome, s.Head.Exceptions, s.LastDone)
	}
}

func TestAnExceptionCoversWhatIsStillWaitedFor(t *testing.T) {
	h := newHouse(t, payExcepted)
	h.landed(payRepo, "000", "p1", "a")
	v := h.component("pay")
	h.wantOutcome("pay", v, gate.Done)
	h.wantState("pay", v, "ci", gate.Waiting)
	if want := morning.Add(time.Hour); !v.Due().Equal(want) {
		t.Errorf("it is due %v, want its deadline %v: the finding turns then, though not the outcome", v.Due(), want)
	}
}

func TestNothingExceptsARefusedFile(t *testing.T) {
	h := newHouse(t, strings.ReplaceAll(payExcepted, `criterion: "ci", `, `criterion: "definition-of-done", `))
	h.tell(push(payRepo, "000", "p1", h.now, "a"))
	h.tell(gate.FileRead{Repo: payRepo, Commit: "p1", Path: ".nexus/done.cue", Source: `done: ci: level: "advisory"`})
	h.tell(run(payRepo, "p1", "push", 2, 1, h.now, "success"))
	v := h.component("pay")
	h.wantOutcome("pay", v, gate.NotDone)
	if len(v.Exceptions) > 0 {
		t.Errorf("it rests on %v, want on nothing", v.Exceptions)
	}
}

func TestOfTwoExceptionsTheOneThatEndsLastIsUsed(t *testing.T) {
	h := newHouse(t, payExcepted+`
exceptions: {
	"pay-longer": {criterion: "ci", teams: ["pay"], reason: "Until the move", requestedBy: "kim", approvedBy: "li", until: "2026-12-05"}
	"pay-too": {criterion: "ci", components: ["pay"], reason: "The same again", requestedBy: "kim", approvedBy: "li", until: "2026-12-05"}
}
`)
	payRed(h)
	v := h.standing().HeadSays
	if diff := cmp.Diff([]string{"pay-longer"}, v.Exceptions); diff != "" || len(v.Notices) != 2 {
		t.Errorf("it rests on (-want +got):\n%s\nand notices %v, want the other two", diff, v.Notices)
	}
}

func TestAnExceptionThatNothingIsUnderExpiresAloud(t *testing.T) {
	h := newHouse(t, payExcepted)
	allGreen(h)
	if got := h.standing().Exceptions; len(got) != 1 || got[0].State != "unused" {
		t.Fatalf("its exceptions are %+v, want one unused", got)
	}
	h.after(8 * 24 * time.Hour)
	s := h.standing()
	if len(s.HeadSays.Notices) != 1 || !strings.Contains(s.HeadSays.Notices[0], "it ended with 30 November 2026") || s.Exceptions[0].State != "expired" {
		t.Errorf("it is noticed %v, its state is %s; want that it ended", s.HeadSays.Notices, s.Exceptions[0].State)
	}
}

func TestAFileOfEvidenceIsJudgedUnderTheExceptionsOfItsNow(t *testing.T) {
	d, err := definition.Load(definition.File{Name: "nexus.cue", Source: []byte(payExcepted)})
	if err != nil {
		t.Fatal(err)
	}
	n := gate.NewNexus(d, payExcepted, nil, nil)
	for _, c := range []struct {
		now     time.Time
		outcome gate.Outcome
		notice  string
	}{
		{morning, gate.Done, ""},
		{morning.AddDate(0, 0, 8), gate.NotDone, "the exception pay-ci excepts nothing: it ended with 30 November 2026; take it out (nexus.cue:16:13)"},
		{morning.AddDate(0, 0, -30), gate.NotDone, "the exception pay-ci is not in force: 30 November 2026 lies more than 30 days ahead; bring it nearer"},
	} {
		f := gate.EvidenceFile{Now: c.now, Composition: gate.Composition{"cart-api": "c1", "pay": "p1", "web": "w1"}}
		for name, sha := range f.Composition {
			conclusion := "success"
			if name == "pay" {
				conclusion = "failure"
			}
			f.Evidence = append(f.Evidence, gate.FiledEvidence{
				Component: name, Commit: sha, Kind: "pipeline", Name: "ci", Producer: gate.Producer{App: gate.GitHubActions},
				Facts: gate.Facts{"conclusion": conclusion}, Observed: c.now,
			})
		}
		v := gate.Judge(f.Case(n), c.now)
		if got := strings.Join(v.Notices, "\n"); v.Outcome != c.outcome || got != c.notice {
			t.Errorf("at %v it is %s and notices %q, want %s and %q", c.now, v.Outcome, got, c.outcome, c.notice)
		}
	}
}

func TestAnExceptionTurnsItsOwnFindingsAndNothingElse(t *testing.T) {
	seed := rand.Uint64()
	random := rand.New(rand.NewPCG(seed, 3))
	d := rules(t)
	for range 2000 {
		k := randomCase(d, random)
		until := morning.Add(time.Duration(random.IntN(48)) * time.Hour)
		e := gate.Exception{Exception: definition.Exception{
			ID: "leave", Criterion: d.Criteria[random.IntN(len(d.Criteria))].ID, Until: until,
			Components: []string{pick(random, "cart-api", "pay")}, Teams: []string{pick(random, "cart", "pay")},
		}}
		if random.IntN(4) == 0 {
			e.Void = "for a reason"
		}
		under := k
		under.Exceptions = []gate.Exception{e}
		for _, now := range []time.Time{morning, until, until.Add(time.Hour)} {
			checkExcepted(t, seed, e, gate.Judge(k, now), gate.Judge(under, now))
		}
	}
}

// checkExcepted holds a verdict under an exception against the one without it.
func checkExcepted(t *testing.T, seed uint64, e gate.Exception, without, under gate.Verdict) {
	t.Helper()
	if rank(under.Outcome) > rank(without.Outcome) || (under.Outcome != without.Outcome && len(under.Exceptions) == 0) {
		t.Fatalf("seed %d: %q became %q under %v", seed, without.Outcome, under.Outcome, under.Exceptions)
	}
	plain := slices.Clone(under.Findings)
	for i := range plain {
		f := &plain[i]
		excepted := e.Applies(f.Criterion, f.Component, f.Team, under.At) && f.Level == definition.Required && f.State != gate.Met
		if (f.Exception == e.ID) != (excepted && f.Criterion != "definition-of-done") {
			t.Fatalf("seed %d: %+v is under %q at %v, with %+v", seed, f, f.Exception, under.At, e)
		}
		if f.Exception != "" && f.Wake.After(e.Until) {
			t.Fatalf("seed %d: %+v wakes after its exception ends, %v", seed, f, e.Until)
		}
		f.Exception, f.Wake = "", time.Time{}
	}
	all := slices.Clone(without.Findings)
	for i := range all {
		all[i].Wake = time.Time{}
	}
	byText := func(a, b gate.Finding) int { return strings.Compare(fmt.Sprintf("%+v", a), fmt.Sprintf("%+v", b)) }
	slices.SortFunc(plain, byText)
	slices.SortFunc(all, byText)
	if diff := cmp.Diff(all, plain); diff != "" {
		t.Fatalf("seed %d: the exception turned what is said (-without +under):\n%s", seed, diff)
	}
}

// payUnaudited is payExcepted with a criterion that the tale says nothing of, under leave for all.
const payUnaudited = payExcepted + `
done: audit: {why: "Looked through", on: "commit", evidence: "job", name: "audit", must: conclusion: "success", within: "1m"}
exceptions: "all-audit": {
	criterion: "audit", teams: ["cart", "pay", "web"], reason: "The auditor is away", requestedBy: "kim", approvedBy: "li", until: "2026-11-30"
}
`

func TestExceptionsFoldAlikeInAnyOrder(t *testing.T) {
	deliveries := tale()
	seed := rand.Uint64()
	random := rand.New(rand.NewPCG(seed, 4))
	given, end := gate.NexusGiven{File: "nexus.cue", Source: payUnaudited}, morning.Add(21*time.Minute)
	order := make([]int, len(deliveries))
	for i := range order {
		order[i] = i
	}
	in := func(restarts *rand.Rand) (told, gate.Verdict) {
		l := foldAll(t, given, order, deliveries, taleEvents, end, restarts)
		s, _ := l.Standing("storefront", end)
		s.HeadSays.Subject, s.HeadSays.ID = gate.Subject{}, "" // the number of an Increment is history
		return summary(t, l, end), s.HeadSays
	}
	want, head := in(nil)
	if want.Head != gate.Done || !slices.Equal(head.Exceptions, []string{"all-audit"}) || len(head.Notices) != 1 {
		t.Fatalf("the tale ends %s under %v, noticing %v; want done under all-audit, and pay-ci unused", want.Head, head.Exceptions, head.Notices)
	}
	for range definitiontest.Cases(100) {
		random.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		got, says := in(random)
		if diff := cmp.Diff(want, got) + cmp.Diff(head.Findings, says.Findings) + cmp.Diff(head.Notices, says.Notices) + cmp.Diff(head.Grants, says.Grants); diff != "" {
			t.Fatalf("seed %d, order %v (-in order +shuffled):\n%s", seed, order, diff)
		}
	}
}

func TestALogWithExceptionsReplaysToTheSameVerdicts(t *testing.T) {
	deliveries := tale()
	history := func(restart bool) (ids []string) {
		l, docs := gate.NewLedger(), map[string]gate.Doc{}
		note := func(step gate.Step) {
			keepDocs(docs, step)
			for _, v := range step.Verdicts {
				ids = append(ids, v.ID)
			}
			if restart {
				l = restored(t, docs, step)
				if again, empty := l.Wake(step.Now); !empty && len(again.Verdicts) > 0 {
					t.Fatalf("a restart after step %d says %d verdicts anew", step.Seq, len(again.Verdicts))
				}
			}
		}
		note(l.Apply(gate.Delivery{ID: "000000"}, []gate.Event{gate.NexusGiven{File: "nexus.cue", Source: payUnaudited}}, morning))
		wake := func(now time.Time) {
			if step, empty := l.Wake(now); !empty {
				note(step)
			}
		}
		for i, d := range deliveries {
			now := morning.Add(time.Duration(i) * time.Minute)
			wake(now)
			note(l.Apply(d, taleEvents[i], now))
		}
		for range 20 {
			due, some := l.NextDue()
			if !some {
				break
			}
			wake(due)
		}
		return ids
	}
	want := history(false)
	if diff := cmp.Diff(want, history(true)); diff != "" || len(want) < len(deliveries) {
		t.Errorf("%d verdicts; after restarts (-before +after):\n%s", len(want), diff)
	}
}

func TestAnExceptionOfACriterionThatNobodyIsAskedIsNoticed(t *testing.T) {
	h := newHouse(t, strings.Replace(payExcepted, `criterion: "ci"`, `criterion: "cii"`, 1))
	allGreen(h)
	s := h.standing()
	if len(s.HeadSays.Notices) != 1 || !strings.Contains(s.HeadSays.Notices[0], "no criterion cii is asked of what it covers") || s.Exceptions[0].State != "unused" {
		t.Errorf("it is noticed %q, its state is %s; want it unused", s.HeadSays.Notices, s.Exceptions[0].State)
	}
}
