package gate_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
)

// sprinted is storefront with a Sprint that began a week before morning, and with goals.
const sprinted = watched + `
productGoal: "A shopper buys in one minute"
sprint: {start: "2026-11-16", days: 14, goal: "Checkout without an account"}
teams: cart: goal: "Guest carts"
`

// brief is a brief in words: its sections by their titles.
func (h *house) brief(event gate.BriefEvent, since time.Time) (gate.Brief, map[string]string) {
	h.t.Helper()
	c, known := h.ledger.BriefCase("storefront", event, since, h.now)
	if !known {
		h.t.Fatalf("there is no brief for the %s", event)
	}
	b := gate.BriefOf(c)
	said := map[string]string{}
	for _, s := range b.Sections {
		said[s.Title] = strings.Join(lines(s.Lines, ""), "\n")
		if len(s.Lines) == 0 {
			said[s.Title] = s.Empty
		}
	}
	return b, said
}

func lines(all []gate.BriefLine, indent string) (said []string) {
	for _, l := range all {
		text := indent + l.Text
		if l.Of != "" {
			text += " [" + l.Of + "]"
		}
		said = append(append(said, text), lines(l.Lines, indent+"  ")...)
	}
	return said
}

// week is a week of the storefront, from its first Increment to one that is not done.
func week(t *testing.T) *house {
	h := newHouse(t, sprinted)
	allGreen(h)
	h.after(2 * time.Hour)
	h.mergedAs(cartRepo, 17, "c2")
	h.landed(cartRepo, "c1", "c2", "a")
	h.after(time.Hour)
	h.tell(run(cartRepo, "c2", "push", 9, 1, h.now, "failure"))
	h.after(time.Hour)
	h.tell(run(cartRepo, "c2", "push", 9, 2, h.now, "success"))
	h.tell(published(cartRepo, "1.0", "c2", h.now))
	h.says(gate.Done, "It is done.")
	h.after(50 * time.Hour)
	h.mergedAs(payRepo, 4, "p2")
	h.landed(payRepo, "p1", "p2", "a")
	h.tell(run(payRepo, "p2", "push", 10, 1, h.now, "failure"))
	h.after(3 * time.Hour)
	return h
}

func (h *house) wantSections(said map[string]string, want map[string]string) {
	h.t.Helper()
	for title, lines := range want {
		if diff := cmp.Diff(strings.TrimSpace(lines), said[title]); diff != "" {
			h.t.Errorf("%s (-want +got):\n%s", title, diff)
		}
	}
}

func TestTheDailyTellsWhatHoldsBackWhoseMoveItIsAndWhatChanged(t *testing.T) {
	h := week(t)
	b, said := h.brief(gate.DailyBrief, time.Time{})
	if b.Title != "Nexus Daily Scrum of storefront, Sprint 1" || !b.Since.Equal(h.now.AddDate(0, 0, -1)) {
		t.Errorf("it is %q since %s", b.Title, b.Since)
	}
	h.wantSections(said, map[string]string{
		"How the Increment stands": `
Integrated Increment 5 is not done: 2 of 3 required criteria hold
The last done one is Integrated Increment 4, which became done 2 days ago.
Sprint 1 ends on 29 November 2026; 2 Increments became done in it. The Nexus Sprint Goal: Checkout without an account
At the last two days' rate the Increment does not become done. The Sprint ends in 4.3 days.
  Required criteria that were open on 23 November 2026: 0; that are open now: 1. Over 2.3 days no fewer were opened than were met.`,
		"New integration issues":         `ci of pay: wanted conclusion "success", got conclusion "failure" (for 3 h) [pay]`,
		"Integration issues from before": "None.",
		"What changed":                   "landed: Guest carts (acme/pay#4) [pay]",
		"New dependencies between teams": "None since 24 November 18:00.",
	})
	_, said = h.brief(gate.DailyBrief, h.now.Add(-time.Hour))
	if said["New integration issues"] == said["Integration issues from before"] || !strings.HasPrefix(said["Integration issues from before"], "ci of pay") {
		t.Errorf("since an hour ago it says %q", said)
	}
}

func TestTheReviewTellsWhatTheDoneIncrementContains(t *testing.T) {
	h := week(t)
	_, said := h.brief(gate.ReviewBrief, time.Time{})
	h.wantSections(said, map[string]string{
		"Toward the goals": `
Product Goal: A shopper buys in one minute
Nexus Sprint Goal: Checkout without an account
2 Increments became done in Sprint 1`,
		"What the done Increment contains": `
cart: Guest carts [cart]
  acme/cart-api#3
    Guest carts (acme/cart-api#17) [cart-api]`,
		"Landed, and in no done Increment": `
pay [pay]
  acme/pay#3
    Guest carts (acme/pay#4) [pay]`,
		"What went out": "released: 1.0 of acme/cart-api",
	})
}

func TestTheRetrospectiveTellsWhatHeldBackAndTheMeasuresOfDelivery(t *testing.T) {
	h := week(t)
	b, said := h.brief(gate.RetrospectiveBrief, time.Time{})
	h.wantSections(said, map[string]string{
		"What held us back": `
cart: Guest carts [cart]
  ci of cart-api: not met for 60 min, 1 time, and awaited for 60 min
pay [pay]
  ci of pay: not met for 3 h, 1 time`,
		"Flaky producers": "ci of cart-api, which ci rests on: 1 time, last from failure to success on c2 [cart]",
		"Exceptions used": "None.",
		"From landing to done": `
the whole Nexus: half within 2 h, nine of ten within 2 h, of 1 landing; 1 not yet
cart: half within 2 h, nine of ten within 2 h, of 1 landing [cart]
pay: none is done; 1 not yet [pay]`,
	})
	for _, want := range []string{
		"Deployment frequency: 1 in 2 days, 2.9 a week", "Change lead time: half within 5 h", "Change fail rate: 0 of 1, 0 %",
		"2 of 3 Increments that were decided were not done at some time.", "In the sum, from not done to done: half within 60 min, of 1 time.",
	} {
		if !strings.Contains(said["Four measures of delivery"], want) {
			t.Errorf("the measures do not say %q:\n%s", want, said["Four measures of delivery"])
		}
	}
	if note := b.Sections[0].Note; !strings.Contains(note, "no ranking") || !strings.Contains(note, "What was before 23 November 09:00 is not known.") {
		t.Errorf("it notes %q", note)
	}
}

func TestTheRetrospectiveTellsOfExceptionsAndChangesToTheDefinition(t *testing.T) {
	h := newHouse(t, payExcepted)
	payRed(h)
	h.after(26 * time.Hour)
	h.tell(gate.NexusGiven{File: "nexus.cue", Source: payExcepted + `done: docs: {why: "Written", on: "commit", evidence: "job", name: "docs", must: conclusion: "success", within: "1h"}`})
	h.after(time.Hour)
	_, said := h.brief(gate.RetrospectiveBrief, h.now.Add(-20*time.Hour))
	h.wantSections(said, map[string]string{
		"Exceptions used": `
pay-ci: The runner is being moved (active, until 30 November 2026)
  ci of pay, for 20 h`,
		"Changes to the Definition of Done": `
the Definition of Done of the Nexus changed
  3 of 3 held before it, 3 of 6 after it`,
	})
}

func TestWhatIsDoneOnlyUnderExceptionsIsSaidNotToCountWhereItDoesNot(t *testing.T) {
	const says = "Integrated Increment 3 does not count as done: the release rule refuses what is done under exceptions (pay-ci)"
	const production = "release: production: exceptions: \"allowed\"\n"
	for source, counted := range map[string]bool{payExcepted: false, payExcepted + production: false, payExcepted + allowed: true} {
		h := newHouse(t, source)
		payRed(h)
		daily, _ := h.brief(gate.DailyBrief, h.now.Add(-time.Hour))
		review, _ := h.brief(gate.ReviewBrief, h.now.Add(-time.Hour))
		if text := daily.Sections[0].Lines[1].Text; strings.Contains(text, "allows it for production alone") != strings.Contains(source, production) {
			t.Errorf("of %s the daily says %q", source, text)
		}
		if text := daily.Sections[0].Lines[1].Text; strings.Contains(text, says) == counted {
			t.Errorf("counted: %v; the daily says %q", counted, text)
		}
		if note := review.Sections[2].Note; strings.Contains(note, says) == counted {
			t.Errorf("counted: %v; the review notes %q", counted, note)
		}
	}
}

func TestASprintIsLateAfterItsMiddleWithoutADoneIncrement(t *testing.T) {
	h := newHouse(t, sprinted)
	h.landed(cartRepo, "000", "c1", "a")
	middle := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	for at, late := range map[time.Time]bool{middle: false, middle.Add(time.Second): true} {
		h.now = at
		if s := h.standing().Sprint; s.Late != late || !s.Middle.Equal(middle) {
			t.Errorf("at %s it is late: %v, with its middle at %s", at, s.Late, s.Middle)
		}
	}
	h.now = middle.Add(12 * time.Hour)
	allGreen(h)
	if s := h.standing().Sprint; s.Late || s.Done != 1 {
		t.Errorf("with %d done it is late: %v", s.Done, s.Late)
	}
}

// chronicled is a chronicle of open criteria, a day each, the last of them now.
func chronicled(now time.Time, open ...int) (c gate.Chronicle) {
	for i, n := range open {
		outcome := gate.NotDone
		if n == 0 {
			outcome = gate.Done
		}
		c.Points = append(c.Points, gate.Point{At: now.AddDate(0, 0, i+1-len(open)), Increment: int64(i), Outcome: outcome, Required: 20, Met: 20 - n})
	}
	return c
}

func TestTheOutlookSaysHowItWasWorkedOutOrThatItCannotBe(t *testing.T) {
	now := time.Date(2026, 11, 27, 0, 0, 0, 0, time.UTC)
	s := gate.SprintStanding{Number: 1, Start: now.AddDate(0, 0, -11), End: now.AddDate(0, 0, 3)}
	for _, c := range []struct {
		open []int
		says string
		how  string
	}{
		{[]int{20, 18, 17, 16, 15, 14, 12, 11, 10, 9, 8, 7, 5, 4, 3}, "At the last fourteen days' rate the Increment is done in 2.5 days; the Sprint ends in 3 days.", "open on 13 November 2026: 20; that are open now: 3. That is 1.2 fewer a day"},
		{[]int{3, 3, 3, 3}, "At the last three days' rate the Increment does not become done. The Sprint ends in 3 days.", "no fewer were opened than were met"},
		{[]int{3, 2}, "When the Increment will be done cannot be told yet. The Sprint ends in 3 days.", "known for 23 h"},
		{[]int{3, 0}, "The Increment is done. The Sprint ends in 3 days.", "judged last"},
		{nil, "Nothing is known of an Increment yet.", "nothing to count"},
	} {
		o := gate.ForecastOf(chronicled(now, c.open...), s, now)
		if o.Says != c.says || !strings.Contains(o.How, c.how) {
			t.Errorf("of %v it says %q, for %q; want %q, for %q", c.open, o.Says, o.How, c.says, c.how)
		}
	}
}

func TestTheOutlookOfWhatIsDoneUnderAnExceptionSaysSo(t *testing.T) {
	now := time.Date(2026, 11, 27, 0, 0, 0, 0, time.UTC)
	c := chronicled(now, 3, 0)
	c.Excepted = []gate.Hold{
		{Component: "mobile", Criterion: "scan", Exception: "mobile-scan", From: now.AddDate(0, 0, -1)},
		{Component: "web", Criterion: "scan", Exception: "web-scan", From: now.AddDate(0, 0, -2), To: now},
	}
	if o := gate.ForecastOf(c, gate.SprintStanding{}, now); o.Says != "The Increment is done under exceptions." {
		t.Errorf("it says %q", o.Says)
	}
	if of := c.ExceptedOf(); !slices.Equal(of, []int{2, 1}) {
		t.Errorf("of its points %v are under an exception, want 2 and 1", of)
	}
	if now, before := c.ExceptedAt(now), c.ExceptedAt(now.AddDate(0, 0, -3)); now != 1 || before != 0 {
		t.Errorf("%d are under an exception, and %d were before; want 1 and 0", now, before)
	}
}

func TestTheBurnOfASprintHasEachOfItsDays(t *testing.T) {
	now := time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)
	s := gate.SprintStanding{Number: 1, Start: time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC), End: time.Date(2026, 12, 7, 0, 0, 0, 0, time.UTC)}
	burn := gate.BurnOf(chronicled(now, 14, 12, 9, 9), s, now)
	var got []string
	for _, d := range burn.Days {
		got = append(got, fmt.Sprintf("%s %d of %d open, ideally %.1f", d.At.Format("02 15:04"), d.Open, d.Required, d.Ideal))
	}
	want := []string{"25 00:00 14 of 20 open, ideally 14.0", "26 00:00 12 of 20 open, ideally 12.8", "27 00:00 9 of 20 open, ideally 11.7", "27 12:00 9 of 20 open, ideally 11.1"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("it burns (-want +got):\n%s", diff)
	}
	if none := gate.BurnOf(chronicled(now, 3), gate.SprintStanding{}, now); len(none.Days) > 0 {
		t.Errorf("without a Sprint it burns %+v", none)
	}
}

func TestSinceIsADayAMomentOrHowLongAgo(t *testing.T) {
	vienna := time.FixedZone("CET", 3600)
	for text, want := range map[string]string{
		"2026-11-20": "2026-11-19T23:00:00Z", "3d": "2026-11-20T09:00:00Z", "36h": "2026-11-21T21:00:00Z", "2026-11-20T09:30:00+01:00": "2026-11-20T08:30:00Z",
		"": "0001-01-01T00:00:00Z",
	} {
		if at, err := gate.ParseSince(text, morning, vienna); err != nil || at.UTC().Format(time.RFC3339) != want {
			t.Errorf("%q is %s, %v; want %s", text, at, err, want)
		}
	}
	for _, text := range []string{"yesterday", "-3h", "9999d", "2027-01-01", "1990-01-01", "d", strings.Repeat("9", 5000) + "h"} {
		if at, err := gate.ParseSince(text, morning, vienna); err == nil || len(err.Error()) > 400 {
			t.Errorf("%.20q is %s, %v; want a short refusal", text, at, err)
		}
	}
}

// A change of a repository with two components went out once, though each of them has it.
func TestTheLeadTimeCountsAChangeOnceFromWhenItWasOpenedUntilItWentOutFirst(t *testing.T) {
	h := week(t)
	c, _ := h.ledger.BriefCase("storefront", gate.RetrospectiveBrief, time.Time{}, h.now)
	landed := func(component string, number int, open, out time.Duration) gate.Landed {
		return gate.Landed{At: h.now.Add(-9 * time.Hour), Component: component, Change: gate.Ref{Forge: gate.GitHub, Repo: "acme/mono", Number: number, Change: true}, Opened: h.now.Add(-open), Released: h.now.Add(-out)}
	}
	c.Chronicle.Landed = []gate.Landed{
		landed("pay", 1, 20*time.Hour, 4*time.Hour), landed("cart-api", 1, 20*time.Hour, 6*time.Hour), landed("web", 1, 20*time.Hour, 5*time.Hour),
		landed("pay", 2, 10*time.Hour, 8*time.Hour),
	}
	for _, s := range gate.BriefOf(c).Sections {
		if said := strings.Join(lines(s.Lines, ""), "\n"); s.Title == "Four measures of delivery" && !strings.Contains(said, "Change lead time: half within 2 h, nine of ten within 14 h, of 2 changes") {
			t.Errorf("the measures say\n%s", said)
		}
	}
}

func TestTheRetrospectiveCountsWhatWasPassingAndDoesNotTellIt(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	c := gate.BriefCase{Event: gate.RetrospectiveBrief, Now: now, Since: now.Add(-24 * time.Hour)}
	c.Standing.Definition = &definition.Definition{Name: "storefront"}
	c.Chronicle.Kept = now.Add(-48 * time.Hour)
	hold := func(criterion string, o gate.Outcome, ago, long time.Duration) {
		c.Chronicle.Holds = append(c.Chronicle.Holds, gate.Hold{Team: "cart", Component: "cart-api", Criterion: criterion, Outcome: o, From: now.Add(-ago), To: now.Add(-ago + long)})
	}
	for i := range 45 {
		hold("ci"+strconv.Itoa(i), gate.Awaiting, time.Hour, 20*time.Second)
	}
	hold("ci1", gate.Awaiting, time.Hour, time.Minute)
	hold("coverage", gate.NotDone, time.Hour, time.Second)
	hold("old", gate.Awaiting, 47*time.Hour, time.Second) // is before what is looked back on
	section := gate.BriefOf(c).Sections[0]
	if diff := cmp.Diff([]string{"cart", "  ci1 of cart-api: awaited for 1 min", "  coverage of cart-api: not met for less than 1 min, 1 time"}, lines(withoutOf(section.Lines), "")); diff != "" {
		t.Errorf("what held it back (-want +got):\n%s", diff)
	}
	if want := "Left out: 45 waits of less than a minute each for evidence that came, 15 min in all."; !strings.Contains(section.Note, want) {
		t.Errorf("it notes %q", section.Note)
	}
}

func withoutOf(all []gate.BriefLine) []gate.BriefLine {
	for i := range all {
		all[i].Of = ""
	}
	return all
}
