package gate_test

import (
	"strings"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
)

// signs asks for two sign-offs: of each commit of a change, and of a change once and for all.
const signs = storefront + `done: {
	docs: {why: "Documentation is read", on: "change", evidence: "signoff", from: app: ["kim", "gitlab:li", "login:ana@example.com"], must: by: string}
	accepted: {why: "The Product Owner accepts it", on: "change", evidence: "signoff", name: "po", from: app: "ana", renew: "change", must: by: string}
}
`

// says is a comment on change 17 of cart-api.
func says(by, name string, at time.Time) gate.Signed {
	return gate.Signed{Repo: cartRepo, Number: 17, Name: name, By: by, At: at, Object: "comment/1"}
}

func withdrawn(s gate.Signed) gate.Signed {
	s.Withdrawn = true
	return s
}

// proposed is a house with change 17 open for a minute.
func proposed(t *testing.T, source string) *house {
	h := newHouse(t, source)
	h.opened(cartRepo, 17, "aaaaaaa", "cart.go")
	h.now = h.now.Add(time.Minute)
	return h
}

func (h *house) pushed(head string) {
	h.tell(seen(cartRepo, 17, head, h.now))
	h.tell(gate.ChangeRead{Repo: cartRepo, Number: 17, Head: head, Paths: []string{"cart.go"}, Complete: true})
	h.now = h.now.Add(time.Minute)
}

func TestASignOffIsGivenByWhomTheDefinitionNames(t *testing.T) {
	h := proposed(t, signs)
	h.wantState("before", h.change(cartRepo, 17), "docs", gate.Waiting)
	said := len(h.verdicts)
	for _, by := range []string{"github:max", "github:li", "login:kim", "login:max@example.com"} {
		h.tell(says(by, "docs", h.now))
	}
	h.tell(says("github:kim", "other", h.now))
	if len(h.verdicts) != said {
		t.Errorf("%d verdicts come of words that are no evidence; the last:\n%s", len(h.verdicts)-said, findings(h.change(cartRepo, 17)))
	}
	h.tell(says("github:Kim", "docs", h.now))
	h.wantState("signed", h.change(cartRepo, 17), "docs", gate.Met)
	for _, f := range h.change(cartRepo, 17).Findings {
		if f.Criterion == "docs" && (f.Got != `by "github:Kim"` || f.SignOff != "docs" || f.Delivery == "") {
			t.Errorf("the finding is %+v", f)
		}
		if f.Criterion == "accepted" && (f.SignOff != "po" || !strings.Contains(f.Fix, "have ana sign it: a comment /nexus sign po")) {
			t.Errorf("what is to do is %+v", f)
		}
	}
}

func TestASignOffIsForTheCriterionThatItNames(t *testing.T) {
	h := proposed(t, storefront+`done: {
	docs: {why: "Documentation is read", on: "change", evidence: "signoff", from: app: "kim", must: by: string}
	legal: {why: "The lawyers agree", on: "change", evidence: "signoff", from: app: "kim", must: by: string}
	teams: {why: "Two say that it may go", on: "change", evidence: "signoff", name: "go-*", atLeast: 2, from: app: ["kim", "ana"], must: by: string}
}
`)
	h.tell(says("github:kim", "docs", h.now), says("github:kim", "go-cart", h.now))
	h.wantState("signed", h.change(cartRepo, 17), "docs", gate.Met)
	h.wantState("of another name", h.change(cartRepo, 17), "legal", gate.Waiting)
	h.wantState("by one of two", h.change(cartRepo, 17), "teams", gate.Waiting)
	h.tell(says("github:ana", "go-pay", h.now))
	h.wantState("by both", h.change(cartRepo, 17), "teams", gate.Met)
}

func TestASignOffIsTakenBack(t *testing.T) {
	h := proposed(t, signs)
	given := h.now
	h.tell(says("github:kim", "docs", given))
	h.tell(withdrawn(says("github:max", "docs", h.now.Add(time.Minute))))
	h.wantState("taken back by somebody else", h.change(cartRepo, 17), "docs", gate.Met)
	h.now = h.now.Add(time.Hour)
	h.tell(withdrawn(says("github:kim", "docs", h.now)))
	h.wantState("taken back", h.change(cartRepo, 17), "docs", gate.Waiting)
	again := says("github:kim", "docs", given.Add(time.Minute))
	h.tell(again)
	h.wantState("told only now of a word before that", h.change(cartRepo, 17), "docs", gate.Waiting)
	h.tell(says("github:kim", "docs", h.now))
	h.wantState("given within the second in which it was taken back", h.change(cartRepo, 17), "docs", gate.Waiting)
	h.restart()
	h.now = h.now.Add(time.Second)
	h.tell(says("github:kim", "docs", h.now))
	h.wantState("given anew", h.change(cartRepo, 17), "docs", gate.Met)
}

func TestANewCommitNeedsANewSignOffUnlessTheChangeIsSigned(t *testing.T) {
	h := proposed(t, signs)
	h.tell(says("github:kim", "docs", h.now), says("github:ana", "po", h.now))
	h.pushed("bbbbbbb")
	h.wantState("of the commit", h.change(cartRepo, 17), "docs", gate.Waiting)
	h.wantState("of the change", h.change(cartRepo, 17), "accepted", gate.Met)
	h.tell(says("github:kim", "docs", h.now))
	h.wantState("given anew", h.change(cartRepo, 17), "docs", gate.Met)
	h.now = h.now.Add(time.Minute)
	h.tell(withdrawn(says("github:ana", "po", h.now)))
	h.wantState("taken back of the change", h.change(cartRepo, 17), "accepted", gate.Waiting)
}

func TestASignOffIsForTheHeadThatItNamesOrThatStoodThen(t *testing.T) {
	h := proposed(t, signs)
	before := h.now
	h.pushed("bbbbbbb")
	h.tell(says("github:kim", "docs", before.Add(-time.Second)))
	h.wantState("said before the push, told after it", h.change(cartRepo, 17), "docs", gate.Waiting)
	h.tell(says("github:kim", "docs", before))
	h.wantState("said in the second of the push", h.change(cartRepo, 17), "docs", gate.Waiting)
	named := says("github:kim", "docs", h.now)
	named.Commit = "aaaaaaa"
	h.tell(named)
	h.wantState("that names the old head", h.change(cartRepo, 17), "docs", gate.Waiting)
	named.Commit = "ccccccc"
	h.tell(named)
	h.wantState("that names what is no head", h.change(cartRepo, 17), "docs", gate.Waiting)
	h.pushed("aaaaaaa")
	h.wantState("once the old head is back", h.change(cartRepo, 17), "docs", gate.Met)
	h.pushed("bbbbbbb")
	named.Commit, named.At = "bbbb", h.now
	h.tell(named)
	h.wantState("that names the head by its beginning", h.change(cartRepo, 17), "docs", gate.Met)
}

func TestTheFirstHeadIsSignedInItsOwnSecondToo(t *testing.T) {
	h := newHouse(t, signs)
	h.tell(says("github:kim", "docs", h.now))
	h.opened(cartRepo, 17, "aaaaaaa", "cart.go")
	h.wantState("with the word before the change itself", h.change(cartRepo, 17), "docs", gate.Met)
}

func TestAButtonSignsTheCommitThatItIsOn(t *testing.T) {
	h := proposed(t, signs)
	press := func(by, name, commit string) {
		h.tell(gate.Signed{Repo: cartRepo, Commit: commit, Name: name, By: by, Object: "check/9"})
	}
	press("github:kim", "docs", "bbbbbbb")
	h.wantState("of another commit", h.change(cartRepo, 17), "docs", gate.Waiting)
	press("github:kim", "docs", "aaaaaaa")
	press("github:ana", "po", "aaaaaaa")
	h.wantState("of the head", h.change(cartRepo, 17), "docs", gate.Met)
	h.wantState("of the head", h.change(cartRepo, 17), "accepted", gate.Met)
	h.now = h.now.Add(time.Minute)
	h.pushed("ccccccc")
	h.wantState("after a push", h.change(cartRepo, 17), "docs", gate.Waiting)
	h.wantState("of the change, after a push", h.change(cartRepo, 17), "accepted", gate.Met)
	h.tell(withdrawn(says("github:ana", "po", h.now)))
	h.wantState("taken back by a comment", h.change(cartRepo, 17), "accepted", gate.Waiting)
}

const signsLanded = storefront + `done: docs: {why: "Documentation is read", on: "commit", evidence: "signoff", from: app: ["kim", "login:ana@example.com"], must: by: string}
`

func TestWhatLandedCarriesTheSignOffOfTheSameTree(t *testing.T) {
	h := proposed(t, signsLanded)
	h.tell(says("github:kim", "docs", h.now))
	land := func(after, tree string) {
		merged := seen(cartRepo, 17, "aaaaaaa", h.now)
		merged.State, merged.Landed = gate.ChangeMerged, after
		h.tell(merged)
		h.landed(cartRepo, "000", after, "cart.go")
		h.tell(gate.CommitRead{Repo: cartRepo, Commit: after, Tree: tree}, gate.CommitRead{Repo: cartRepo, Commit: "aaaaaaa", Tree: "t1"})
	}
	land("c1", "t2")
	h.wantState("of another tree", h.component("cart-api"), "docs", gate.Waiting)
	h.now = h.now.Add(time.Minute)
	h.tell(says("github:kim", "docs", h.now))
	h.wantState("signed after it landed", h.component("cart-api"), "docs", gate.Met)

	h = proposed(t, signsLanded)
	h.tell(says("github:kim", "docs", h.now))
	land("c1", "t1")
	h.wantState("of the same tree", h.component("cart-api"), "docs", gate.Met)
	for _, f := range h.component("cart-api").Findings {
		if f.Criterion == "docs" && f.Carried != "aaaaaaa" {
			t.Errorf("it is carried from %q, want the head that was signed", f.Carried)
		}
	}
	h.landed(cartRepo, "c1", "c2", "cart.go")
	h.wantState("after another landing", h.component("cart-api"), "docs", gate.Waiting)
	h.tell(gate.Signed{Repo: cartRepo, Commit: "c2", Name: "docs", By: "login:ana@example.com", At: h.now})
	h.wantState("signed on the page", h.component("cart-api"), "docs", gate.Met)
}

func TestAMergeGroupIsNotAskedForASignOff(t *testing.T) {
	h := newHouse(t, signsLanded)
	h.landed(cartRepo, "000", "c0", "cart.go")
	h.tell(gate.GroupSeen{Repo: cartRepo, Head: "ggg", Base: "main", Ref: "refs/heads/gh-readonly-queue/main/pr-17", At: h.now})
	h.tell(run(cartRepo, "ggg", "merge_group", 1, 1, h.now, "success"))
	h.wantOutcome("the group", h.said["group "+cartRepo.Key()+" ggg"], gate.Done)
}

func TestAnIncrementIsSignedAsTheCompositionThatItIs(t *testing.T) {
	h := newHouse(t, storefront+`done: release: {why: "It may go out", on: "increment", evidence: "signoff", from: app: "login:ana@example.com", must: by: string}`+"\n")
	allGreen(h)
	head := h.standing().Head
	sign := gate.Signed{Increment: head.Digest, Composition: head.Composition, Name: "release", By: "login:ana@example.com", At: h.now}
	h.wantOutcome("unsigned", h.standing().HeadSays, gate.Awaiting)
	stranger := sign
	stranger.By = "login:max@example.com"
	other := sign
	other.Increment = "sha256:0"
	h.tell(stranger, other)
	h.wantOutcome("signed by another, or another one", h.standing().HeadSays, gate.Awaiting)
	if e, may, given := h.ledger.Signing(h.standing().HeadSays, "release", sign.By); !may || given || e.Increment != head.Digest {
		t.Errorf("on its page it may be signed (%v, given %v) as %+v", may, given, e)
	}
	h.tell(sign)
	h.wantOutcome("signed", h.standing().HeadSays, gate.Done)
	if _, _, given := h.ledger.Signing(h.standing().HeadSays, "release", sign.By); !given {
		t.Error("on its page it is not shown as signed")
	}
	h.restart()
	h.after(time.Minute)
	h.landed(cartRepo, "c1", "c2", "cart.go")
	h.tell(run(cartRepo, "c2", "push", 9, 1, h.now, "success"))
	h.wantState("the next Increment", h.standing().HeadSays, "release", gate.Waiting)
	h.now = h.now.Add(time.Minute)
	h.landed(cartRepo, "c2", "c1", "cart.go")
	h.wantState("the same composition once more", h.standing().HeadSays, "release", gate.Met)
}

// TestTheOrderOfWordsAndHeadsDoesNotMatter tells the same in any order.
func TestTheOrderOfWordsAndHeadsDoesNotMatter(t *testing.T) {
	at := func(minute int) time.Time { return morning.Add(time.Duration(minute) * time.Minute) }
	read := func(head string) gate.Event {
		return gate.ChangeRead{Repo: cartRepo, Number: 17, Head: head, Paths: []string{"cart.go"}, Complete: true}
	}
	story := []gate.Event{
		seen(cartRepo, 17, "aaaaaaa", at(0)), read("aaaaaaa"), says("github:kim", "docs", at(1)), says("github:ana", "po", at(2)),
		seen(cartRepo, 17, "bbbbbbb", at(3)), read("bbbbbbb"), withdrawn(says("github:ana", "po", at(4))),
		gate.Signed{Repo: cartRepo, Commit: "bbbbbbb", Name: "docs", By: "github:kim", At: at(5)},
		says("gitlab:li", "docs", at(6)), says("github:ana", "po", at(7)),
	}
	told := map[string]bool{}
	for first := range story {
		h := newHouse(t, signs)
		h.now = at(10)
		for i := range story {
			h.tell(story[(first*7+i*3)%len(story)])
		}
		v := h.change(cartRepo, 17)
		told[string(state(v, "docs"))+" "+string(state(v, "accepted"))] = true
	}
	if len(told) != 1 || !told["met met"] {
		t.Errorf("in ten orders it comes to %v", told)
	}
}

func TestWordsWithoutEndAreBounded(t *testing.T) {
	h := proposed(t, signs)
	size := 0
	for i := range 500 {
		h.now = h.now.Add(time.Second)
		s := says("github:kim", "docs", h.now)
		s.Withdrawn = i%2 == 0
		h.tell(s)
		if i == 100 {
			size = len(h.docs["change "+cartRepo.Key()+"#17"].Body)
		}
	}
	if now := len(h.docs["change "+cartRepo.Key()+"#17"].Body); now > size+100 {
		t.Errorf("what is kept of the change grew from %d to %d bytes", size, now)
	}
	h.wantState("in the end", h.change(cartRepo, 17), "docs", gate.Met)
}

func TestWhoSignsOnAPageSignsWhatIsShownThere(t *testing.T) {
	h := proposed(t, strings.Replace(signs, `on: "change", evidence: "signoff", from: app: ["kim"`, `on: "commit", evidence: "signoff", from: app: ["kim"`, 1))
	const ana = "login:ana@example.com"
	h.landed(cartRepo, "000", "c1", "cart.go")
	of, landed := h.change(cartRepo, 17), h.component("cart-api")
	for _, v := range []gate.Verdict{of, landed} {
		e, may, given := h.ledger.Signing(v, "docs", ana)
		if !may || given || e.Commit != v.Commit || e.Repo.ID != cartRepo.ID || e.By != ana {
			t.Errorf("of %s she may (%v, given %v) sign %+v", v.Subject.Name, may, given, e)
		}
		e.At = h.now
		h.tell(e)
		if _, may, given := h.ledger.Signing(v, "docs", ana); !may || !given {
			t.Errorf("of %s she has signed: %v, %v", v.Subject.Name, may, given)
		}
		e.At, e.Withdrawn = h.now.Add(time.Second), true
		h.tell(e)
		if _, _, given := h.ledger.Signing(v, "docs", ana); given {
			t.Errorf("of %s what was taken back stands", v.Subject.Name)
		}
	}
	for what, c := range map[string]struct {
		v        gate.Verdict
		name, by string
	}{
		"somebody else":         {of, "docs", "login:max@example.com"},
		"another name":          {of, "legal", ana},
		"a Nexus of no service": {gate.Verdict{Nexus: "other", Subject: of.Subject, Commit: of.Commit}, "docs", ana},
		"no commit":             {gate.Verdict{Nexus: of.Nexus, Subject: of.Subject}, "docs", ana},
		"a group":               {gate.Verdict{Nexus: of.Nexus, Subject: gate.Subject{Kind: gate.OfGroup}, Commit: of.Commit}, "docs", ana},
	} {
		if e, may, _ := h.ledger.Signing(c.v, c.name, c.by); may || e.By != "" {
			t.Errorf("%s may sign %+v", what, e)
		}
	}
}

func TestSignOffsOfWhoHasLoggedInAreProvedByThat(t *testing.T) {
	proved := strings.ReplaceAll(signs, `"login:ana@example.com"]`, `"login:ana@example.com"], from: trust: "oidc"`)
	h := proposed(t, proved)
	h.tell(says("github:kim", "docs", h.now))
	h.wantState("by a comment", h.change(cartRepo, 17), "docs", gate.Waiting)
	h.tell(says("login:ana@example.com", "docs", h.now))
	h.wantState("on the page", h.change(cartRepo, 17), "docs", gate.Met)
	if _, err := definition.Load(definition.File{Name: "nexus.cue", Source: []byte(proved)}); err != nil {
		t.Fatal(err)
	}
}

func TestASignOffIsForTheHeadThatCameBack(t *testing.T) {
	h := proposed(t, signs)
	h.pushed("bbbbbbb")
	h.pushed("aaaaaaa")
	h.tell(says("github:kim", "docs", h.now))
	h.wantState("signed when it was back", h.change(cartRepo, 17), "docs", gate.Met)
	h.restart()
	h.now = h.now.Add(time.Minute)
	h.pushed("bbbbbbb")
	h.wantState("of the head between, which nobody signed", h.change(cartRepo, 17), "docs", gate.Waiting)
	for range 100 {
		h.tell(seen(cartRepo, 17, "bbbbbbb", h.now))
		h.now = h.now.Add(time.Second)
	}
	h.wantState("after much else became of it", h.change(cartRepo, 17), "docs", gate.Waiting)
	h.tell(says("github:kim", "docs", h.now))
	h.wantState("signed as well", h.change(cartRepo, 17), "docs", gate.Met)
}

func TestASignOffIsForTheHeadOfItsMomentByTheForgesClock(t *testing.T) {
	h := proposed(t, signs)
	theirs := h.now.Add(2 * time.Minute) // as the forge's clock has it
	h.tell(seen(cartRepo, 17, "bbbbbbb", theirs))
	h.tell(gate.ChangeRead{Repo: cartRepo, Number: 17, Head: "bbbbbbb", Paths: []string{"cart.go"}, Complete: true})
	h.now = h.now.Add(30 * time.Second)
	h.tell(says("github:kim", "docs", theirs.Add(30*time.Second)))
	h.wantState("signed by a clock that is ahead", h.change(cartRepo, 17), "docs", gate.Met)
}

func TestASignOffIsForNoHeadWhereItIsToldTooLateWhichThereWas(t *testing.T) {
	h := proposed(t, signs)
	start := h.now
	at := func(second int) time.Time { return start.Add(time.Duration(second) * time.Second) }
	for _, second := range []int{30, 60} { // back again by now, and touched since
		h.tell(seen(cartRepo, 17, "aaaaaaa", at(second)))
	}
	h.tell(says("github:kim", "docs", at(40)))
	h.now = at(61)
	h.wantState("before it is told of another head", h.change(cartRepo, 17), "docs", gate.Met)
	h.tell(seen(cartRepo, 17, "bbbbbbb", at(20)))
	h.wantState("told of it", h.change(cartRepo, 17), "docs", gate.Waiting)
	h.pushed("bbbbbbb")
	h.wantState("when that comes back", h.change(cartRepo, 17), "docs", gate.Waiting)
}
