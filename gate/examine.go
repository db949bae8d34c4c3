package gate

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/nexusgate/nexusgate/definition"
)

// examination holds one criterion of one layer against the evidence.
type examination struct {
	c     *definition.Criterion
	since time.Time
	floor definition.Trust
	now   time.Time
	all   []Evidence
}

// answer is what one look at the evidence comes to.
type answer struct {
	state    FindingState
	got      string
	evidence *Evidence
	due      time.Time // while waiting: the deadline; once met: when the first report grows stale
	wake     time.Time // when time may change the answer all the same
	failed   []definition.Leaf
}

func examine(p *Part, c *definition.Criterion, floor definition.Trust, now time.Time) Finding {
	x := examinationOf(p, c, floor, now)
	return x.finding(p, x.answer())
}

// examinationOf prepares a criterion of one layer: which evidence it is held against, since when,
// and what it has to be trusted to.
func examinationOf(p *Part, c *definition.Criterion, floor definition.Trust, now time.Time) examination {
	x := examination{c: c, since: p.Since, floor: floor, now: now, all: p.Evidence}
	if c.From.Trust != definition.Unset {
		x.floor = c.From.Trust
	}
	if p.Carry != nil {
		if carried := p.Carry(c); carried != nil {
			x.all, x.since = carried.Evidence, carried.Since
		}
	}
	return x
}

// answer goes from the kind and name to the latest report of each identity, of which the worst counts.
func (x examination) answer() answer {
	var room [4]*Evidence // few reports bear one name
	named := x.matching(room[:0])
	latest := latestOfEach(x.trusted(named))
	if len(latest) == 0 {
		return x.nothing(named)
	}
	worst := x.weigh(latest[0])
	next := earliest(worst.due, worst.wake)
	for _, e := range latest[1:] {
		a := x.weigh(e)
		if next = earliest(next, a.due); severity(a.state) > severity(worst.state) {
			worst = a
		}
	}
	if severity(worst.state) > severity(Waiting) {
		return worst
	}
	if worst.wake = next; worst.state == Met {
		worst.due = next // the first of them all to grow stale, whichever is shown
	}
	return x.complete(latest, worst)
}

// matching adds the evidence that the criterion speaks of: kind, name and producer.
func (x examination) matching(found []*Evidence) []*Evidence {
	for i := range x.all {
		// A child pipeline answers for its parent, never for itself.
		if e := &x.all[i]; e.Kind == x.c.Evidence && e.Parent == "" && x.names(e) && x.admits(e) && x.renewed(e) {
			found = append(found, e)
		}
	}
	return found
}

// trusted is what is proved as far as is asked for.
func (x examination) trusted(named []*Evidence) []*Evidence {
	if !slices.ContainsFunc(named, func(e *Evidence) bool { return e.Trust < x.floor }) {
		return named
	}
	return keep(named, func(e *Evidence) bool { return e.Trust >= x.floor })
}

func (x examination) names(e *Evidence) bool {
	return x.c.Name == "" || e.Name == x.c.Name || definition.MatchGlob(x.c.Name, e.Name)
}

func (x examination) admits(e *Evidence) bool {
	from, p := x.c.From, e.Producer
	if e.Kind == definition.SignOff {
		return from.Names(p.App)
	}
	return (len(from.App) == 0 || slices.Contains(from.App, p.App)) &&
		(len(from.Workflow) == 0 || slices.ContainsFunc(from.Workflow, func(w string) bool { return matchWorkflow(w, p.Workflow) }))
}

// renewed says whether a sign-off is for the commit that is judged, or need not be.
func (x examination) renewed(e *Evidence) bool {
	return e.Earlier == "" || x.c.Renew == definition.OnChange
}

// nothing is the answer when no report counts: not yet while there is time, then whatever is worse.
func (x examination) nothing(untrusted []*Evidence) answer {
	if x.inTime() {
		return answer{state: Waiting, got: x.notYet(untrusted), due: x.deadline()}
	}
	if len(untrusted) > 0 {
		e := untrusted[len(untrusted)-1]
		return answer{state: Untrusted, got: distrust(e, x.floor), evidence: e}
	}
	return answer{state: Missing, got: "nothing by " + clock(x.deadline()) + x.strangers()}
}

func (x examination) notYet(untrusted []*Evidence) string {
	if len(untrusted) > 0 {
		return distrust(untrusted[len(untrusted)-1], x.floor)
	}
	return "nothing yet" + x.strangers()
}

// strangers tells of reports that bear the name and come from somebody else.
func (x examination) strangers() string {
	n := 0
	for i := range x.all {
		if e := &x.all[i]; e.Kind == x.c.Evidence && x.names(e) && !x.admits(e) {
			n++
		}
	}
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("; %d of that name from another producer, which does not count", n)
}

// complete holds back a criterion that may match more than has been seen: one early green job of a
// matrix is not the matrix.
func (x examination) complete(latest []*Evidence, worst answer) answer {
	if x.c.HasGlob() {
		if e := x.incomplete(latest); e != nil {
			return answer{state: Waiting, got: fmt.Sprintf("%d so far; %s is not complete", len(latest), holderName(e)), evidence: e, wake: worst.wake}
		}
	}
	if want := max(x.c.AtLeast, 1); len(latest) < want && worst.state == Met {
		return x.tooFew(len(latest), want, worst.wake)
	}
	return worst
}

func (x examination) tooFew(n, want int, wake time.Time) answer {
	got := fmt.Sprintf("%d of at least %d", n, want)
	if x.inTime() {
		return answer{state: Waiting, got: got, due: x.deadline(), wake: wake}
	}
	return answer{state: Missing, got: got + " by " + clock(x.deadline()), wake: wake}
}

// incomplete is a report whose run, suite or pipeline has not said that all have come.
func (x examination) incomplete(latest []*Evidence) *Evidence {
	for _, e := range latest {
		if e.Holder != "" && !x.closed(e.Holder, e.Run.Attempt, 0) {
			return e
		}
	}
	return nil
}

// closed says whether a run or pipeline has ended the attempt, and whatever started it as well. What
// is not of this commit, as the parent in another project, does not hold it open.
func (x examination) closed(holder string, attempt, depth int) bool {
	at := slices.IndexFunc(x.all, func(e Evidence) bool { return e.Object == holder })
	if at < 0 || depth > deepestChild {
		return false
	}
	e := &x.all[at]
	started := slices.ContainsFunc(x.all, func(p Evidence) bool { return p.Object == e.Parent })
	return e.Status == Completed && e.Run.Attempt >= attempt && (!started || x.closed(e.Parent, 0, depth+1))
}

// weigh judges the latest report of one identity.
func (x examination) weigh(e *Evidence) answer {
	switch {
	case e.Observed.After(x.now):
		return answer{state: Untrusted, got: "observed at " + clock(e.Observed) + ", which is yet to come", evidence: e, wake: e.Observed}
	case e.Status != Completed:
		return answer{state: Waiting, got: string(e.Status), evidence: e}
	}
	failed, got, present := x.hold(e)
	turns := x.turns(e)
	switch {
	case !present || isEmpty(e):
		return answer{state: Empty, got: cmp.Or(got, "it says nothing of this"), evidence: e}
	case len(failed) > 0 && e.Object == dependenciesKind && !speaksOf(failed, "cyclic"):
		return answer{state: Waiting, got: got, evidence: e, failed: failed} // however long
	case len(failed) > 0 && e.Open && x.inTime():
		return answer{state: Waiting, got: got, evidence: e, failed: failed, due: x.deadline()}
	case len(failed) > 0:
		return answer{state: Unmet, got: got, evidence: e, failed: failed, wake: turns}
	case len(e.Since) > 0: // it is of the moment, and never stale
		return answer{state: Met, got: got, evidence: e, due: turns}
	case x.c.Fresh > 0 && !e.Observed.Add(x.c.Fresh).After(x.now):
		return answer{state: Stale, got: got + ", observed " + clock(e.Observed), evidence: e}
	case x.c.Fresh > 0:
		return answer{state: Met, got: got, evidence: e, due: e.Observed.Add(x.c.Fresh)}
	}
	return answer{state: Met, got: got, evidence: e}
}

// hold tries every leaf: a definition never supplies evidence, so an absent fact fails its leaf.
func (x examination) hold(e *Evidence) (failed []definition.Leaf, got string, present bool) {
	facts := e.grown(x.now)
	var room [128]byte
	words := room[:0]
	for i := range x.c.Must {
		leaf := &x.c.Must[i]
		fact, ok := leaf.Lookup(facts)
		present = present || ok
		if !ok || !leaf.Admits(fact) {
			failed = append(failed, *leaf)
		}
		if !speaksOf(x.c.Must[:i], leaf.Path) {
			words = e.appendFact(words, leaf.Path, fact, ok)
		}
	}
	switch {
	case !present:
		return failed, "", false
	case len(failed) > 0:
		return failed, describeFacts(failed, e, facts), true
	default:
		return nil, string(words), true
	}
}

// isEmpty knows the kinds whose files can be there and yet hold nothing.
func isEmpty(e *Evidence) bool {
	switch e.Kind {
	case "junit":
		return isZero(e.Facts["tests"])
	case "coverage":
		return isZero(e.Facts["linesTotal"])
	case "sbom":
		return isZero(e.Facts["components"])
	default:
		return len(e.Facts)+len(e.Since) == 0
	}
}

// deadline is when the first report is due; zero where it is not known since when.
func (x examination) deadline() time.Time {
	if x.since.IsZero() {
		return time.Time{}
	}
	return x.since.Add(x.c.Within)
}

func (x examination) inTime() bool { return x.since.IsZero() || x.now.Before(x.deadline()) }

func keep[T any](all []T, ok func(T) bool) []T {
	var kept []T
	for _, v := range all {
		if ok(v) {
			kept = append(kept, v)
		}
	}
	return kept
}
