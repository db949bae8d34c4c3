package gate

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/nexusgate/nexusgate/definition"
)

// Exception is one that the definition grants, and whether it is in force at all.
type Exception struct {
	definition.Exception
	Void string // why it never applies, in words: "asked for by ana, and the change that brought it is kim's"
	Idle bool   // no rule in force is what it covers
}

// Applies is the one place that decides whether an exception applies to a criterion of a component at
// a moment. The verdict, the report, the impact, the replay and the command line all ask here.
func (e *Exception) Applies(criterion, component, team string, now time.Time) bool {
	return e.Void == "" && now.Before(e.Until) && e.Covers(criterion, component, team)
}

// Grant is what a verdict tells of an exception that it rests on, so that whoever reads the verdict
// alone knows what was left undone, on whose word and for how long.
type Grant struct {
	ID          string    `json:"id"`
	Criterion   string    `json:"criterion"`
	Reason      string    `json:"reason"`
	Ticket      string    `json:"ticket,omitempty"`
	RequestedBy string    `json:"requestedBy"`
	ApprovedBy  string    `json:"approvedBy"`
	Until       time.Time `json:"until"` // the first moment at which it applies no more
}

// Grant is the exception as a verdict tells it.
func (e *Exception) Grant() Grant {
	return Grant{
		ID: e.ID, Criterion: e.Criterion, Reason: e.Reason, Ticket: e.Ticket,
		RequestedBy: e.RequestedBy, ApprovedBy: e.ApprovedBy, Until: e.Until,
	}
}

// LastDay is the last day that the exception applies.
func (g Grant) LastDay() time.Time { return g.Until.AddDate(0, 0, -1) }

// dayWords is how a day is written in words that people read.
const dayWords = "2 January 2006"

// except puts a finding under the exception that applies to it: of several the one that ends last,
// then the first by its id.
func except(f *Finding, all []Exception, now time.Time) {
	var found *Exception
	for i := range all {
		e := &all[i]
		if !e.Applies(f.Criterion, f.Component, f.Team, now) {
			continue
		}
		if found == nil || cmp.Or(e.Until.Compare(found.Until), cmp.Compare(found.ID, e.ID)) > 0 {
			found = e
		}
	}
	if found != nil {
		f.Exception, f.Wake = found.ID, earliest(f.Wake, found.Until)
	}
}

// except lists the exceptions that a verdict's findings are under, and what they are.
func (v *Verdict) except(all []Exception) {
	for i := range v.Findings {
		if id := v.Findings[i].Exception; id != "" && !slices.Contains(v.Exceptions, id) {
			v.Exceptions = append(v.Exceptions, id)
		}
	}
	slices.Sort(v.Exceptions)
	for _, id := range v.Exceptions {
		if at := slices.IndexFunc(all, func(e Exception) bool { return e.ID == id }); at >= 0 {
			v.Grants = append(v.Grants, all[at].Grant())
		}
	}
}

// doneUnder lists the exceptions that what is done rests on; none where it is not done.
func (v *Verdict) doneUnder() []string {
	if v.Outcome != Done || len(v.Exceptions) == 0 {
		return nil
	}
	return v.Exceptions
}

// Releases says whether a verdict opens the door in front of a release: it is done, and under no
// exception unless the release rule allows for them.
func (v *Verdict) Releases(rule definition.Release) bool {
	return v.Outcome == Done && (len(v.Exceptions) == 0 || rule.Exceptions)
}

// The states of an exception.
const (
	exceptionActive  = "active"  // something is under it
	exceptionUnused  = "unused"  // what it covers holds nothing back without it
	exceptionExpired = "expired" // its last day is over
	exceptionVoid    = "void"    // it was never in force
)

// exceptionStandings say what has become of exceptions, by the findings on what they could cover.
func exceptionStandings(all []Exception, findings []Finding, now time.Time) []ExceptionStanding {
	standings := make([]ExceptionStanding, len(all))
	for i := range all {
		standings[i] = exceptionStanding(&all[i], findings, now)
	}
	return standings
}

func exceptionStanding(e *Exception, findings []Finding, now time.Time) ExceptionStanding {
	st := ExceptionStanding{Exception: *e, State: exceptionActive, Says: "until " + e.LastDay().Format(dayWords)}
	covered := false
	for _, f := range findings {
		covered = covered || e.Covers(f.Criterion, f.Component, f.Team)
		if f.Exception == e.ID {
			st.Uses = append(st.Uses, f.Criterion+" of "+f.Component)
		}
	}
	slices.Sort(st.Uses)
	switch {
	case e.Void != "":
		st.State, st.Says = exceptionVoid, e.Void
	case !now.Before(e.Until):
		st.State, st.Says = exceptionExpired, "it ended with "+e.LastDay().Format(dayWords)
	case e.Idle:
		st.State, st.Says = exceptionUnused, "no criterion "+e.Criterion+" is asked of what it covers"
	case covered && len(st.Uses) == 0:
		st.State, st.Says = exceptionUnused, e.Criterion+" holds nothing back without it"
	}
	return st
}

// notices tell of the exceptions that except nothing. One whose criterion is not asked of the Increment's
// components, as one on changes, may well be in use elsewhere and is not spoken of.
func notices(all []Exception, findings []Finding, now time.Time) []string {
	var told []string
	for _, st := range exceptionStandings(all, findings, now) {
		switch st.State {
		case exceptionVoid:
			told = append(told, fmt.Sprintf("the exception %s is not in force: %s", st.ID, st.Says))
		case exceptionExpired, exceptionUnused:
			told = append(told, fmt.Sprintf("the exception %s excepts nothing: %s; take it out (%s)", st.ID, st.Says, st.Pos))
		}
	}
	if more := len(told) - mostTold; more > 0 {
		told = append(told[:mostTold], fmt.Sprintf("and %d exceptions more except nothing", more))
	}
	return told
}

// untilTooFar says why an exception that lies too far ahead is not in force.
func untilTooFar(d *definition.Definition, e *definition.Exception) string {
	return fmt.Sprintf("%s lies more than %d days ahead; bring it nearer", e.LastDay().Format(dayWords), d.Longest)
}
