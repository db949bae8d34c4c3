package gate_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
)

func TestAGroundIsReadAsItWasWritten(t *testing.T) {
	for name, g := range map[string]gate.Ground{
		"nothing": {Parts: []gate.GroundPart{}},
		"an Increment": {
			Components: gate.GroundComponents{{"cart-api", "cart", "9c1f", "0b1c"}, {"web", "", "77ab", ""}, {"pay", "pay", "", "77f0"}},
			Said: []gate.Said{
				{"sum", "", "", gate.Waiting, definition.Required, "", morning.Add(time.Nanosecond)},
				{"e2e", "", "", gate.Unmet, definition.Advisory, "late", time.Time{}},
			},
		},
		"a change of two": {
			Parts: []gate.GroundPart{{Component: "cart-api", Refs: []string{"a"}}, {Component: "pay", Scopes: []gate.GroundScope{{Paths: []string{"a b", "c"}, Carried: true, Refs: []string{"a", "b"}}}}},
			Said: []gate.Said{
				{"ci", "cart-api", "cart", gate.Met, definition.Required, "", time.Time{}},
				{"lint", "cart-api", "cart", gate.Met, definition.Required, "", time.Time{}},
				{"ci", "pay", "pay", gate.Error, definition.Required, "", time.Time{}},
				{"definition-of-done", "", "", gate.Empty, definition.Required, "", time.Time{}},
			},
		},
	} {
		var read gate.Ground
		if err := json.Unmarshal(encoded(t, g), &read); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if diff := cmp.Diff(g, read); diff != "" {
			t.Errorf("%s (-written +read):\n%s", name, diff)
		}
	}
}

func TestWhatIsNoGroundIsSaid(t *testing.T) {
	for _, text := range []string{"", "{}", "{}\n\n", "{\n\n", "{}\ncart-api cart 9c1f\n", "{}\n\nci cart-api", "{}\n\nci = = met required  soon", `{"parts": [{}]}` + "\n\n"} {
		var g gate.Ground
		if err := g.UnmarshalText([]byte(text)); err == nil && text != "{}\n\n" {
			t.Errorf("%q was read as %+v", text, g)
		}
	}
}
