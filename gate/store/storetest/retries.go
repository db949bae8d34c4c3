package storetest

import (
	"errors"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/gate/store"
)

func retries(t *testing.T, d Database) {
	clauses(t, d, map[string]func(*desk){
		"an attempt is remembered after a crash":                         attemptRemembered,
		"an attempt at a version that is not owed is refused":            outdatedAttempt,
		"a deferred report is not due before its time":                   deferred,
		"a report deferred without an attempt waits as long as is asked": deferredUntried,
		"the same report again does not shorten a deferral":              sameDoesNotShorten,
		"a changed report is not held by an old failure":                 changedNotHeld,
		"a changed report does not lengthen a deferral":                  changedDoesNotLengthen,
		"a failure that comes after the change does not hold it":         lateFailure,
		"a report that changes while it is sent begins a window anew":    windowAnew,
		"attempts are counted until one is taken":                        attemptsCounted,
		"what was put back was not tried":                                putBack,
		"what was put back after an earlier attempt stays tried":         putBackAfterAnother,
		"what a forge does not take is told until it does":               untaken,
	})
}

// try notes an attempt at the one debt there is.
func (k *desk) try() store.Debt {
	k.Helper()
	d := k.only()
	k.must(k.Try(k.Context(), d.Key(), d.Version))
	return d
}

func attemptRemembered(k *desk) {
	k.owe(owed("web", "1"))
	same(k, k.only().Tried, false)
	k.try()
	k.Store = k.another(k.database.Crash(k.T, k.dsn))
	same(k, k.only().Tried, true)
	same(k, k.only().Attempts, 1)
	same(k, k.components(noon.Add(urgentWindow), 9), []string{"web"})
}

func outdatedAttempt(k *desk) {
	k.owe(owed("web", "1"))
	old := k.only()
	k.owe(owed("web", "2"))
	for what, err := range map[string]error{
		"an older version":  k.Try(k.Context(), old.Key(), old.Version),
		"a version to come": k.Try(k.Context(), old.Key(), old.Version+2),
		"nothing":           k.Try(k.Context(), "nothing", 1),
	} {
		if !errors.Is(err, store.ErrOutdated) {
			k.Errorf("%s: got %v, want that it is outdated", what, err)
		}
	}
	same(k, k.only().Tried, false)
}

func deferred(k *desk) {
	k.owe(owed("web", "1"))
	d := k.try()
	until := noon.Add(time.Hour)
	k.must(k.Defer(k.Context(), d.Key(), until, "HTTP 502"))
	k.reopen()
	same(k, k.components(until.Add(-time.Microsecond), 9), nil)
	same(k, k.components(until, 9), []string{"web"})
	same(k, k.only().Reason, "HTTP 502")
	same(k, k.only().Tried, true)
	k.send(5)
	k.owe(owed("web", "2"))
	same(k, k.only().Reason, "")
}

func deferredUntried(k *desk) {
	k.owe(owed("web", "1"))
	k.owe(owed("web", "2"))
	until := noon.Add(time.Hour)
	k.must(k.Defer(k.Context(), k.only().Key(), until, "the hour's budget is spent"))
	same(k, k.only().NotBefore, until)
	same(k, k.only().Attempts, 0)
}

func sameDoesNotShorten(k *desk) {
	k.owe(owed("web", "1"))
	d := k.try()
	until := noon.Add(time.Hour)
	k.must(k.Defer(k.Context(), d.Key(), until, "HTTP 404"))
	k.owe(owed("web", "1"))
	same(k, k.only().NotBefore, until)
}

func changedNotHeld(k *desk) {
	k.owe(owed("web", "1"))
	d := k.try()
	k.must(k.Defer(k.Context(), d.Key(), noon.Add(time.Hour), "HTTP 404"))
	at := k.at(time.Minute)
	k.owe(owed("web", "2"))
	same(k, k.only().NotBefore, at.Add(retryWindow))
	same(k, k.only().Attempts, 1)
	k.at(time.Minute + 5*time.Second)
	k.owe(owed("web", "3"))
	same(k, k.only().NotBefore, at.Add(retryWindow))
}

func changedDoesNotLengthen(k *desk) {
	k.owe(owed("web", "1"))
	d := k.try()
	until := noon.Add(2 * time.Second)
	k.must(k.Defer(k.Context(), d.Key(), until, "HTTP 500"))
	k.owe(text("web", "2"))
	same(k, k.only().NotBefore, until)
}

func lateFailure(k *desk) {
	k.owe(owed("web", "1"))
	d := k.try()
	k.owe(owed("web", "2"))
	at := k.at(time.Minute)
	k.must(k.Defer(k.Context(), d.Key(), at.Add(time.Hour), "HTTP 422"))
	same(k, k.only().NotBefore, at.Add(retryWindow))
	k.must(k.Defer(k.Context(), d.Key(), at.Add(time.Second), "HTTP 422"))
	same(k, k.only().NotBefore, at.Add(time.Second))
}

func windowAnew(k *desk) {
	k.owe(owed("web", "1"))
	k.at(time.Second)
	k.try()
	at := k.at(2 * time.Second)
	k.owe(text("web", "2"))
	same(k, k.only().NotBefore, at.Add(textWindow))
}

func attemptsCounted(k *desk) {
	k.owe(owed("web", "1"))
	for range 3 {
		d := k.try()
		k.must(k.Defer(k.Context(), d.Key(), noon, "HTTP 500"))
	}
	same(k, k.only().Attempts, 3)
	k.send(5)
	k.owe(owed("web", "2"))
	same(k, k.only().Attempts, 0)
}

func putBack(k *desk) {
	k.owe(owed("web", "1"))
	d, until := k.try(), noon.Add(time.Hour)
	k.must(k.PutBack(k.Context(), k.lease, d, until, "not before one"))
	d = k.only()
	same(k, d.Tried, false)
	same(k, d.Attempts, 0)
	same(k, d.NotBefore.Equal(until), true)
	same(k, d.Reason, "not before one")
}

func putBackAfterAnother(k *desk) {
	k.owe(owed("web", "1"))
	d := k.try()
	k.must(k.Defer(k.Context(), d.Key(), noon.Add(time.Second), "no answer"))
	d = k.try()
	k.must(k.PutBack(k.Context(), k.lease, d, noon.Add(time.Minute), "not before a minute"))
	same(k, k.only().Tried, true)
	same(k, k.only().Attempts, 1)
}

func untaken(k *desk) {
	k.owe(owed("web", "1"))
	told := must1(k.Untaken(k.Context(), ""))(k)
	same(k, len(told), 0)
	d := k.try()
	k.must(k.Defer(k.Context(), d.Key(), noon.Add(time.Minute), "HTTP 502"))
	for nexus, want := range map[string]int{"": 1, d.Nexus: 1, "another": 0} {
		if told = must1(k.Untaken(k.Context(), nexus))(k); len(told) != want {
			k.Fatalf("of the Nexus %q %d forges are told, want %d", nexus, len(told), want)
		}
	}
	told = must1(k.Untaken(k.Context(), d.Nexus))(k)
	same(k, told[0].Forge, d.Repo.Forge)
	same(k, told[0].Reports, 1)
	same(k, told[0].Since.Equal(d.Received), true)
	same(k, told[0].Reason, "HTTP 502")
	k.must(k.Taken(k.Context(), d.Key(), d.Version, 7))
	same(k, len(must1(k.Untaken(k.Context(), ""))(k)), 0)
}
