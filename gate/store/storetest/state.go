package storetest

import (
	"errors"
	"fmt"
	"testing"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/store"
)

func state(t *testing.T, d Database) {
	clauses(t, d, map[string]func(*desk){
		"documents are visited by key, however many":        visitedInOrder,
		"a document is replaced, and dropped by a nil body": replacedAndDropped,
		"a document without content is not a dropped one":   emptyDocument,
		"an error of the visitor ends the visit":            visitEnds,
		"documents are visited as of one moment":            oneMoment,
		"documents of one key are given by Nexus":           docsNamed,
		"who knows an earlier step is told what is newer":   newerDocs,
		"what was gone long ago is not told any more":       goneForgotten,
	})
}

func docsNamed(k *desk) {
	doc := func(nexus, key string) gate.Doc { return gate.Doc{Nexus: nexus, Key: key, Body: []byte(nexus + key)} }
	for _, docs := range [][]gate.Doc{{doc("b", "here"), doc("b", "there")}, {doc("a", "here"), doc("a", "gone")}, {doc("c", "there")}} {
		lease := must1(k.Claim(k.Context(), store.Lane{Name: docs[0].Nexus}, "desk"))(k)
		k.must(k.Store.Record(k.Context(), lease, []gate.Step{{Seq: 1, Now: noon, Docs: docs}}))
		gone := gate.Doc{Nexus: docs[0].Nexus, Key: "gone"}
		k.must(k.Store.Record(k.Context(), lease, []gate.Step{{Seq: 2, Now: noon, Docs: []gate.Doc{gone}}}))
	}
	same(k, len(must1(k.DocsNamed(k.Context(), "gone"))(k)), 0)
	same(k, must1(k.DocsNamed(k.Context(), "here"))(k), []gate.Doc{doc("a", "here"), doc("b", "here")})
	same(k, len(must1(k.DocsNamed(k.Context(), "nowhere"))(k)), 0)
}

// docs are all documents, in the order of the visit.
func (k *desk) docs() (all []gate.Doc) {
	k.Helper()
	k.must(k.Docs(k.Context(), func(d gate.Doc) error {
		all = append(all, d)
		return nil
	}))
	return all
}

func many(from, to int) (docs []gate.Doc) {
	for i := from; i < to; i++ {
		docs = append(docs, gate.Doc{Nexus: nexus, Key: fmt.Sprintf("doc %03d", i), Body: []byte(fmt.Sprint(i))})
	}
	return docs
}

func visitedInOrder(k *desk) {
	k.step(gate.Step{Docs: many(150, 300)})
	k.step(gate.Step{Docs: many(0, 150)})
	same(k, k.docs(), many(0, 300))
}

func replacedAndDropped(k *desk) {
	k.step(gate.Step{Docs: many(0, 3)})
	k.step(gate.Step{Docs: []gate.Doc{
		{Nexus: nexus, Key: "doc 000"},
		{Nexus: nexus, Key: "doc 001", Body: []byte("other")},
		{Nexus: nexus, Key: "never there"},
	}})
	want := many(1, 3)
	want[0].Body = []byte("other")
	same(k, k.docs(), want)
}

func emptyDocument(k *desk) {
	want := []gate.Doc{{Nexus: nexus, Key: "k", Body: []byte{}}}
	k.step(gate.Step{Docs: want})
	same(k, k.docs(), want)
}

func visitEnds(k *desk) {
	k.step(gate.Step{Docs: many(0, 10)})
	enough, seen := errors.New("enough"), 0
	err := k.Docs(k.Context(), func(gate.Doc) error {
		seen++
		return enough
	})
	same(k, seen, 1)
	if !errors.Is(err, enough) {
		k.Errorf("got %v, want the visitor's error", err)
	}
}

func oneMoment(k *desk) {
	k.step(gate.Step{Docs: many(0, 200)})
	seen := 0
	k.must(k.Docs(k.Context(), func(gate.Doc) error {
		if seen == 0 {
			k.step(gate.Step{Docs: []gate.Doc{{Nexus: nexus, Key: "late", Body: []byte("x")}}})
		}
		seen++
		return nil
	}))
	same(k, seen, 200)
	same(k, len(k.docs()), 201)
}

// newer are the documents that steps after one have written.
func (k *desk) newer(after int64) (docs []gate.Doc, seq int64) {
	k.Helper()
	seq, now, err := k.Store.Docs(k.Context(), nexus, after, func(d gate.Doc) error {
		docs = append(docs, d)
		return nil
	})
	k.must(err)
	same(k, now, k.now())
	return docs, seq
}

func newerDocs(k *desk) {
	k.step(gate.Step{Docs: many(0, 200)})
	k.step(gate.Step{Docs: []gate.Doc{{Nexus: nexus, Key: "doc 007"}, {Nexus: nexus, Key: "doc 003", Body: []byte{}}}})
	k.step(gate.Step{Docs: many(100, 190)})
	k.step(gate.Step{})
	docs, seq := k.newer(1)
	want := append([]gate.Doc{{Nexus: nexus, Key: "doc 003", Body: []byte{}}, {Nexus: nexus, Key: "doc 007"}}, many(100, 190)...)
	same(k, docs, want)
	same(k, seq, 4)
	docs, seq = k.newer(3)
	same(k, docs, nil)
	same(k, seq, 4)
	same(k, len(k.docs()), 199)
}

func goneForgotten(k *desk) {
	k.step(gate.Step{Docs: many(0, 3)})
	k.step(gate.Step{Docs: []gate.Doc{{Nexus: nexus, Key: "doc 000"}}})
	docs, seq := k.newer(1)
	same(k, len(docs), 1)
	if !store.Remembers(1, seq) {
		k.Fatal("what has just gone is not remembered")
	}
	for k.seq = 1 << 13; k.seq < 1<<16; k.seq += 1 << 13 {
		k.step(gate.Step{})
	}
	docs, seq = k.newer(1)
	same(k, docs, nil)
	same(k, store.Remembers(1, seq), false)
	same(k, len(k.docs()), 2)
}
