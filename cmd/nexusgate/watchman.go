package main

import (
	"context"
	"fmt"
	"time"

	"github.com/nexusgate/nexusgate/gate"
)

// watchman judges what was released in a lane's Nexus, by the door's own question: what is in no done Increment raises
// an alarm, which ends when it is.
type watchman struct {
	s    *server
	lane *lane
	next map[string]time.Time // when each release is judged again, by key
}

// run watches until ctx ends.
func (w *watchman) run(ctx context.Context) {
	w.next = map[string]time.Time{}
	changed, stop := w.lane.bell.listen()
	defer stop()
	for ctx.Err() == nil {
		releases := ofLedger(w.lane, func(l *gate.Ledger) []gate.Release { return l.Releases(w.lane.name()) })
		again := map[string]time.Time{}
		for i := range releases {
			if r := &releases[i]; r.Open() {
				again[r.Key] = w.watch(ctx, r)
			}
		}
		w.next = again
		untilAsked(ctx, changed, len(w.next) > 0)
	}
}

// watch judges a release whose turn has come, and says when it has again.
func (w *watchman) watch(ctx context.Context, r *gate.Release) (again time.Time) {
	now := w.s.config.now()
	if next := w.next[r.Key]; now.Before(next) && !r.Anew() {
		return next
	}
	if err := w.judge(ctx, r, now); err != nil && ctx.Err() == nil {
		w.s.log.ErrorContext(ctx, "a release was published, and it cannot be said whether it is of a done Increment; trying again",
			"nexus", r.Nexus, "repository", r.Repo.String(), "tag", r.Tag, "error", err)
	}
	if r.Anew() {
		return now
	}
	return now.Add(watchedAgain(now.Sub(r.Began)))
}

// watchedAgain is how soon a release is judged again: at once at first, and once a minute where it has been open for
// an hour, since what lands otherwise changes little of it.
func watchedAgain(open time.Duration) time.Duration {
	return min(max(open/60, 0), time.Minute)
}

// judge keeps what the door says of a release, where that is news.
func (w *watchman) judge(ctx context.Context, r *gate.Release, now time.Time) error {
	a := &doorAsked{s: w.s, nexus: r.Nexus, repo: r.Repo, commit: r.Commit}
	var says gate.Answer
	if r.Commit != "" {
		var err error
		if says, err = a.ask(ctx); err != nil {
			return err
		}
	}
	e, news := r.Judge(says, a.told(says).Page, now)
	if !news {
		return nil
	}
	own, err := gate.Own(w.s.store.NewID(), e, now)
	if err != nil {
		return err
	}
	own.Lane, own.Key = r.Nexus, fmt.Sprintf("release/%s/%d/%d/%s/%v", r.Key, r.Told, r.Times, e.Outcome, e.Alarm)
	_, err = w.s.inbox.Keep(ctx, own)
	return err
}
