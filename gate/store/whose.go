package store

import (
	"fmt"

	"github.com/nexusgate/nexusgate/gate"
)

// nexus tells whose Increment one is. It is the Nexus of the verdict on its composition; a step
// that changes one without judging it, as when a successor takes its place, is of one Nexus.
func (r recording) nexus(made gate.Increment) (string, error) {
	for _, v := range r.step.Verdicts {
		if v.Subject.Kind == gate.OfIncrement && v.Increment == made.Digest {
			return v.Nexus, nil
		}
	}
	all := map[string]bool{}
	for _, v := range r.step.Verdicts {
		all[v.Nexus] = true
	}
	for _, d := range r.step.Docs {
		all[d.Nexus] = true
	}
	if len(all) != 1 {
		return "", fmt.Errorf("increment %d: the step does not tell whose it is: it is of %d Nexuses", made.Number, len(all))
	}
	for one := range all {
		return one, nil
	}
	return "", nil
}
