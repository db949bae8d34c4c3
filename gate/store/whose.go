package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/store/db"
)

// nexus tells whose Increment one is: an Increment does not say so itself. A step may touch several
// Nexuses; then it is the one whose verdict is on this Increment, or who has had it before.
func (r recording) nexus(made gate.Increment) (string, error) {
	for _, v := range r.step.Verdicts {
		if v.Subject.Kind == gate.OfIncrement && v.Subject.ID == strconv.FormatInt(made.Number, 10) && v.Increment == made.Digest {
			return v.Nexus, nil
		}
	}
	touched := r.nexuses()
	if len(touched) == 1 {
		return touched[0], nil
	}
	for _, nexus := range touched {
		if has, err := r.has(nexus, made); has || err != nil {
			return nexus, err
		}
	}
	return "", fmt.Errorf("increment %d: the step does not tell which of %q it is of", made.Number, touched)
}

// nexuses are those that the step touches.
func (r recording) nexuses() (names []string) {
	for _, v := range r.step.Verdicts {
		names = append(names, v.Nexus)
	}
	for _, d := range r.step.Docs {
		names = append(names, d.Nexus)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func (r recording) has(nexus string, made gate.Increment) (bool, error) {
	body, err := r.q.Increment(context.Background(), db.IncrementParams{Nexus: nexus, Number: made.Number})
	if err := found(err); err != nil {
		if errors.Is(err, ErrNotFound) {
			return false, nil
		}
		return false, fmt.Errorf("reading Increment %d of %s: %w", made.Number, nexus, err)
	}
	kept, err := decode[gate.Increment](body)
	return kept.Digest == made.Digest, err
}
