package storetest

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/store"
)

func transparency(t *testing.T, d Database) {
	clauses(t, d, map[string]func(*desk){
		"each verdict is a leaf, in recorded order":                    leafEach,
		"the tree's hashes are those of its leaves, at every size":     hashesAtEverySize,
		"a verdict is logged once":                                     loggedOnce,
		"what was not recorded is not logged":                          notLogged,
		"a verdict is found in the log, and one that is not there not": foundInTheLog,
		"of the heads of an hour the last is kept":                     headsOfAnHour,
		"the key of the log is kept once":                              keyOnce,
		"a statement on a verdict is kept, and takes another's place":  statementKept,
	})
}

// leaves lists the log.
func (k *desk) leaves() (all []store.Leaf) {
	k.Helper()
	k.must(k.Leaves(k.Context(), "storefront", func(l store.Leaf) error {
		all = append(all, l)
		return nil
	}))
	return all
}

func leafEach(k *desk) {
	subject := "w\xffeb\x00" // engines take it in ways of their own
	k.step(gate.Step{Verdicts: []gate.Verdict{verdict("v2", "web"), verdict("v1", subject)}})
	k.step(gate.Step{})
	k.step(gate.Step{Verdicts: []gate.Verdict{verdict("v0", "web")}})
	all := k.leaves()
	same(k, len(all), 3)
	for n, want := range []gate.Verdict{verdict("v2", "web"), verdict("v1", subject), verdict("v0", "web")} {
		body, err := json.Marshal(want)
		k.must(err)
		same(k, string(all[n].Body), string(body))
		same(k, all[n].Hashes[0], tlog.RecordHash(body))
		same(k, all[n].Number, int64(n))
		same(k, all[n].Row, "")
	}
	same(k, []int64{all[0].Step, all[0].Place, all[1].Step, all[1].Place, all[2].Step, all[2].Place}, []int64{1, 0, 1, 1, 3, 0})
	same(k, must1(k.Logs(k.Context()))(k), []string{"storefront"})
}

func hashesAtEverySize(k *desk) {
	var bodies [][]byte
	for n := range 150 { // more than a page, some of them in one step
		steps := []gate.Verdict{verdict(fmt.Sprint("v", n), "web")}
		if n%7 == 0 {
			steps = append(steps, verdict(fmt.Sprint("w", n), "web"), verdict(fmt.Sprint("x", n), "web"))
		}
		k.step(gate.Step{Verdicts: steps})
		for _, v := range steps {
			body, err := json.Marshal(v)
			k.must(err)
			bodies = append(bodies, body)
		}
	}
	var all []tlog.Hash
	memory := tlog.HashReaderFunc(func(indexes []int64) (found []tlog.Hash, err error) {
		for _, i := range indexes {
			found = append(found, all[i])
		}
		return found, nil
	})
	size, hashes, err := k.Hashes(k.Context(), "storefront")
	k.must(err)
	same(k, size, int64(len(bodies)))
	for n, body := range bodies {
		all = append(all, must1(tlog.StoredHashes(int64(n), body, memory))(k)...)
		want, got := must1(tlog.TreeHash(int64(n+1), memory))(k), must1(tlog.TreeHash(int64(n+1), hashes))(k)
		same(k, got, want)
	}
	same(k, len(k.leaves()), len(bodies))
}

func loggedOnce(k *desk) {
	v := verdict("v1", "web")
	k.step(gate.Step{Verdicts: []gate.Verdict{v, v}})
	k.step(gate.Step{Verdicts: []gate.Verdict{v, verdict("v2", "web")}})
	same(k, len(k.leaves()), 2)
	k.must(k.Unlogged(k.Context(), func(id, nexus string) error {
		k.Errorf("%s of %s is in no log", id, nexus)
		return nil
	}))
}

func notLogged(k *desk) {
	good := k.next(gate.Step{Verdicts: []gate.Verdict{verdict("v1", "web")}})
	bad := k.next(gate.Step{Delivery: "nobody", Result: gate.Applied})
	if err := k.Record(k.Context(), []gate.Step{good, bad}); err == nil {
		k.Fatal("a step of a delivery that is not there was recorded")
	}
	same(k, len(k.leaves()), 0)
	k.must(k.Record(k.Context(), []gate.Step{good}))
	same(k, len(k.leaves()), 1)
}

func foundInTheLog(k *desk) {
	k.step(gate.Step{Verdicts: []gate.Verdict{verdict("v1", "web"), verdict("v2", "web")}})
	nexus, number, body, err := k.Logged(k.Context(), "v2")
	k.must(err)
	same(k, nexus, "storefront")
	same(k, number, int64(1))
	same(k, string(body), string(k.leaves()[1].Body))
	_, _, _, err = k.Logged(k.Context(), "v3")
	k.missing("a verdict that nobody made", err)
}

func headsOfAnHour(k *desk) {
	_, err := k.LastHead(k.Context(), "storefront")
	k.missing("a head", err)
	head := func(size int64, past time.Duration) store.Head {
		return store.Head{Nexus: "storefront", Size: size, Made: noon.Add(past), Note: fmt.Sprint("head ", size)}
	}
	for minute := range int64(150) {
		k.must(k.KeepHead(k.Context(), head(minute+1, time.Duration(minute)*time.Minute)))
	}
	same(k, must1(k.LastHead(k.Context(), "storefront"))(k), head(150, 149*time.Minute))
	same(k, must1(k.Heads(k.Context(), "storefront"))(k), []store.Head{head(60, 59*time.Minute), head(120, 119*time.Minute), head(150, 149*time.Minute)})
	smaller := head(7, 149*time.Minute+time.Second) // whatever made it: it takes nothing away
	k.must(k.KeepHead(k.Context(), smaller))
	same(k, must1(k.LastHead(k.Context(), "storefront"))(k), head(150, 149*time.Minute))
}

func keyOnce(k *desk) {
	same(k, must1(k.LogKey(k.Context(), "first"))(k), "first")
	same(k, must1(k.LogKey(k.Context(), "second"))(k), "first")
	k.reopen()
	same(k, must1(k.LogKey(k.Context(), "third"))(k), "first")
}

func statementKept(k *desk) {
	_, err := k.Attestation(k.Context(), "v1")
	k.missing("a statement on a verdict", err)
	k.must(k.KeepAttestation(k.Context(), "v1", []byte(`{"payload":"first"}`)))
	k.must(k.KeepAttestation(k.Context(), "v2", []byte(`{"payload":"of another"}`)))
	same(k, string(must1(k.Attestation(k.Context(), "v1"))(k)), `{"payload":"first"}`)
	k.must(k.KeepAttestation(k.Context(), "v1", []byte(`{"payload":"second"}`)))
	k.reopen()
	same(k, string(must1(k.Attestation(k.Context(), "v1"))(k)), `{"payload":"second"}`)
	same(k, string(must1(k.Attestation(k.Context(), "v2"))(k)), `{"payload":"of another"}`)
}
