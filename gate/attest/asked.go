package attest

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/nexusgate/nexusgate/gate"
)

// Asked is what somebody asks of a statement who is about to release something. What is left out is not
// asked.
type Asked struct {
	Now        time.Time
	Verifier   string            // who must have decided, as "https://done.example.com"
	Nexus      string            // on whose Increment
	Components map[string]string // the commits that are to go out, by component; others may be in the Increment too
	Exactly    gate.Composition  // the whole composition, nothing more and nothing less
	Exceptions bool              // whether what is done under exceptions will do
	Fresh      time.Duration     // how long ago it may have been decided
}

// ahead is how far the clock of who decided may be ahead of the asker's.
const ahead = 5 * time.Minute

// Against says what stands against a release on the word of a statement, in sentences. Nothing does
// where it is empty; one that has not passed always has something against it.
func (s Statement) Against(asked Asked) (all []string) {
	say := func(against bool, format string, parts ...any) {
		if against {
			all = append(all, fmt.Sprintf(format, parts...))
		}
	}
	sum, inc := s.Summary, s.Summary.Increment
	under := len(inc.Exceptions) > 0
	say(inc.Outcome != gate.Done, "the Increment is %s", inc.Words())
	say(inc.Outcome == gate.Done && sum.VerificationResult != passed, "the Increment is done under exceptions, and the definition lets no such Increment out")
	say(sum.VerificationResult == passed && under && !asked.Exceptions, "the Increment is done under exceptions, and they were not allowed for")
	for _, e := range inc.Exceptions {
		say(!asked.Now.Before(e.Until), "the exception %s has ended at %s", e.ID, moment(e.Until))
	}
	say(asked.Verifier != "" && asked.Verifier != sum.Verifier.ID, "it was decided by %s, and not by %s", sum.Verifier.ID, asked.Verifier)
	say(asked.Nexus != "" && asked.Nexus != inc.Nexus, "it is about the Nexus %s, and not %s", inc.Nexus, asked.Nexus)
	say(asked.Fresh > 0 && asked.Now.Sub(sum.TimeVerified) > asked.Fresh, "it was decided at %s, which is longer ago than %s", moment(sum.TimeVerified), asked.Fresh)
	say(asked.Fresh > 0 && sum.TimeVerified.Sub(asked.Now) > ahead, "it was decided at %s, which is yet to come", moment(sum.TimeVerified))
	all = append(all, inc.lacks(asked.Components)...)
	if asked.Exactly != nil {
		all = append(all, inc.lacks(asked.Exactly)...)
		for _, name := range slices.Sorted(maps.Keys(inc.Composition)) {
			_, named := asked.Exactly[name]
			say(!named, "%s is in the Increment, and was not expected there", name)
		}
	}
	return all
}

// lacks says which commits are not those of the Increment.
func (i Increment) lacks(commits map[string]string) (all []string) {
	for _, name := range slices.Sorted(maps.Keys(commits)) {
		switch has, is := i.Composition[name]; {
		case !is:
			all = append(all, fmt.Sprintf("%s is not in the Increment", name))
		case has != commits[name]:
			all = append(all, fmt.Sprintf("%s is in the Increment at %s, and not at %s", name, has, commits[name]))
		}
	}
	return all
}
