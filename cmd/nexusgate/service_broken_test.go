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
	h := furnish(t, shop)
	tries := moments{"a lane cannot be taken up", make(chan time.Time, 3), t.Output()}
	h.settings.Log = slog.New(slog.NewTextHandler(tries, nil))
	h.start()
	h.rest()
	breakLane(t, strings.TrimPrefix(h.settings.Store, "sqlite:"))

	change := propose(h.cart, "coupon")
	h.eventually("the others' change is judged", func() bool {
		return len(h.checks(h.cart, change.Head(), gate.DoneCheck)) > 0
	})
	var last time.Time
	for range cap(tries.said) {
		select {
		case at := <-tries.said:
			if between := at.Sub(last); between < time.Second {
				t.Errorf("it was tried again after %v", between)
			}
			last = at
		case <-time.After(patience):
			t.Fatal("it was not tried")
		}
	}
}

// breakLane makes a lane whose state nobody can read, beside a service that is at work.
func breakLane(t *testing.T, path string) {
	t.Helper()
	raw, err := sql.Open("sqlite", "file:"+path+"?_pragma=busy_timeout(10000)")
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	for _, statement := range []string{
		"INSERT INTO docs (nexus, key, body, step, gone) VALUES ('broken', 'record ', x'7b', 1, 0)",
		"INSERT INTO lanes (name, holder, fence, beat, routed) VALUES ('broken', '', 0, 0, 0)",
		"INSERT INTO pending (lane, delivery) SELECT 'broken', MAX(id) FROM deliveries",
	} {
		if _, err := raw.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
}
