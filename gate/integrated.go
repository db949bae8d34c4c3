package gate

import "github.com/nexusgate/nexusgate/definition"

// integrated is evidence as it counts for what has landed, or is about to in a group: what counts for a proposal
// alone is not trusted, and says why.
func integrated(all []Evidence) []Evidence { return distrusted(all, "") }

// distrusted takes the trust from evidence that counts for proposals alone; why is said where it does not say so
// itself. What it is given stays as it is.
func distrusted(all []Evidence, why string) []Evidence {
	changed := false
	for i := range all {
		changed = changed || all[i].Proposed
	}
	if !changed {
		return all
	}
	as := make([]Evidence, len(all))
	for i, e := range all {
		if as[i] = e; e.Proposed {
			as[i].Trust = definition.Declared
			if why != "" || e.Why == "" {
				as[i].Why = why
			}
		}
	}
	return as
}
