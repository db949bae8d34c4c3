package gate_test

import (
	"strings"
	"testing"

	"github.com/nexusgate/nexusgate/gate"
)

// FuzzAVerdictPutTogetherIsWrittenAsAnew has any text stand before and in the findings of a verdict on the
// sum: in the commits of its composition, the reason of an exception that it rests on, and where evidence lies.
// The house holds what each step writes to what is written anew.
func FuzzAVerdictPutTogetherIsWrittenAsAnew(f *testing.F) {
	for _, text := range []string{
		"", `"findings":[`, `\"findings\":[`, `","findings":[{"criterion":"`, `","findings":[],"at":"`, "<b>&\u2028\x00", `\`, `"`,
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		text = strings.ToValidUTF8(text, "") // as all that is decoded is
		h := newHouse(t, payLeft(t, "findings", "It is moved"))
		h.tell(gate.NexusGiven{File: "nexus.cue", Source: payLeft(t, "findings", text)}) // it may be no reason
		word := strings.Join(strings.Fields(text), "")
		h.landed(cartRepo, "000", "c1"+word, "a")
		h.landed(payRepo, "000", "p1"+word, "a")
		failed := run(payRepo, "p1"+word, "push", 2, 1, h.now, "failure")
		failed.Evidence.URL = "https://forge.example/" + text
		h.tell(failed)
		before := h.standing().HeadSays
		if len(before.Grants) != 1 || len(before.Composition) != 2 {
			t.Errorf("the verdict is on %v under %v, want two commits and one exception", before.Composition, before.Grants)
		}
		h.restart()
		if now := h.standing().HeadSays; now.ID != now.Address() || now.ID != before.ID {
			t.Errorf("after a restart it is verdict %s and comes to %s, want %s", now.ID, now.Address(), before.ID)
		}
	})
}

// payLeft is the storefront with leave for pay's pipeline to be red, for a reason.
func payLeft(t *testing.T, id, reason string) string {
	return storefront + `
integrationTeam: {productOwner: "ana", scrumMaster: "li", members: ["kim"]}
exceptions: ` + string(encoded(t, id)) + `: {
	criterion: "ci", components: ["pay"], requestedBy: "ana", approvedBy: "li", until: "2026-11-30"
	reason: ` + string(encoded(t, reason)) + `
}
`
}
