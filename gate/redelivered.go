package gate

import "time"

// Redelivered counts the deliveries that GitHub's own log says never came, and that it was asked to send
// once more. It is no part of any state: what comes then is a delivery like any other.
type Redelivered struct {
	Read      time.Time `json:"read,omitzero"` // when the log was last read
	Asked     int64     `json:"asked"`         // redeliveries that were asked for
	Came      int64     `json:"came"`          // deliveries that came by one of them
	GivenUp   int64     `json:"givenUp"`       // those that did not come after several
	Waiting   int       `json:"waiting"`       // those still to come
	Requests  int64     `json:"requests"`
	Trouble   string    `json:"trouble,omitempty"`  // why the log was not read
	Shortened time.Time `json:"shortened,omitzero"` // the log reaches back no further than this, and was to be read from earlier
}
