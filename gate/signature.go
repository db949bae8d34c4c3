package gate

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/nexusgate/nexusgate/definition"
)

// signature is one word on a sign-off, as it is kept. Commit is "" where it is for the head of its moment.
type signature struct {
	By        string           `json:"by"`
	Name      string           `json:"name"`
	Commit    string           `json:"commit,omitempty"`
	At        time.Time        `json:"at"`
	Told      time.Time        `json:"told,omitzero"` // by the forge's clock, where that is ahead of ours
	Withdrawn bool             `json:"withdrawn,omitempty"`
	Trust     definition.Trust `json:"trust"`
	Object    string           `json:"object,omitempty"`
	Delivery  string           `json:"delivery,omitempty"`
}

func signatureOf(e Signed, m moment) signature {
	trust := m.trust
	if strings.HasPrefix(e.By, "login:") {
		trust = definition.OIDC
	}
	return signature{
		By: e.By, Name: e.Name, Commit: e.Commit, At: e.At, Withdrawn: e.Withdrawn, Trust: trust, Object: e.Object, Delivery: m.id,
	}
}

// said is when it was said by the forge's clock, which also says when a change had which head.
func (w signature) said() time.Time { return latest(w.At, w.Told) }

func (w signature) compare(with signature) int {
	return cmp.Or(
		w.At.Compare(with.At), strings.Compare(w.By, with.By), strings.Compare(w.Name, with.Name),
		strings.Compare(w.Commit, with.Commit), yesLast(w.Withdrawn, with.Withdrawn),
	)
}

// signatures are what was said of one thing, in order.
type signatures []signature

// The bounds of what is kept: words of one person on one name, and words in all. The oldest make room: what was
// said before something was taken back does not count any more.
const (
	mostSigned = 32
	mostWords  = 1000
)

// add keeps a word. The same one, told again, changes nothing.
func (all *signatures) add(w signature) (changed bool) {
	at, known := slices.BinarySearchFunc(*all, w, signature.compare)
	if known {
		return false
	}
	*all = slices.Insert(*all, at, w)
	same := func(other signature) bool { return other.By == w.By && other.Name == w.Name }
	if of := keep(*all, same); len(of) > mostSigned {
		oldest := slices.IndexFunc(*all, same)
		*all = slices.Delete(*all, oldest, oldest+1)
	}
	*all = slices.Delete(*all, 0, max(0, len(*all)-mostWords))
	return true
}

// latest is when the last word was said.
func (all signatures) latest() (at time.Time) {
	if n := len(all); n > 0 {
		at = all[n-1].At
	}
	return at
}

// standing is what nobody has taken back. Of the same second, what was taken back is.
func (all signatures) standing() signatures {
	type whose struct{ by, name string }
	taken := map[whose]time.Time{}
	for _, w := range all {
		if w.Withdrawn {
			taken[whose{w.By, w.Name}] = latest(taken[whose{w.By, w.Name}], w.At)
		}
	}
	return keep(all, func(w signature) bool { return !w.Withdrawn && w.At.After(taken[whose{w.By, w.Name}]) })
}

// evidence is what stands on a commit, one piece for each person and name: what was given for the commit or for
// one of the same tree, or else for another head of the change that it came by.
func (all signatures) evidence(commit string, same map[string]bool) []Evidence {
	var found []Evidence
	at := map[string]int{}
	for _, w := range all.standing() {
		e := Evidence{
			Object: "signoff/" + w.By + "/" + w.Name, Kind: definition.SignOff, Name: w.Name, Producer: Producer{App: w.By},
			Trust: w.Trust, Status: Completed, Observed: w.At, Facts: Facts{"by": w.By}, Delivery: w.Delivery,
		}
		switch {
		case w.Commit == commit:
		case same[w.Commit]:
			e.Carried = w.Commit
		default:
			e.Earlier = cmp.Or(w.Commit, unknownHead)
		}
		i, known := at[e.Object]
		switch {
		case !known:
			at[e.Object], found = len(found), append(found, e)
		case e.Earlier == "" || found[i].Earlier != "":
			found[i] = e // the later word
		}
	}
	return found
}

// unknownHead is in the place of a head that cannot be told.
const unknownHead = "unknown"
