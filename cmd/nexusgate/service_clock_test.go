package main_test

import (
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/store"
)

// jumping is a clock that is set now and then.
type jumping struct{ ahead atomic.Int64 }

func (j *jumping) now() time.Time        { return time.Now().Add(time.Duration(j.ahead.Load())) }
func (j *jumping) jump(by time.Duration) { j.ahead.Add(int64(by)) }

// sameTime is less than the clock jumps, and more than two deliveries that are kept at once may take.
const sameTime = 10 * time.Minute

// ascending holds that ids and moments of every lane's log ascend, whatever the clock did. Of two that are
// kept at once, the later one's id may come first.
func (h *house) ascending() {
	h.t.Helper()
	s, err := store.OpenToRead(h.t.Context(), h.settings.Store)
	if err != nil {
		h.t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	lanes, err := s.Lanes(h.t.Context())
	if err != nil {
		h.t.Fatal(err)
	}
	for _, l := range lanes {
		var now, made time.Time
		err := s.Log(h.t.Context(), l.Name, func(e store.LogEntry) error {
			if e.Now.Before(now) {
				h.t.Errorf("step %d of %q is of %s, and the one before of %s", e.Seq, l.Name, e.Now, now)
			}
			if now = e.Now; e.Delivery != nil {
				if at := madeAt(h.t, e.Delivery.ID); at.Before(made.Add(-sameTime)) {
					h.t.Errorf("step %d of %q takes an id of %s after one of %s", e.Seq, l.Name, at, made)
				} else {
					made = at
				}
			}
			return nil
		})
		if err != nil {
			h.t.Error(err)
		}
	}
}

// madeAt is when an id was made: its first 48 bits are milliseconds.
func madeAt(t *testing.T, id string) time.Time {
	t.Helper()
	milliseconds, err := strconv.ParseInt(id[:12], 16, 64)
	if err != nil {
		t.Fatal(err)
	}
	return time.UnixMilli(milliseconds)
}

func TestTheServiceGoesOnWhateverTheHostsClockDoes(t *testing.T) {
	t.Parallel()
	for name, jump := range map[string]time.Duration{"an hour back": -time.Hour, "a day forward": 24 * time.Hour} {
		for _, restarts := range []bool{false, true} {
			if restarts {
				name += ", across a restart"
			}
			t.Run(name, func(t *testing.T) {
				clock := &jumping{}
				h := furnish(t, shop)
				h.settings.Now = clock.now
				h.start()
				h.rest()
				h.green()
				late := propose(h.pay, "late") // nothing is run on it: its deadlines are three quarters of an hour
				change := propose(h.cart, "guest")
				awaiting := h.check(h.cart, change.Head(), gate.DoneCheck, "in_progress")
				h.check(h.pay, late.Head(), gate.DoneCheck, "in_progress")
				h.rest()
				served, _ := h.traffic.quiet()

				if restarts {
					if err := h.stop(); err != nil {
						t.Fatal(err)
					}
				}
				clock.jump(jump)
				if restarts {
					h.start()
				}
				approve(h.cart, change)
				if done := h.check(h.cart, change.Head(), gate.DoneCheck, "success"); done.ID != awaiting.ID {
					t.Errorf("check run %d was made, where %d was to be updated", done.ID, awaiting.ID)
				}
				if jump > 0 {
					h.check(h.pay, late.Head(), gate.DoneCheck, "failure")
				}
				h.rest()
				if now, _ := h.traffic.quiet(); now-served > 60 {
					t.Errorf("%d requests went to the forges after the jump", now-served)
				}
				clock.jump(-jump)
				h.later()
				change.Review("kim", "changes_requested")
				h.check(h.cart, change.Head(), gate.DoneCheck, "failure")
				h.rest()
				if err := h.stop(); err != nil {
					t.Fatal(err)
				}
				h.ascending()
				if said := commanded(t, "replay", "--store", h.settings.Store); !strings.HasSuffix(said, ": the same\n") {
					t.Errorf("replay says %s", said)
				}
			})
		}
	}
}
