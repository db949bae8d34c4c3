package storetest

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/store"
)

func errands(t *testing.T, d Database) {
	clauses(t, d, map[string]func(*desk){
		"an errand is due at once, the oldest first":                   errandsDue,
		"a later errand of a key takes the earlier one's place":        errandReplaced,
		"the same errand again is one":                                 errandTwice,
		"an errand that is over is not run":                            errandOver,
		"an attempt at an errand is remembered after a crash":          errandTried,
		"an errand stays until what came of it was kept":               errandStays,
		"an errand that took another's place stays when that one ends": errandStaysBehind,
		"an errand is not taken for one that has ended":                errandAfterOneThatEnded,
		"a deferred errand waits, and is told of":                      errandDeferred,
		"an errand that was put back was not tried":                    errandPutBack,
		"an errand that the forge declined is tried anew":              errandDeclined,
		"errands are hastened when the clock was set back":             errandsHastened,
		"whoever was fenced off runs no errand":                        errandsFenced,
		"an errand of another Nexus is refused":                        errandElsewhere,
	})
}

// errand is one of that key, with something to be done.
func errand(key, what string) gate.Errand {
	body, _ := json.Marshal(what) // a string always encodes
	return gate.Errand{
		Nexus: nexus, Key: key, Kind: gate.DispatchErrand, Body: body, Made: noon,
		Repo: gate.Repo{Forge: gate.GitHub, ID: 9, Name: "acme/integration", Installation: 7},
	}
}

// dispatch records that those are to be run.
func (k *desk) dispatch(all ...gate.Errand) {
	k.Helper()
	k.step(gate.Step{Errands: all})
}

// errands lists all that is to be run, due or not.
func (k *desk) errands() []store.Outstanding {
	k.Helper()
	return must1(k.Errands(k.Context(), nexus, noon.AddDate(10, 0, 0), 1000))(k)
}

// errand is the one that there is.
func (k *desk) errand() store.Outstanding {
	k.Helper()
	all := k.errands()
	if len(all) != 1 {
		k.Fatalf("%d errands are to be run, want 1", len(all))
	}
	return all[0]
}

// runErrand notes an attempt at it, and gives it as it was before.
func (k *desk) runErrand() store.Outstanding {
	k.Helper()
	e := k.errand()
	k.must(k.RunErrand(k.Context(), k.lease, e.Key, e.Version))
	return e
}

// failErrand notes an attempt that came to nothing, and whether the forge may have done it all the same.
func (k *desk) failErrand(tried bool, until time.Time, reason string) {
	k.Helper()
	e := k.runErrand()
	e.Tried = tried
	k.must(k.DeferErrand(k.Context(), k.lease, e, until, reason))
}

func errandsDue(k *desk) {
	_, some, err := k.NextErrand(k.Context(), nexus)
	k.must(err)
	same(k, some, false)

	late := errand("late", "x")
	late.Made = noon.Add(time.Second)
	k.dispatch(late, errand("early", "x"))
	next, some, err := k.NextErrand(k.Context(), nexus)
	k.must(err)
	same(k, some, true)
	same(k, next, noon)
	same(k, must1(k.Counts(k.Context()))(k).Errands, 2)

	due := func(at time.Time, limit int) (keys []string) {
		for _, e := range must1(k.Errands(k.Context(), nexus, at, limit))(k) {
			keys = append(keys, e.Key)
		}
		return keys
	}
	same(k, due(noon, 9), []string{"early"})
	same(k, due(noon.Add(time.Second), 9), []string{"early", "late"})
	same(k, due(noon.Add(time.Second), 1), []string{"early"})
	same(k, k.errands()[0], store.Outstanding{Errand: errand("early", "x"), Version: 1, NotBefore: noon})
}

func errandReplaced(k *desk) {
	k.dispatch(errand("e", "one"))
	old := k.errand()
	later := errand("e", "two")
	later.Made = noon.Add(time.Minute)
	k.dispatch(later)
	same(k, k.errand(), store.Outstanding{Errand: later, Version: 2, NotBefore: later.Made})
	if err := k.RunErrand(k.Context(), k.lease, "e", old.Version); !errors.Is(err, store.ErrOutdated) {
		k.Errorf("the earlier one was run: got %v", err)
	}
}

func errandTwice(k *desk) {
	k.dispatch(errand("e", "one"))
	k.runErrand()
	k.dispatch(errand("e", "one"))
	same(k, k.errand(), store.Outstanding{Errand: errand("e", "one"), Version: 1, Attempts: 1, Tried: true, NotBefore: noon})
}

func errandOver(k *desk) {
	k.dispatch(errand("e", "one"), errand("other", "one"))
	over := errand("e", "")
	over.Over = true
	k.dispatch(over)
	same(k, k.errand().Key, "other")
	k.dispatch(over) // nothing is there any more
	same(k, k.errand().Key, "other")
}

func errandTried(k *desk) {
	k.dispatch(errand("e", "one"))
	same(k, k.errand().Tried, false)
	k.runErrand()
	k.Store = k.another(k.database.Crash(k.T, k.dsn))
	same(k, k.errand().Tried, true)
	same(k, k.errand().Attempts, 1)
	same(k, k.errand().Version, 1)
}

func errandStays(k *desk) {
	k.dispatch(errand("e", "one"))
	e := k.runErrand()
	done := must1(gate.Own("", gate.ErrandDone{Nexus: nexus, Key: "e", Run: 5}, noon))(k)
	done.Lane = nexus
	must1(k.Keep(k.Context(), done))(k)
	same(k, len(k.errands()), 1)
	k.must(k.EndErrand(k.Context(), k.lease, "e", e.Version))
	same(k, len(k.errands()), 0)
	same(k, must1(k.Counts(k.Context()))(k).Errands, 0)
	if err := k.EndErrand(k.Context(), k.lease, "e", e.Version); !errors.Is(err, store.ErrOutdated) {
		k.Errorf("it ended twice: got %v", err)
	}
}

func errandStaysBehind(k *desk) {
	k.dispatch(errand("e", "one"))
	e := k.runErrand()
	k.dispatch(errand("e", "two"))
	for what, err := range map[string]error{
		"end":   k.EndErrand(k.Context(), k.lease, "e", e.Version),
		"defer": k.DeferErrand(k.Context(), k.lease, e, noon.Add(time.Hour), "HTTP 502"),
	} {
		if !errors.Is(err, store.ErrOutdated) {
			k.Errorf("%s: got %v, want that it is outdated", what, err)
		}
	}
	same(k, k.errand().Version, 2)
	same(k, k.errand().NotBefore, noon)
	same(k, k.errand().Tried, true) // the earlier one may have reached the forge
}

func errandAfterOneThatEnded(k *desk) {
	k.dispatch(errand("e", "one"))
	e := k.runErrand()
	k.must(k.EndErrand(k.Context(), k.lease, "e", e.Version))
	k.dispatch(errand("e", "two"))
	for what, err := range map[string]error{
		"run": k.RunErrand(k.Context(), k.lease, "e", e.Version),
		"end": k.EndErrand(k.Context(), k.lease, "e", e.Version),
	} {
		if !errors.Is(err, store.ErrOutdated) {
			k.Errorf("%s: got %v, want that it is outdated", what, err)
		}
	}
	same(k, k.errand().Tried, false)
}

func errandDeferred(k *desk) {
	k.dispatch(errand("e", "one"))
	same(k, len(must1(k.Undone(k.Context(), ""))(k)), 0)
	until := noon.Add(time.Hour)
	k.failErrand(true, until, "HTTP 502")
	k.reopen()
	same(k, len(must1(k.Errands(k.Context(), nexus, until.Add(-time.Microsecond), 9))(k)), 0)
	same(k, k.errand(), store.Outstanding{Errand: errand("e", "one"), Version: 1, Attempts: 1, Tried: true, NotBefore: until, Reason: "HTTP 502"})
	told := []gate.Undone{{Forge: gate.GitHub, Kind: gate.DispatchErrand, Errands: 1, Since: noon, Reason: "HTTP 502"}}
	same(k, must1(k.Undone(k.Context(), ""))(k), told)
	same(k, must1(k.Undone(k.Context(), nexus))(k), told)
	same(k, len(must1(k.Undone(k.Context(), "another"))(k)), 0)
}

func errandPutBack(k *desk) {
	k.dispatch(errand("e", "one"))
	until := noon.Add(time.Minute)
	k.must(k.PutBackErrand(k.Context(), k.lease, k.runErrand(), until, "not before a minute"))
	same(k, k.errand(), store.Outstanding{Errand: errand("e", "one"), Version: 1, NotBefore: until, Reason: "not before a minute"})
	k.failErrand(true, until, "no answer")
	k.must(k.PutBackErrand(k.Context(), k.lease, k.runErrand(), until, "not before a minute"))
	same(k, k.errand().Tried, true)
	same(k, k.errand().Attempts, 1)
}

func errandDeclined(k *desk) {
	k.dispatch(errand("e", "one"))
	k.failErrand(false, noon, "HTTP 422")
	same(k, k.errand(), store.Outstanding{Errand: errand("e", "one"), Version: 1, Attempts: 1, NotBefore: noon, Reason: "HTTP 422"})
}

func errandsHastened(k *desk) {
	k.dispatch(errand("e", "one"))
	k.failErrand(true, noon.AddDate(1, 0, 0), "HTTP 502")
	k.must(k.HastenErrands(k.Context(), k.lease, noon.Add(time.Second)))
	same(k, k.errand().NotBefore, noon.Add(time.Second))
}

func errandsFenced(k *desk) {
	k.dispatch(errand("e", "one"))
	before := k.errand()
	must1(k.Claim(k.Context(), k.seen(), "another"))(k)
	for what, err := range map[string]error{
		"run":      k.RunErrand(k.Context(), k.lease, "e", 1),
		"end":      k.EndErrand(k.Context(), k.lease, "e", 1),
		"defer":    k.DeferErrand(k.Context(), k.lease, before, noon.Add(time.Hour), "late"),
		"put back": k.PutBackErrand(k.Context(), k.lease, before, noon.Add(time.Hour), "late"),
		"hasten":   k.HastenErrands(k.Context(), k.lease, noon),
	} {
		if !errors.Is(err, store.ErrFenced) {
			k.Errorf("%s: got %v, want that it is fenced off", what, err)
		}
	}
	same(k, k.errand(), before)
}

func errandElsewhere(k *desk) {
	other := errand("e", "one")
	other.Nexus = "other"
	if err := k.Record(k.Context(), []gate.Step{k.next(gate.Step{Errands: []gate.Errand{other}})}); err == nil {
		k.Error("an errand of another Nexus was recorded in the lane")
	}
	same(k, len(k.errands()), 0)
}
