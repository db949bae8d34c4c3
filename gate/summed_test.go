package gate_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/nexusgate/nexusgate/gate"
)

// summedHouse has an Increment with findings of its own and of components in several states.
func summedHouse(t *testing.T) *house {
	h := newHouse(t, storefront+`done: e2e: {why: "All together", on: "increment", evidence: "mine", must: a: 1}`+"\n")
	h.landed(cartRepo, "000", "c1", "a")
	h.landed(payRepo, "000", "p1", "a")
	h.tell(run(cartRepo, "c1", "push", 1, 1, h.now, "failure"))
	h.tell(run(payRepo, "p1", "push", 2, 1, h.now, "success"))
	return h
}

func (h *house) doc(key string) gate.Doc {
	h.t.Helper()
	d, ok := h.docs[key]
	if !ok {
		h.t.Fatalf("no document %q is kept; there are %v", key, slices.Sorted(maps.Keys(h.docs)))
	}
	return d
}

func (h *house) sumKey() string { return "standing " + h.standing().HeadSays.Subject.Key() }

func TestTheStandingOfTheSumIsKeptWithoutWhatItsComponentsFound(t *testing.T) {
	h := summedHouse(t)
	var kept struct {
		Verdict gate.Verdict `json:"verdict"`
		Sum     int          `json:"sum"`
	}
	if err := json.Unmarshal(h.doc(h.sumKey()).Body, &kept); err != nil {
		t.Fatal(err)
	}
	if len(kept.Verdict.Findings) != 1 || kept.Verdict.Findings[0].Criterion != "e2e" || kept.Sum != 3 || kept.Verdict.Composition != nil {
		t.Errorf("it is kept with %d findings on %d components and the composition %v, want its own alone", len(kept.Verdict.Findings), kept.Sum, kept.Verdict.Composition)
	}
	before := h.standing()
	h.restart()
	if diff := cmp.Diff(before, h.standing(), alike); diff != "" {
		t.Errorf("after a restart (-before +after):\n%s", diff)
	}
}

// whole is what a build has kept that wrote the record and the sum in full.
func (h *house) whole() {
	h.t.Helper()
	s := h.standing()
	edit := func(key string, change func(doc map[string]any)) {
		doc := map[string]any{}
		if err := json.Unmarshal(h.doc(key).Body, &doc); err != nil {
			h.t.Fatal(err)
		}
		change(doc)
		h.docs[key] = gate.Doc{Nexus: "storefront", Key: key, Body: encoded(h.t, doc)}
	}
	var kept map[string]any
	if err := json.Unmarshal(h.doc("history ").Body, &kept); err != nil {
		h.t.Fatal(err)
	}
	edit(h.sumKey(), func(doc map[string]any) {
		doc["verdict"] = s.HeadSays
		delete(doc, "sum")
	})
	edit("nexus ", func(doc map[string]any) {
		doc["head"], doc["recent"] = s.Head, s.Landings
		if kept["done"] != nil {
			doc["done"], doc["lastDone"] = kept["done"], s.LastDone
		}
	})
	delete(h.docs, "history ")
}

func TestWhatEarlierBuildsHaveKeptWholeIsReadAndThenKeptShort(t *testing.T) {
	h := summedHouse(t)
	h.tell(run(cartRepo, "c1", "push", 1, 2, h.now.Add(time.Second), "success"))
	before, short := h.standing(), len(h.doc(h.sumKey()).Body)
	h.whole()
	h.restart()
	if diff := cmp.Diff(before, h.standing(), alike); diff != "" {
		t.Errorf("after a restart on it (-before +after):\n%s", diff)
	}
	if step, empty := h.ledger.Wake(h.now); !empty {
		t.Errorf("a restart has %v judged and writes %d documents, want nothing", judgedBy(step), len(step.Docs))
	}
	h.tell(run(cartRepo, "c1", "push", 1, 3, h.now.Add(2*time.Second), "failure"))
	h.tell(run(cartRepo, "c1", "push", 1, 4, h.now.Add(3*time.Second), "success"))
	if is := len(h.doc(h.sumKey()).Body); is > short+20 {
		t.Errorf("its document has %d bytes by then, and had %d before", is, short)
	}
	before = h.standing()
	h.restart()
	if diff := cmp.Diff(before, h.standing(), alike); diff != "" {
		t.Errorf("after the next restart (-before +after):\n%s", diff)
	}
}

func TestASumWhoseComponentsAreNotThoseItWasMadeOfIsNotTakenUp(t *testing.T) {
	h := summedHouse(t)
	for name, alter := range map[string]func(docs map[string]gate.Doc){
		"without one of them": func(docs map[string]gate.Doc) { delete(docs, "standing component pay") },
		"with another verdict": func(docs map[string]gate.Doc) {
			d := docs["standing component pay"]
			d.Body = []byte(strings.Replace(string(d.Body), `"met"`, `"stale"`, 1))
			docs[d.Key] = d
		},
	} {
		docs, l := maps.Clone(h.docs), gate.NewLedger()
		alter(docs)
		for _, d := range docs {
			if err := l.Restore(d); err != nil {
				t.Fatal(err)
			}
		}
		if err := l.Begin(h.last.Seq, h.last.Now); err == nil || !strings.Contains(err.Error(), "Integrated Increment") {
			t.Errorf("%s it begins with %v, want an error that names the Increment", name, err)
		}
	}
}
