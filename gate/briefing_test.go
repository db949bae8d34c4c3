package gate_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/nexusgate/nexusgate/gate"
)

// briefed is a Nexus that sends briefs, at nine in Madrid.
const briefed = storefront + `
zone: "Europe/Madrid"
sprint: {start: "2026-11-16", days: 14}
briefs: {
	daily: {at: "09:00", to: ["slack:room", "issue:github:acme/cart-api#12"]}
	review: {at: "14:30", to: ["mail:nit@example.com"]}
	planning: {at: "08:00", to: ["cloudevents:bus"]}
}
`

// at has the ledger at a moment of the calendar's zone.
func (h *house) at(t *testing.T, when string) {
	t.Helper()
	madrid, err := time.LoadLocation("Europe/Madrid")
	if err != nil {
		t.Fatal(err)
	}
	now, err := time.ParseInLocation("2006-01-02 15:04", when, madrid)
	if err != nil {
		t.Fatal(err)
	}
	h.after(now.Sub(h.now))
}

// due are the briefs that are due, in a line each.
func (h *house) due() (lines []string) {
	all, _ := h.ledger.BriefsDue("storefront", h.now)
	for _, b := range all {
		line := string(b.Event) + " " + b.At.Format("2006-01-02T15:04Z")
		if !b.Since.IsZero() {
			line += " since " + b.Since.Format("2006-01-02T15:04Z")
		}
		if b.Late {
			line += " missed"
		}
		lines = append(lines, line)
	}
	return lines
}

func (h *house) wantDue(when string, want ...string) {
	h.t.Helper()
	h.at(h.t, when)
	if diff := cmp.Diff(want, h.due()); diff != "" {
		h.t.Errorf("at %s (-want +got):\n%s", when, diff)
	}
}

// makes has the brief of an event made that is due.
func (h *house) makes(event gate.BriefEvent) gate.Step {
	h.t.Helper()
	all, _ := h.ledger.BriefsDue("storefront", h.now)
	for _, b := range all {
		if b.Event == event {
			return h.tell(gate.BriefMade{Nexus: "storefront", Event: event, At: b.At, Brief: &gate.Brief{Event: event, Nexus: "storefront", Title: "Daily", At: h.now}})
		}
	}
	h.t.Fatalf("no %s brief is due", event)
	return gate.Step{}
}

func TestABriefIsDueAtItsTimeAndNotBeforeItsRuleWasThere(t *testing.T) {
	h := newHouse(t, briefed) // on a Monday at ten
	if due := h.due(); due != nil {
		t.Errorf("what was due before there was a rule is due now: %v", due)
	}
	if _, next := h.ledger.BriefsDue("storefront", h.now); !next.Equal(time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)) {
		t.Errorf("the next is at %v", next)
	}
	h.wantDue("2026-11-24 08:59")
	h.wantDue("2026-11-24 09:00", "daily 2026-11-24T08:00Z since 2026-11-23T08:00Z")
	h.makes(gate.DailyBrief)
	h.wantDue("2026-11-27 09:01", "daily 2026-11-27T08:00Z since 2026-11-26T08:00Z")
	h.makes(gate.DailyBrief)
	h.wantDue("2026-11-29 14:29") // a Sunday, and the last day of the Sprint
	h.wantDue("2026-11-29 14:30", "review 2026-11-29T13:30Z")
	h.makes(gate.ReviewBrief)
	h.wantDue("2026-11-30 09:00", "planning 2026-11-30T07:00Z", "daily 2026-11-30T08:00Z since 2026-11-27T08:00Z")
}

func TestABriefIsByTheClockOfTheZone(t *testing.T) {
	h := newHouse(t, strings.Replace(briefed, `"09:00", to`, `"02:30", on: ["sun"], to`, 1))
	h.at(t, "2027-03-27 12:00")
	h.wantDue("2027-03-28 01:59", "planning 2027-03-22T07:00Z missed", "daily 2027-03-21T01:30Z since 2027-03-14T01:30Z missed", "review 2027-03-21T13:30Z missed")
	all, next := h.ledger.BriefsDue("storefront", h.now)
	if len(all) != 3 || !next.Equal(time.Date(2027, 3, 28, 1, 30, 0, 0, time.UTC)) {
		t.Errorf("half past two, which that night leaves out, is at %v", next)
	}
}

func TestABriefIsSentLateWithinABoundAndMissedAfterIt(t *testing.T) {
	h := newHouse(t, briefed)
	h.wantDue("2026-11-24 13:00", "daily 2026-11-24T08:00Z since 2026-11-23T08:00Z")
	h.wantDue("2026-11-24 13:01", "daily 2026-11-24T08:00Z since 2026-11-23T08:00Z missed")
	all, _ := h.ledger.BriefsDue("storefront", h.now)
	step := h.tell(gate.BriefMade{Nexus: "storefront", Event: gate.DailyBrief, At: all[0].At, Missed: "the service was down"})
	if len(step.Errands) != 0 || h.due() != nil {
		t.Errorf("it is sent all the same: %v, %v", step.Errands, h.due())
	}
	h.restart()
	want := []gate.BriefUnsent{{Event: gate.DailyBrief, At: all[0].At, Why: "the service was down"}}
	if diff := cmp.Diff(want, h.ledger.BriefsUnsent("storefront")); diff != "" {
		t.Error(diff)
	}
	h.wantDue("2026-11-25 09:00", "daily 2026-11-25T08:00Z since 2026-11-24T08:00Z")
	h.makes(gate.DailyBrief)
	if unsent := h.ledger.BriefsUnsent("storefront"); unsent != nil {
		t.Errorf("the next one was sent, and it is told: %v", unsent)
	}
}

func TestABriefGoesToEachOfItsAddressesOnce(t *testing.T) {
	h := newHouse(t, briefed)
	h.landed(cartRepo, "000", "c1")
	h.at(t, "2026-11-24 09:00")
	step := h.makes(gate.DailyBrief)
	var keys []string
	for _, e := range step.Errands {
		var body gate.BriefSending
		if err := json.Unmarshal(e.Body, &body); err != nil || body.Brief.Title != "Daily" || body.ID != "storefront/daily/2026-11-24T08:00:00Z" {
			t.Errorf("%s carries %+v: %v", e.Key, body, err)
		}
		if want := time.Date(2026, 11, 25, 8, 0, 0, 0, time.UTC); !body.Until.Equal(want) {
			t.Errorf("%s is tried until %v, want until the next one at %v", e.Key, body.Until, want)
		}
		keys = append(keys, e.Key+" at "+e.Repo.Key())
	}
	want := []string{"brief daily slack:room at slack:0", "brief daily issue:github:acme/cart-api#12 at github:1"}
	if diff := cmp.Diff(want, keys); diff != "" {
		t.Error(diff)
	}
	again := h.tell(gate.BriefMade{Nexus: "storefront", Event: gate.DailyBrief, At: h.now, Brief: &gate.Brief{}})
	if again.Result != gate.Unused || len(again.Errands) > 0 {
		t.Errorf("made by two replicas, it is sent twice: %+v", again.Errands)
	}
	h.restart()
	if h.due() != nil {
		t.Errorf("after a restart it is due again: %v", h.due())
	}
}

func TestWhatCameOfABriefIsKept(t *testing.T) {
	h := newHouse(t, briefed)
	h.at(t, "2026-11-24 09:00")
	h.makes(gate.DailyBrief)
	done := gate.ErrandDone{Nexus: "storefront", Kind: gate.BriefErrand, Key: "brief daily slack:room", At: h.now, Refused: "HTTP 404 (no_service)"}
	h.tell(done)
	done.Key, done.Refused = "brief daily issue:github:acme/cart-api#12", ""
	h.tell(done)
	h.restart()
	want := []gate.BriefUnsent{{Event: gate.DailyBrief, At: h.now.UTC(), To: "slack:room", Why: "HTTP 404 (no_service)"}}
	if diff := cmp.Diff(want, h.ledger.BriefsUnsent("storefront")); diff != "" {
		t.Error(diff)
	}
	for _, key := range []string{"brief daily slack:nowhere", "brief review mail:nit@example.com", "brief", "other daily slack:room"} {
		done.Key = key
		if step := h.tell(done); step.Result != gate.Unused {
			t.Errorf("%q is taken for one that was sent", key)
		}
	}
}

func TestAnAddressThatIsTakenOutGetsNothingMore(t *testing.T) {
	h := newHouse(t, briefed)
	h.at(t, "2026-11-24 09:00")
	h.makes(gate.DailyBrief)
	step := h.tell(gate.NexusGiven{File: "nexus.cue", Source: strings.Replace(briefed, `"slack:room", `, "", 1)})
	if len(step.Errands) != 1 || !step.Errands[0].Over || step.Errands[0].Key != "brief daily slack:room" {
		t.Errorf("the errands are %+v", step.Errands)
	}
	step = h.tell(gate.NexusGiven{File: "nexus.cue", Source: storefront})
	if len(step.Errands) != 1 || !step.Errands[0].Over || h.due() != nil {
		t.Errorf("without briefs, the errands are %+v", step.Errands)
	}
}

func TestAnotherTimeIsFromThenOn(t *testing.T) {
	h := newHouse(t, briefed)
	h.at(t, "2026-11-24 09:30")
	h.makes(gate.DailyBrief)
	h.tell(gate.NexusGiven{File: "nexus.cue", Source: strings.Replace(briefed, `"09:00"`, `"09:15"`, 1)})
	h.wantDue("2026-11-24 10:00")
	h.wantDue("2026-11-25 09:15", "daily 2026-11-25T08:15Z since 2026-11-24T08:15Z")
	h.tell(gate.NexusGiven{File: "nexus.cue", Source: strings.Replace(briefed, `"09:00", to`, `"10:00", to`, 1)})
	h.wantDue("2026-11-25 10:00", "daily 2026-11-25T09:00Z since 2026-11-24T09:00Z")
}

// TestABriefIsOnItsDayWhereTheClockJumpsOverMidnight is of the fifth of September 2027, which begins at one, and with
// it a Sprint.
func TestABriefIsOnItsDayWhereTheClockJumpsOverMidnight(t *testing.T) {
	h := newHouse(t, strings.NewReplacer(
		`"Europe/Madrid"`, `"America/Santiago"`, `start: "2026-11-16"`, `start: "2026-11-15"`,
		`at: "09:00", to`, `at: "00:30", on: ["sun"], to`,
	).Replace(briefed))
	h.wantDue("2027-09-04 20:30", "planning 2027-08-22T12:00Z missed", "daily 2027-08-29T04:30Z since 2027-08-22T04:30Z missed", "review 2027-09-04T18:30Z")
	h.makes(gate.ReviewBrief)
	h.wantDue("2027-09-05 06:30", "planning 2027-08-22T12:00Z missed", "daily 2027-09-05T04:30Z since 2027-08-29T04:30Z")
	h.makes(gate.DailyBrief)
	h.wantDue("2027-09-05 13:00", "planning 2027-09-05T11:00Z")
}

func TestWhatCameOfYesterdaysBriefIsNotTodays(t *testing.T) {
	h := newHouse(t, briefed)
	h.at(t, "2026-11-24 09:00")
	h.makes(gate.DailyBrief)
	yesterday := h.now
	h.at(t, "2026-11-25 09:00")
	h.makes(gate.DailyBrief)
	h.after(time.Minute)
	late := gate.ErrandDone{Nexus: "storefront", Kind: gate.BriefErrand, Key: "brief daily slack:room", At: h.now, Of: yesterday, Refused: "it was not taken until 25 Nov"}
	if step := h.tell(late); step.Result != gate.Unused || h.ledger.BriefsUnsent("storefront") != nil {
		t.Errorf("the late end of yesterday's is %s, and today's is said not to be sent: %v", step.Result, h.ledger.BriefsUnsent("storefront"))
	}
	late.Of = yesterday.Add(24 * time.Hour)
	if step := h.tell(late); step.Result != gate.Applied || len(h.ledger.BriefsUnsent("storefront")) != 1 {
		t.Errorf("the end of today's is %s, and not sent are %v", step.Result, h.ledger.BriefsUnsent("storefront"))
	}
}
