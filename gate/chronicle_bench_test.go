package gate_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/gate"
)

// restoredWith is a ledger that keeps so many chapters, each of sixteen changes that were merged and landed.
func restoredWith(b *testing.B, chapters int) *gate.Ledger {
	h := grown(b, 2)
	l, at := h.ledger, morning
	restore := func(key string, what any) {
		text, err := json.Marshal(what)
		if err != nil {
			b.Fatal(err)
		}
		if err := l.Restore(gate.Doc{Nexus: "storefront", Key: key, Body: text}); err != nil {
			b.Fatal(err)
		}
	}
	restore("chronicle ", map[string]any{"kept": morning, "first": 1, "last": chapters})
	for chapter := range chapters {
		var entries []any
		for i := range 16 {
			at = at.Add(2 * time.Minute)
			n := chapter*16 + i
			merged := map[string]any{"at": at, "repo": "r", "components": []string{"one"}, "commit": fmt.Sprintf("m%d", n), "change": gate.Ref{Forge: gate.GitHub, Repo: "acme/one", Number: n + 1, Change: true}}
			landing := map[string]any{"at": at, "team": "t", "component": "one", "repo": "r", "commit": fmt.Sprintf("c%d", n), "increment": n + 1}
			entries = append(entries, map[string]any{"at": at, "merged": merged}, map[string]any{"at": at, "landing": landing})
		}
		restore(fmt.Sprintf("chapter %d", chapter+1), map[string]any{"entries": entries})
	}
	return l
}

// What a page of half a year costs, whose chronicle is as full as it gets: "growth" is how many times as long it takes
// as one of an eighth of it, which has an eighth of the entries.
func BenchmarkChronicle(b *testing.B) {
	least, full := restoredWith(b, 128), restoredWith(b, 1024)
	var took [2]time.Duration
	for b.Loop() {
		for i, l := range [...]*gate.Ledger{least, full} {
			began := time.Now()
			if c := l.Chronicle("storefront", time.Time{}, time.Time{}); len(c.Landed) != 128*16*[...]int{1, 8}[i] || c.Landed[7].Change.Number != 8 {
				b.Fatalf("there are %d landings", len(c.Landed))
			}
			took[i] += time.Since(began)
		}
	}
	b.ReportMetric(float64(took[1])/float64(took[0]), "growth")
}
