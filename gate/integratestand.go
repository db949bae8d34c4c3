package gate

import (
	"cmp"
	"slices"
	"time"
)

// IntegrationStanding is how the Increment's own pipeline stands.
type IntegrationStanding struct {
	Pipeline string           // "github:acme/integration@e2e.yml"; "" where the Nexus has none
	Running  *IntegrationRun  // what is asked for, or runs
	Latest   []IntegrationRun // what running on a composition came to, since one that passed, the newest first
	Suspects int              // landings among which the one that broke it is looked for; 0: none is
	Culprit  *Culprit         // until a later composition passes
}

// IntegrationRun is the pipeline on one composition.
type IntegrationRun struct {
	Increment int64 // its number
	Digest    string
	Attempts  int
	Says      string // "running", "passed", "failed", or why nothing came of it
	URL       string
	At        time.Time // when it was asked for, or was over
}

func (s *State) integrationStanding() IntegrationStanding {
	if s.nexus.Definition.Integration == nil {
		return IntegrationStanding{}
	}
	i := &s.integrating
	st := IntegrationStanding{Pipeline: s.nexus.Definition.Integration.Says()}
	if u := i.Under; u != nil {
		says := "asked for"
		if u.Run != "" {
			says = "running"
		}
		st.Running = &IntegrationRun{Increment: u.Number, Digest: u.Digest, Attempts: u.Attempt, Says: says, URL: u.URL, At: u.Asked}
	}
	for digest, test := range i.Tests {
		if test.Over != "" {
			st.Latest = append(st.Latest, IntegrationRun{
				Increment: i.numberOf(digest), Digest: digest, Attempts: test.Attempts, Says: test.says(), URL: test.URL, At: test.At,
			})
		}
	}
	slices.SortFunc(st.Latest, func(a, b IntegrationRun) int { return cmp.Compare(b.Increment, a.Increment) })
	if i.Hunt != nil {
		st.Suspects = len(i.suspects())
	}
	if i.Found != nil {
		found := *i.Found
		st.Culprit = &found
	}
	return st
}

func (t sumTest) says() string {
	if t.Over == sumUnclear {
		return t.Said
	}
	return string(t.Over)
}
