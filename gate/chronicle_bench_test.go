package gate_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/gate"
)

// restore puts a document back.
func (h *grownHouse) restore(b *testing.B, key string, what any) {
	b.Helper()
	text, err := json.Marshal(what)
	if err == nil {
		err = h.ledger.Restore(gate.Doc{Nexus: "storefront", Key: key, Body: text})
	}
	if err != nil {
		b.Fatal(err)
	}
}

// restoredWith is a Nexus that keeps so many chapters, each of sixteen changes that were merged and landed.
func restoredWith(b *testing.B, chapters int) *grownHouse {
	h := grown(b, 2)
	at := morning
	h.restore(b, "chronicle ", map[string]any{"kept": morning, "first": 1, "last": chapters})
	for chapter := range chapters {
		var entries []any
		for i := range 16 {
			at = at.Add(2 * time.Minute)
			n := chapter*16 + i
			merged := map[string]any{"at": at, "repo": "r", "components": []string{"one"}, "commit": fmt.Sprintf("m%d", n), "change": gate.Ref{Forge: gate.GitHub, Repo: "acme/one", Number: n + 1, Change: true}}
			landing := map[string]any{"at": at, "team": "t", "component": "one", "repo": "r", "commit": fmt.Sprintf("c%d", n), "increment": n + 1}
			entries = append(entries, map[string]any{"at": at, "merged": merged}, map[string]any{"at": at, "landing": landing})
		}
		h.restore(b, fmt.Sprintf("chapter %d", chapter+1), map[string]any{"entries": entries})
	}
	h.now = at
	if err := h.ledger.Begin(int64(h.told), at); err != nil {
		b.Fatal(err)
	}
	return h
}

// What a page of half a year costs, whose chronicle is as full as it gets: "growth" is how many times as long it takes
// as one of an eighth of it, which has an eighth of the entries.
func BenchmarkChronicle(b *testing.B) {
	least, full := restoredWith(b, 128), restoredWith(b, 1024)
	var took [2]time.Duration
	for b.Loop() {
		for i, h := range [...]*grownHouse{least, full} {
			began := time.Now()
			if c := h.ledger.Chronicle("storefront", time.Time{}, time.Time{}); len(c.Landed) != 128*16*[...]int{1, 8}[i] || c.Landed[7].Change.Number != 8 {
				b.Fatalf("there are %d landings", len(c.Landed))
			}
			took[i] += time.Since(began)
		}
	}
	b.ReportMetric(float64(took[1])/float64(took[0]), "growth")
}

// What keeping the chronicle costs a delivery that turns the verdict: "growth" is how many times as long it takes where as
// much is kept as ever is, as where that has just begun, and "kept-share" the part that the chronicle has of what the
// store is given to write.
func BenchmarkChronicled(b *testing.B) {
	houses := [...]*grownHouse{restoredWith(b, 1), restoredWith(b, 1024)}
	var took [2][]time.Duration
	written, all := 0, 0
	for b.Loop() {
		for i, h := range houses {
			event := h.checked("build", 1)
			began := time.Now()
			step := h.apply(event)
			took[i] = append(took[i], time.Since(began))
			if len(step.Verdicts) == 0 {
				b.Fatal("it turned nothing")
			}
			all += weigh(step)
			for _, doc := range step.Docs {
				if kind, _, _ := strings.Cut(doc.Key, " "); kind == "chapter" || kind == "chronicle" || kind == "held" {
					written += len(doc.Body)
				}
			}
		}
	}
	b.ReportMetric(float64(middle(took[1]))/float64(middle(took[0])), "growth")
	b.ReportMetric(float64(written)/float64(all), "kept-share")
}
