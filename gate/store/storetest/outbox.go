package storetest

import (
	"errors"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/store"
)

func outbox(t *testing.T, d Database) {
	clauses(t, d, map[string]func(*desk){
		"a report is due when its window is over":                       dueAfterWindow,
		"urgent reports come first, then the oldest":                    urgentFirst,
		"a newer report takes the older one's place":                    newerTakesPlace,
		"an urgent change brings a change of text forward":              broughtForward,
		"a change of text leaves an urgent one urgent":                  staysUrgent,
		"what the forge shows already is not owed again":                shownAlready,
		"what changed back before it was sent is settled":               changedBack,
		"what changed back after an attempt began is sent":              changedBackTooLate,
		"what was taken while a newer one waited counts as shown":       shownMeanwhile,
		"the same report owed twice is one version":                     sameTwice,
		"a taken report is not owed":                                    takenIsSettled,
		"a report that changed while it was sent stays owed":            changedWhileSent,
		"the forge's id stays known when it is not told again":          remoteStays,
		"the receipt counts from the first change since the last taken": earliestReceipt,
		"a subject at two commits owes two reports":                     twoCommits,
	})
}

// owed is an urgent report on a component with that digest.
func owed(component, digest string) gate.Owed {
	return gate.Owed{
		Nexus: "storefront", Subject: gate.Subject{Kind: gate.OfComponent, ID: component, Name: component},
		Check: gate.DoneCheck, Repo: gate.Repo{Forge: gate.GitHub, ID: 1296269, Name: "acme/" + component, Installation: 7},
		Commit: "9c1f", Verdict: "v-" + digest, Outcome: gate.NotDone, Received: noon, Urgent: true, Digest: digest,
	}
}

// text is a report of which only the text changed.
func text(component, digest string) gate.Owed {
	o := owed(component, digest)
	o.Urgent = false
	return o
}

// owe records that those are owed, at the moment that the clock shows.
func (k *desk) owe(reports ...gate.Owed) {
	k.Helper()
	k.step(gate.Step{Owed: reports})
}

// all lists everything that is owed, due or not.
func (k *desk) all() []store.Debt {
	k.Helper()
	return must1(k.Due(k.Context(), noon.AddDate(10, 0, 0), 1000))(k)
}

// only is the one debt there is.
func (k *desk) only() store.Debt {
	k.Helper()
	all := k.all()
	if len(all) != 1 {
		k.Fatalf("%d reports are owed, want 1", len(all))
	}
	return all[0]
}

// send has the forge take the one debt there is.
func (k *desk) send(remote int64) {
	k.Helper()
	d := k.only()
	k.must(k.Try(k.Context(), d.Key(), d.Version))
	k.must(k.Taken(k.Context(), d.Key(), d.Version, remote))
}

// components are the subjects of the debts that are due at a moment, in their order.
func (k *desk) components(at time.Time, limit int) (names []string) {
	k.Helper()
	for _, d := range must1(k.Due(k.Context(), at, limit))(k) {
		names = append(names, d.Subject.ID)
	}
	return names
}

func dueAfterWindow(k *desk) {
	_, some, err := k.NextDue(k.Context())
	k.must(err)
	same(k, some, false)

	k.owe(owed("urgent", "1"), text("text", "1"))
	next, some, err := k.NextDue(k.Context())
	k.must(err)
	same(k, some, true)
	same(k, next, noon.Add(urgentWindow))
	same(k, k.components(noon.Add(urgentWindow-time.Microsecond), 9), nil)
	same(k, k.components(noon.Add(urgentWindow), 9), []string{"urgent"})
	same(k, k.components(noon.Add(textWindow), 9), []string{"urgent", "text"})
}

func urgentFirst(k *desk) {
	late, early, older := owed("late", "1"), owed("early", "1"), text("text", "1")
	late.Received, early.Received, older.Received = noon.Add(2*time.Second), noon.Add(time.Second), noon
	k.owe(late, older, early)
	same(k, k.components(noon.Add(time.Minute), 9), []string{"early", "late", "text"})
	same(k, k.components(noon.Add(time.Minute), 2), []string{"early", "late"})
}

func newerTakesPlace(k *desk) {
	k.owe(owed("web", "1"))
	newer := owed("web", "2")
	newer.Outcome, newer.Received = gate.Done, noon.Add(time.Second)
	k.at(100 * time.Millisecond)
	k.owe(newer)

	want := newer
	want.Received = noon
	same(k, k.only(), store.Debt{Owed: want, Version: 2, NotBefore: noon.Add(urgentWindow)})
	same(k, must1(k.Counts(k.Context()))(k).Owed, 1)
}

func broughtForward(k *desk) {
	k.owe(text("web", "1"))
	at := k.at(time.Second)
	k.owe(owed("web", "2"))
	same(k, k.only().NotBefore, at.Add(urgentWindow))
	same(k, k.only().Urgent, true)
}

func staysUrgent(k *desk) {
	k.owe(owed("web", "1"))
	k.owe(text("web", "2"))
	same(k, k.only().Urgent, true)
	same(k, k.only().NotBefore, noon.Add(urgentWindow))
	k.send(5)
	k.owe(text("web", "3"))
	same(k, k.only().Urgent, false)
}

func shownAlready(k *desk) {
	k.owe(owed("web", "1"))
	k.send(5)
	k.owe(owed("web", "1"))
	same(k, len(k.all()), 0)
	k.owe(owed("web", "2"))
	same(k, k.only().Remote, 5)
}

func changedBack(k *desk) {
	k.owe(owed("web", "1"))
	k.send(5)
	k.owe(owed("web", "2"))
	stale := k.only()
	k.owe(owed("web", "1"))
	same(k, len(k.all()), 0)
	if err := k.Try(k.Context(), stale.Key(), stale.Version); !errors.Is(err, store.ErrOutdated) {
		k.Errorf("got %v, want that the version is outdated", err)
	}
	k.owe(owed("web", "2"))
	same(k, k.only().Digest, "2")
}

func changedBackTooLate(k *desk) {
	k.owe(owed("web", "1"))
	k.send(5)
	k.owe(owed("web", "2"))
	k.must(k.Try(k.Context(), k.only().Key(), k.only().Version))
	k.owe(owed("web", "1"))
	same(k, k.only().Digest, "1")
	same(k, k.only().Tried, true)
}

func shownMeanwhile(k *desk) {
	k.owe(owed("web", "1"))
	first := k.only()
	k.must(k.Try(k.Context(), first.Key(), first.Version))
	k.owe(owed("web", "2"))
	k.must(k.Taken(k.Context(), first.Key(), first.Version, 5))
	same(k, k.only().Digest, "2")
	k.owe(owed("web", "1"))
	same(k, len(k.all()), 0)
}

func sameTwice(k *desk) {
	k.owe(text("web", "1"))
	at := k.at(time.Second)
	k.owe(text("web", "1"))
	same(k, k.only().Version, 1)
	same(k, k.only().NotBefore, noon.Add(textWindow))
	k.owe(owed("web", "1"))
	same(k, k.only().Version, 1)
	same(k, k.only().Urgent, true)
	same(k, k.only().NotBefore, at.Add(urgentWindow))
}

func takenIsSettled(k *desk) {
	k.owe(owed("web", "1"))
	k.send(5)
	same(k, len(k.all()), 0)
	same(k, must1(k.Counts(k.Context()))(k).Owed, 0)
	_, some, err := k.NextDue(k.Context())
	k.must(err)
	same(k, some, false)
}

func changedWhileSent(k *desk) {
	k.owe(owed("web", "1"))
	sent := k.only()
	k.must(k.Try(k.Context(), sent.Key(), sent.Version))
	at := k.at(time.Minute)
	k.owe(owed("web", "2"))
	k.must(k.Taken(k.Context(), sent.Key(), sent.Version, 5))

	now := k.only()
	same(k, now.Digest, "2")
	same(k, now.Remote, 5)
	same(k, now.Tried, false)
	same(k, now.Attempts, 0)
	same(k, now.NotBefore, at.Add(urgentWindow))
}

func remoteStays(k *desk) {
	k.owe(owed("web", "1"))
	k.send(5)
	k.owe(owed("web", "2"))
	k.send(0)
	k.owe(owed("web", "3"))
	same(k, k.only().Remote, 5)
	k.send(6)
	k.owe(owed("web", "4"))
	same(k, k.only().Remote, 6)
}

func earliestReceipt(k *desk) {
	first, second, third := owed("web", "1"), owed("web", "2"), owed("web", "3")
	first.Received, second.Received, third.Received = noon.Add(2*time.Second), noon.Add(time.Second), noon.Add(3*time.Second)
	k.owe(first)
	k.owe(second)
	same(k, k.only().Received, second.Received)
	k.send(5)
	k.owe(third)
	same(k, k.only().Received, third.Received)
}

func twoCommits(k *desk) {
	other := owed("web", "1")
	other.Commit = "77ab"
	k.owe(owed("web", "1"), other)
	same(k, len(k.all()), 2)
}
