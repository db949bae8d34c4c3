package gate_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/gate"
)

// story lands n commits of cart-api, each by a change, the first of which is "l1".
func (p *plant) story(n int) {
	p.t.Helper()
	for i := range n {
		before, after := fmt.Sprintf("l%d", i), fmt.Sprintf("l%d", i+1)
		if i == 0 {
			before = "base0"
		}
		p.now = p.now.Add(time.Second)
		merged := seen(cartRepo, i+1, "h"+after, p.now)
		merged.State, merged.Landed = gate.ChangeMerged, after
		p.tell(merged)
		p.landed(cartRepo, before, after, "a")
	}
}

// runAll has every run that is asked for come to what a composition is worth, until none is.
func (p *plant) runAll(works func(gate.Checkout) string) {
	p.t.Helper()
	for p.rest(); len(p.asked) > p.over; p.after(time.Second) {
		p.run(works(sumOf(p.t, p.last())))
	}
}

// brokenBy is what a composition is worth where one landing of the story broke it: all after it fail.
func brokenBy(landing int) func(gate.Checkout) string {
	return func(c gate.Checkout) string {
		var at int
		if _, err := fmt.Sscanf(c.Components["cart-api"].Commit, "l%d", &at); err == nil && at >= landing {
			return "failure"
		}
		return "success"
	}
}

// passed is a plant whose first composition passed, and after which so many commits landed.
func passed(t *testing.T, landings int) *plant {
	t.Helper()
	p := newPlant(t, 1)
	p.runAll(brokenBy(1))
	p.story(landings)
	return p
}

func TestTheLandingThatBrokeItIsNamedWithItsTeamAndItsChange(t *testing.T) {
	p := passed(t, 5)
	p.runAll(brokenBy(4))
	c := p.standing().Integration.Culprit
	if c == nil || len(c.Landings) != 1 || c.Landings[0].Commit != "l4" || c.Landings[0].Team != "cart" || c.Landings[0].Change != "acme/cart-api#4" {
		t.Fatalf("the culprit is %+v", c)
	}
	if c.Number != 7 || c.After != 6 {
		t.Errorf("it is of Increment %d after %d, want 7 after 6", c.Number, c.After)
	}
	v := p.increment()
	p.wantState("the head", v, "e2e", gate.Unmet)
	if got, want := found(v, "e2e"), "broken since Integrated Increment 7: cart-api at l4 by acme/cart-api#4, of team cart (6 passed)"; !strings.Contains(got, want) {
		t.Errorf("the report says %q, want %q", got, want)
	}
}

func TestAChangeThatIsToldOfAfterItsLandingIsNamed(t *testing.T) {
	p := passed(t, 0)
	p.landed(cartRepo, "base0", "l1", "a")
	merged := seen(cartRepo, 17, "h1", p.now)
	merged.State, merged.Landed = gate.ChangeMerged, "l1"
	p.tell(merged)
	p.runAll(brokenBy(1))
	if c := p.standing().Integration.Culprit; c == nil || c.Landings[0].Change != "acme/cart-api#17" {
		t.Errorf("the culprit is %+v", c)
	}
}

func TestTheOnlyLandingSinceIsTheCulpritWithoutAnotherRun(t *testing.T) {
	p := passed(t, 1)
	before := len(p.asked)
	p.runAll(brokenBy(1))
	c := p.standing().Integration.Culprit
	if c == nil || c.Landings[0].Commit != "l1" || c.Runs != 0 || len(p.asked) != before+1 {
		t.Errorf("after %d runs the culprit is %+v", len(p.asked)-before, c)
	}
}

func TestWithoutAPredecessorThatPassedNobodyIsBlamed(t *testing.T) {
	p := newPlant(t, 1)
	p.story(5)
	p.runAll(brokenBy(0))
	if st := p.standing().Integration; st.Culprit != nil || st.Suspects != 0 || len(p.asked) != 1 {
		t.Errorf("after %d runs it stands as %+v", len(p.asked), st)
	}
}

func TestWhatNeverRanBlamesNobody(t *testing.T) {
	p := passed(t, 5)
	p.runAll(func(gate.Checkout) string { return "cancelled" })
	if st := p.standing().Integration; st.Culprit != nil || st.Suspects != 0 {
		t.Errorf("it stands as %+v", st)
	}
}

func TestComponentsThatLandedTogetherStayTogether(t *testing.T) {
	p := &plant{house: newHouse(t, strings.NewReplacer(
		`"cart-api": {repo: "github:acme/cart-api", branch: "main"}`, `"cart-api": {repo: "github:acme/shop", path: "cart"}`,
		`pay: {repo: "github:acme/pay", branch: "main"}`, `pay: {repo: "github:acme/shop", path: "pay"}`, "ATTEMPTS", "1").Replace(whole))}
	shop := gate.Repo{Forge: gate.GitHub, ID: 1, Name: "acme/shop", Installation: 7}
	p.tell(push(shop, "000", "s0", p.now, "cart/a", "pay/a"))
	p.landed(webRepo, "000", "w0", "a")
	p.runAll(brokenBy(1))
	for i := range 4 {
		p.tell(push(shop, fmt.Sprintf("s%d", i), fmt.Sprintf("s%d", i+1), p.now, "cart/a", "pay/a"))
	}
	p.rest()
	p.runAll(func(c gate.Checkout) string {
		if c.Components["cart-api"].Commit != c.Components["pay"].Commit {
			t.Errorf("cart-api is at %s and pay at %s", c.Components["cart-api"].Commit, c.Components["pay"].Commit)
		}
		if c.Components["pay"].Commit >= "s3" {
			return "failure"
		}
		return "success"
	})
	c := p.standing().Integration.Culprit
	if c == nil || c.Landings[0].Commit != "s3" || len(c.Landings[0].Also) != 1 {
		t.Errorf("the culprit is %+v", c)
	}
}

func TestTheNewestHeadDoesNotWaitForTheHunt(t *testing.T) {
	p := passed(t, 16)
	p.rest()
	p.run("failure") // the head; what is in between is looked at next
	p.landed(cartRepo, "l16", "mended", "a")
	p.rest()
	p.run("failure") // one in the middle
	if got := sumOf(t, p.last()).Components["cart-api"].Commit; got != "mended" {
		t.Fatalf("after a run of the hunt %s is next, want the newest", got)
	}
	p.run("success")
	if st := p.standing().Integration; st.Culprit != nil || st.Suspects != 0 || len(p.asked) > p.over {
		t.Errorf("it was mended, and stands as %+v", st)
	}
}

func TestAHuntGoesOnAfterARestart(t *testing.T) {
	p := passed(t, 9)
	for p.rest(); len(p.asked) > p.over; p.after(time.Second) {
		p.restart()
		p.run(brokenBy(6)(sumOf(t, p.last())))
	}
	if c := p.standing().Integration.Culprit; c == nil || c.Landings[0].Commit != "l6" {
		t.Errorf("the culprit is %+v", c)
	}
}

func TestWhenMoreLandsThanIsKeptApartTheCulpritIsAmongThoseNamed(t *testing.T) {
	p := passed(t, 140)
	p.runAll(brokenBy(3))
	c := p.standing().Integration.Culprit
	if c == nil || len(c.Landings) != 10 || c.More != 3 || !strings.Contains(c.Says(), "one of 13 landings") {
		t.Fatalf("the culprit is %+v", c)
	}
}

// TestEachOf64LandingsIsFoundInSixRuns holds the finder's number of runs.
func TestEachOf64LandingsIsFoundInSixRuns(t *testing.T) {
	culprits := []int{1, 2, 31, 32, 33, 63, 64, 1 + rand.IntN(64)}
	for _, culprit := range culprits {
		p := passed(t, 64)
		p.runAll(brokenBy(culprit))
		c := p.standing().Integration.Culprit
		if c == nil || len(c.Landings) != 1 || c.Landings[0].Commit != fmt.Sprintf("l%d", culprit) {
			t.Fatalf("landing %d broke it, and the culprit is %+v", culprit, c)
		}
		if c.Runs != 6 || len(p.asked) != 2+6 {
			t.Errorf("landing %d was found in %d runs, %d in all", culprit, c.Runs, len(p.asked))
		}
	}
}

func TestALandingIsNotBlamedForWhatBrokeAfterTheBranchWasSetBackBeforeIt(t *testing.T) {
	p := passed(t, 1)
	p.runAll(brokenBy(1))
	if c := p.standing().Integration.Culprit; c == nil || c.Landings[0].Commit != "l1" {
		t.Fatalf("the culprit is %+v", c)
	}
	back := push(cartRepo, "l1", "base0", p.now)
	back.Forced = true
	asked := len(p.asked)
	p.tell(back)
	p.runAll(brokenBy(1))
	if c := p.standing().Integration.Culprit; c != nil || len(p.asked) != asked {
		t.Errorf("once it was set back, after %d runs more, the culprit is %+v", len(p.asked)-asked, c)
	}
	p.now = p.now.Add(time.Minute)
	p.landed(payRepo, "base1", "bad", "a")
	p.runAll(func(c gate.Checkout) string {
		if c.Components["pay"].Commit == "bad" {
			return "failure"
		}
		return "success"
	})
	if c := p.standing().Integration.Culprit; c == nil || len(c.Landings) != 1 || c.Landings[0].Commit != "bad" {
		t.Errorf("the culprit is %+v", c)
	}
}
