package webhook

import (
	"fmt"

	"github.com/nexusgate/nexusgate/gate"
)

// Decode says what a delivery says, in our words. Nothing and no error means that nothing rests on
// it: an event or an action that we do not use, or one of our own reports coming back. An error is
// the reason to set the delivery aside; it is short enough to be shown.
//
// Decode is pure, and the same body decodes to the same events for ever. It does not take deliveries
// of gate.FromUs, which are events already.
func Decode(d gate.Delivery) ([]gate.Event, error) {
	r, err := readingOf(d)
	if err != nil {
		return nil, reason{err}
	}
	if r.events == nil {
		return nil, nil
	}
	events, err := r.events(d)
	if err != nil {
		return nil, reason{fmt.Errorf("reading a %s of %s: %w", text(d.Event, maxHeader), d.Source, err)}
	}
	return events, nil
}

// reason is why a delivery is set aside, cut to what a page can show: an error of the JSON decoder
// repeats a number of any length.
type reason struct{ err error }

func (r reason) Error() string { return text(r.err.Error(), 500) }
func (r reason) Unwrap() error { return r.err }
