package webhook

import (
	"fmt"
	"time"

	"github.com/nexusgate/nexusgate/gate"
)

// object names one of a forge's objects, or is "" where its id is not told: "run/30433642".
func object(kind string, id int64) string {
	if id <= 0 {
		return ""
	}
	return fmt.Sprintf("%s/%d", kind, id)
}

// identified checks that a body has the object it is about.
func identified(what string, id int64) error {
	if id <= 0 {
		return fmt.Errorf("it has no %s", what)
	}
	return nil
}

// concluded is the fact "conclusion" of what has completed. A conclusion that is not told is not a
// fact: a criterion that asks for one is then not met.
func concluded(s gate.Status, word string) gate.Facts {
	if s != gate.Completed || word == "" {
		return nil
	}
	return gate.Facts{"conclusion": text(word, 64)}
}

// evidenced marks evidence with what proves it: the delivery, and how far that is proved itself.
func evidenced(d gate.Delivery, e gate.Evidence) gate.Evidence {
	e.Delivery, e.Trust = d.ID, d.Trust
	return e
}

// endOr is the time of the state that something is in: of its end once it has completed, else of its
// start. A check that is taken up again still bears the end it had before.
func endOr(s gate.Status, started, ended moment) time.Time {
	if s == gate.Completed {
		return latest(started, ended)
	}
	return started.Time
}
