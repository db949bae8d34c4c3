package forge

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/nexusgate/nexusgate/gate"
)

// Errand is one on its way to a forge.
type Errand struct {
	gate.Errand
	// Tried says that an earlier attempt may have reached the forge and its answer may be lost: what is there
	// already is looked for before anything is made.
	Tried    bool
	Attempts int // before this one
	// Among is how many Nexuses have something done at the same account, this one included; 0: nobody knows of another.
	Among int
}

// post is the errand as the budget of posts knows it.
func (e Errand) post() Post {
	return Post{Owed: gate.Owed{Nexus: e.Nexus, Urgent: true}, Among: e.Among}
}

// Begun is an error that came after the forge was asked to act: it may have done so.
type Begun struct{ Err error }

// Error is the error's own.
func (b *Begun) Error() string { return b.Err.Error() }

// Unwrap is the error itself.
func (b *Begun) Unwrap() error { return b.Err }

// Declined says whether a forge answered that it did not do what it was asked to, so that nothing came of it.
func Declined(err error) bool {
	var begun *Begun
	code := statusOf(err)
	return !errors.As(err, &begun) && code >= 400 && code < 500
}

// bodyOf reads the body of an errand.
func bodyOf[T any](e Errand) (body T, err error) {
	if err := json.Unmarshal(e.Body, &body); err != nil {
		return body, fmt.Errorf("reading what is to be done: %w", err)
	}
	return body, nil
}

// unknownErrand is an errand that a forge cannot be asked for.
func unknownErrand(e Errand) error {
	return &refusal{404, fmt.Sprintf("%s cannot be asked for an errand of the kind %q", e.Repo.Forge, e.Kind)}
}
