package main

import (
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/nexusgate/nexusgate/webhook"
)

// complaint tells of deliveries that were answered 503: once when it begins, once for each other reason,
// and once when it is over. How many there were in the meantime is what the metric is for.
type complaint struct {
	log *slog.Logger
	now func() time.Time

	mu    sync.Mutex
	since time.Time       // zero: there is nothing to complain of
	last  time.Time       // when a delivery was turned away last
	many  int             // since then
	told  map[string]bool // the reasons
}

// calm is how long nothing must have been turned away for a trouble to be over.
const calm = 10 * time.Second

// note takes what kept a delivery from being taken, or nil; of one that was proved, under the forge's own id of it:
// it has none of ours.
func (c *complaint) note(key string, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch now := c.now(); {
	case err != nil:
		c.turnedAway(key, err, now)
	case !c.since.IsZero() && now.Sub(c.last) >= calm:
		c.log.Info("deliveries are taken again", "turned_away", c.many, "after", now.Sub(c.since).Round(time.Second))
		c.since, c.many, c.told = time.Time{}, 0, nil
	}
}

func (c *complaint) turnedAway(key string, err error, now time.Time) {
	if c.since.IsZero() {
		c.since, c.told = now, map[string]bool{}
	}
	c.last = now
	c.many++
	reason := "the store"
	if full := webhook.Full(""); errors.As(err, &full) {
		reason = string(full)
	}
	if !c.told[reason] {
		c.told[reason] = true
		c.log.Error("deliveries are answered 503; what is missed is asked for again later", "key", key, "reason", err)
	}
}
