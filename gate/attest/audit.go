package attest

import (
	"fmt"
	"slices"

	"golang.org/x/mod/sumdb/tlog"
)

// Entry is a leaf of a log as it is kept, with the verdict as it is kept.
type Entry struct {
	Number    int64
	Verdict   string      // its id
	Forgotten bool        // it is marked as one whose verdict retention deleted
	Hashes    []tlog.Hash // of the verdict as it was entered, then of the subtrees that this leaf completes
	Body      []byte      // of the verdict; nil: it is not kept
	Step      int64       // of the verdict, and its place in the step
	Place     int64
	Row       string // what contradicts the body beside it
}

// Claim is a head that the log is held against, and where it comes from, in words.
type Claim struct {
	Head
	From string
}

// Audit computes the log of one Nexus anew from its entries, which are given in their order, and tells
// what differs. It holds the right edge of the tree and the claims, however long the log is.
type Audit struct {
	nexus  string
	claims []Claim // the smallest first
	letGo  func(leaf int64) bool
	tell   func(string)

	edge             [64]tlog.Hash // the last hash of each level
	size             int64
	step, place      int64 // of the last verdict that is kept
	agreed           int64 // the largest claim that holds
	broken           bool  // the tree as it is kept
	Kept, Forgotten  int64 // entries so far, by what became of their verdicts
	Held, Unfaithful int   // claims so far: that hold, and that do not
}

// NewAudit begins with the log of a Nexus. The claims are in any order, and letGo says whether retention has
// put its name to having deleted a leaf's verdict. What differs is told as it is found, a sentence at a time.
func NewAudit(nexus string, claims []Claim, letGo func(leaf int64) bool, tell func(string)) *Audit {
	a := &Audit{nexus: nexus, claims: slices.Clone(claims), letGo: letGo, tell: tell, step: -1}
	slices.SortStableFunc(a.claims, func(one, other Claim) int { return int(min(1, max(-1, one.Size-other.Size))) })
	a.hold()
	return a
}

// Size is how many entries there were.
func (a *Audit) Size() int64 { return a.size }

// Add takes the next entry.
func (a *Audit) Add(e Entry) {
	if e.Number != a.size {
		a.tell(fmt.Sprintf("%s: leaf %d is missing: leaf %d follows leaf %d", a.nexus, a.size, e.Number, a.size-1))
		e.Number = a.size // what follows is held against the heads as it lies
	}
	a.body(e)
	a.order(e)
	a.grow(e)
	a.hold()
}

// body holds the verdict against its leaf.
func (a *Audit) body(e Entry) {
	switch {
	case e.Body == nil && e.Forgotten && a.letGo(e.Number):
		a.Forgotten++
		return
	case e.Body == nil && e.Forgotten:
		a.tell(fmt.Sprintf("%s: verdict %s (leaf %d) is gone, and only marked as deleted by retention, which has not signed that", a.nexus, e.Verdict, e.Number))
		return
	case e.Body == nil:
		a.tell(fmt.Sprintf("%s: verdict %s (leaf %d) is gone, and no retention has deleted it", a.nexus, e.Verdict, e.Number))
		return
	case len(e.Hashes) == 0 || tlog.RecordHash(e.Body) != e.Hashes[0]:
		a.tell(fmt.Sprintf("%s: verdict %s (leaf %d) is not what was logged", a.nexus, e.Verdict, e.Number))
	case e.Row != "":
		a.tell(fmt.Sprintf("%s: verdict %s (leaf %d): %s", a.nexus, e.Verdict, e.Number, e.Row))
	}
	a.Kept++
}

// order holds the log to the recorded order.
func (a *Audit) order(e Entry) {
	if e.Body == nil {
		return
	}
	if e.Step < a.step || e.Step == a.step && e.Place <= a.place {
		a.tell(fmt.Sprintf("%s: verdict %s (leaf %d) is kept as of step %d, before the one that was logged earlier", a.nexus, e.Verdict, e.Number, e.Step))
	}
	a.step, a.place = e.Step, e.Place
}

// grow computes the subtrees that a leaf completes, and holds those that are kept against them.
func (a *Audit) grow(e Entry) {
	var leaf tlog.Hash
	if len(e.Hashes) > 0 {
		leaf = e.Hashes[0]
	}
	completed, err := tlog.StoredHashesForRecordHash(a.size, leaf, tlog.HashReaderFunc(a.last))
	if err == nil && !slices.Equal(completed, e.Hashes) && !a.broken {
		a.broken = true
		a.tell(fmt.Sprintf("%s: the hashes of the tree at leaf %d (verdict %s) are not those of its leaves; later ones that rest on them are not told", a.nexus, e.Number, e.Verdict))
	}
	copy(a.edge[:], completed)
	a.size++
}

// last gives hashes of the right edge: neither the next leaf nor the tree's hash rests on others.
func (a *Audit) last(indexes []int64) ([]tlog.Hash, error) {
	hashes := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		level, _ := tlog.SplitStoredHashIndex(index)
		hashes[i] = a.edge[level]
	}
	return hashes, nil
}

// Hash is the hash of the entries so far.
func (a *Audit) Hash() tlog.Hash {
	hash, err := tlog.TreeHash(a.size, tlog.HashReaderFunc(a.last))
	if err != nil {
		return tlog.Hash{}
	}
	return hash
}

// hold holds the claims about this size against the tree.
func (a *Audit) hold() {
	for len(a.claims) > 0 && a.claims[0].Size <= a.size {
		c := a.claims[0]
		a.claims = a.claims[1:]
		switch {
		case c.Hash == a.Hash():
			a.Held++
			a.agreed = c.Size
		case a.Unfaithful == 0:
			a.Unfaithful++
			a.tell(fmt.Sprintf("%s: %s tells of %d leaves with another hash: what was logged as leaf %d to %d has been rewritten since", a.nexus, c.From, c.Size, a.agreed, c.Size-1))
		default:
			a.Unfaithful++
		}
	}
}

// Close ends the audit: what claims more than there is was cut off.
func (a *Audit) Close() {
	for _, c := range a.claims {
		if a.Unfaithful == 0 {
			a.tell(fmt.Sprintf("%s: %s tells of %d leaves, and the log has %d: its end was cut off, or an older copy was restored", a.nexus, c.From, c.Size, a.size))
		}
		a.Unfaithful++
	}
	switch more := a.Unfaithful - 1; {
	case more == 1:
		a.tell(a.nexus + ": 1 more head tells of another log too")
	case more > 1:
		a.tell(fmt.Sprintf("%s: %d more heads tell of another log too", a.nexus, more))
	}
	a.claims = nil
}
