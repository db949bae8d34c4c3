package gate_test

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
)

// saying is a verdict with something in each of its fields.
func saying() gate.Verdict {
	return gate.Verdict{
		Nexus: "storefront", Subject: gate.Subject{Kind: gate.OfIncrement, ID: "12", Name: "Integrated Increment 12"}, Outcome: gate.Done,
		Definition: "sha256:1", Increment: "sha256:2", Commit: "c1", Composition: gate.Composition{"cart-api": "c1", "web": "w1"},
		Exceptions: []string{"pay-ci"}, Notices: []string{"the exception old excepts nothing"},
		Grants: []gate.Grant{{ID: "pay-ci", Criterion: "ci", Reason: "r", Ticket: "t", RequestedBy: "ana", ApprovedBy: "li", Until: morning}},
		Findings: []gate.Finding{
			{Criterion: "ci", State: gate.Met},
			{
				Criterion: "ci", Component: "pay", Team: "pay", State: gate.Unmet, Level: definition.Required, Layer: definition.NexusLayer,
				Why: "why", Want: "want", Got: "got", At: "nexus.cue:1:1", Fix: "fix", Carried: "c0", URL: "https://github.test", Delivery: "1",
				Exception: "pay-ci", RequiredFrom: morning, Due: morning, Wake: morning,
			},
		},
		Proposal: &gate.Proposal{File: "nexus.cue", Differences: []string{"coverage is raised"}, Impact: &gate.Impact{Increment: 12}},
		At:       morning,
	}
}

// fields visits every field of a value that is text, a number, a truth or a moment, however deep.
func fields(name string, v reflect.Value, visit func(name string, v reflect.Value)) {
	switch {
	case v.Type() == reflect.TypeFor[time.Time]():
		visit(name, v)
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			fields(name+"."+v.Type().Field(i).Name, v.Field(i), visit)
		}
	case v.Kind() == reflect.Slice:
		for i := range v.Len() {
			fields(name, v.Index(i), visit)
		}
	case v.Kind() == reflect.Pointer && !v.IsNil():
		fields(name, v.Elem(), visit)
	case v.Kind() == reflect.String || v.CanInt() || v.Kind() == reflect.Bool:
		visit(name, v)
	}
}

func turned(v reflect.Value) {
	switch {
	case v.Type() == reflect.TypeFor[time.Time]():
		v.Set(reflect.ValueOf(morning.Add(time.Nanosecond)))
	case v.Kind() == reflect.String:
		v.SetString(v.String() + "!")
	case v.CanInt():
		v.SetInt(v.Int() + 1)
	default:
		v.SetBool(!v.Bool())
	}
}

func TestEveryFieldOfAVerdictIsInItsAddress(t *testing.T) {
	v := saying()
	seen := map[string]string{v.Address(): "nothing"}
	count := 0
	fields("Verdict", reflect.ValueOf(&v).Elem(), func(string, reflect.Value) { count++ })
	if count < 45 {
		t.Fatalf("only %d fields were visited", count)
	}
	for n := range count {
		altered, at := saying(), -1
		fields("Verdict", reflect.ValueOf(&altered).Elem(), func(name string, field reflect.Value) {
			if at++; at != n {
				return
			}
			turned(field)
			id := altered.Address()
			if other, known := seen[id]; known != (name == "Verdict.ID") {
				t.Errorf("with another %s the address is that with another %q", name, other)
			}
			seen[id] = name
		})
	}
}

func TestAnAddressTellsTextsApartByWhereTheyEnd(t *testing.T) {
	a, b := saying(), saying()
	a.Findings[1].Why, a.Findings[1].Want = "wh", "ywant"
	if a.Address() == b.Address() {
		t.Error("the same letters in other fields have the same address")
	}
	a, b = saying(), saying()
	a.Composition = gate.Composition{"cart-api": "c1", "web": "w2"}
	if a.Address() == b.Address() {
		t.Error("another composition has the same address")
	}
	a = saying()
	a.Findings = a.Findings[:1]
	if a.Address() == b.Address() {
		t.Error("fewer findings have the same address")
	}
}

func TestAVerdictThatWasKeptHasTheAddressThatItHad(t *testing.T) {
	for _, zone := range []string{"UTC", "Europe/London", "Asia/Kolkata"} {
		location, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		v := saying()
		v.Findings[1].RequiredFrom = time.Date(2027, 1, 15, 0, 0, 0, 0, location)
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		var kept gate.Verdict
		if err := json.Unmarshal(text, &kept); err != nil {
			t.Fatal(err)
		}
		if kept.Address() != v.Address() {
			t.Errorf("with a day in %s the address is %s, and was %s", zone, kept.Address(), v.Address())
		}
	}
}

func TestTheIDOfAVerdictIsItsAddress(t *testing.T) {
	h := newHouse(t, payExcepted)
	payRed(h)
	for key, v := range h.said {
		if v.ID != v.Address() || len(v.ID) != 32 {
			t.Errorf("%s is %q, want its address %q", key, v.ID, v.Address())
		}
	}
}

func TestFindingsAreListedWorstFirst(t *testing.T) {
	var held []gate.Finding
	for i := range gate.FindingStates {
		at := len(gate.FindingStates) - 1 - i
		held = append(held, gate.Finding{Criterion: "ci", State: gate.FindingStates[at], Level: definition.Advisory})
	}
	held = append(held, gate.Finding{Criterion: "ci", State: gate.Waiting, Level: definition.Required}, gate.Finding{Criterion: "ci", State: gate.Stale, Level: definition.Required})
	v := gate.Judge(gate.Case{Parts: []gate.Part{{Held: held}}}, morning)
	want := append([]gate.FindingState{gate.Stale, gate.Waiting}, gate.FindingStates[:]...)
	for i, f := range v.Findings {
		if f.State != want[i] {
			t.Errorf("finding %d is %s, want %s", i, f.State, want[i])
		}
	}
}
