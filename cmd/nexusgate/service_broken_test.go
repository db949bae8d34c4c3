package main_test

import (
	"database/sql"
	"io"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/gate"
)

// moments writes when something was said.
type moments struct {
	of   string
	said chan time.Time
	on   io.Writer
}

// Write takes a line of the log.
func (m moments) Write(line []byte) (int, error) {
	if strings.Contains(string(line), m.of) {
		select {
		case m.said <- time.Now():
		default:
		}
	}
	return m.on.Write(line)
}

func TestALaneThatCannotBeTakenUpIsTriedNowAndThenAndTheOthersGoOn(t *testing.T) {
	t.Parallel()
	h := furnish(t, shop)
	tries := moments{"a lane cannot be taken up", make(chan time.Time, 3), t.Output()}
	h.settings.Log = slog.New(slog.NewTextHandler(tries, nil))
	h.start()
	h.rest()
	breakLane(h)

	change := propose(h.cart, "coupon")
	h.eventually("the others' change is judged", func() bool {
		return len(h.checks(h.cart, change.Head(), gate.DoneCheck)) > 0
	})
	tries.apart(t, time.Second)
}

func TestReportsThatTheStoreDoesNotNoteAreTriedNowAndThen(t *testing.T) {
	t.Parallel()
	h := furnish(t, shop)
	tries := moments{"putting a report off", make(chan time.Time, 3), t.Output()}
	h.settings.Log = slog.New(slog.NewTextHandler(tries, nil))
	h.start()
	h.rest()
	h.raw("CREATE TRIGGER full BEFORE UPDATE ON owed BEGIN SELECT RAISE(ABORT, 'the disk is full'); END")
	change := propose(h.cart, "coupon")
	tries.apart(t, time.Second/2)
	h.raw("DROP TRIGGER full")
	h.eventually("the change is judged", func() bool { return len(h.checks(h.cart, change.Head(), gate.DoneCheck)) == 1 })
}

// apart waits until it was said as often as is held, and each time a while after the last.
func (m moments) apart(t *testing.T, least time.Duration) {
	t.Helper()
	var last time.Time
	for range cap(m.said) {
		select {
		case at := <-m.said:
			if between := at.Sub(last); between < least {
				t.Errorf("%q was said again after %v", m.of, between)
			}
			last = at
		case <-time.After(patience):
			t.Fatalf("%q was not said", m.of)
		}
	}
}

// breakLane makes a lane whose state nobody can read.
func breakLane(h *house) {
	h.raw(
		"INSERT INTO docs (nexus, key, body, step, gone) VALUES ('broken', 'record ', x'7b', 1, 0)",
		"INSERT INTO lanes (name, holder, fence, beat, routed) VALUES ('broken', '', 0, 0, 0)",
		"INSERT INTO pending (lane, delivery) SELECT 'broken', MAX(id) FROM deliveries",
	)
}

// raw writes into the store of a house beside the service that is at work on it.
func (h *house) raw(statements ...string) {
	h.t.Helper()
	raw, err := sql.Open("sqlite", "file:"+strings.TrimPrefix(h.settings.Store, "sqlite:")+"?_pragma=busy_timeout(10000)")
	if err != nil {
		h.t.Fatal(err)
	}
	defer raw.Close()
	for _, statement := range statements {
		if _, err := raw.ExecContext(h.t.Context(), statement); err != nil {
			h.t.Fatal(err)
		}
	}
}
