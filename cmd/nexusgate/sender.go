package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"time"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/forge"
	"github.com/nexusgate/nexusgate/gate/metrics"
	"github.com/nexusgate/nexusgate/gate/report"
	"github.com/nexusgate/nexusgate/gate/store"
)

// sender pays what a lane owes to the forges. A report is owed until its forge has taken it: sending is
// tried for ever, one report at a time for each account, so that a slow forge holds up itself alone.
type sender struct {
	keeper
	lane    *lane
	turns   *turns              // of the accounts, among all lanes
	among   func(gate.Repo) int // how many Nexuses report to the account of a repository
	clients map[gate.Forge]client
	metrics *metrics.Metrics
	log     *slog.Logger
	now     func() time.Time
	sites   forge.Sites
	root    string // address of the pages, "" where they have none

	accounts *accounts // that are being paid
}

// debtsAtOnce bounds what is read of the outbox at a time.
const debtsAtOnce = 256

// run pays until ctx ends, and returns when nothing is under way any more.
func (s *sender) run(ctx context.Context) {
	s.accounts = newAccounts(s.turns)
	defer s.accounts.work.Wait()
	owed, stop := s.lane.bell.listen()
	defer stop()
	var last time.Time
	for ctx.Err() == nil {
		now := s.now()
		err := s.heed(ctx, now, last)
		last = now
		var debts []store.Debt
		if err == nil {
			debts, err = s.store.Due(ctx, s.lane.name(), now, debtsAtOnce)
		}
		if err != nil {
			if ctx.Err() == nil {
				s.log.ErrorContext(ctx, "reading what is owed; trying again", "error", err)
			}
			pause(ctx, time.Second)
			continue
		}
		each(ctx, s.accounts, debts, func(d store.Debt) gate.Repo { return d.Repo }, func(d store.Debt) { s.pay(ctx, d) })
		s.wait(ctx, owed)
	}
}

// setBack is how far a clock goes back that was set, and not merely trimmed.
const setBack = 10 * time.Second

// heed has what was deferred due when the clock was set back since it was looked at last, or since the
// last step: to wait until it has caught up could be to wait for days.
func (s *sender) heed(ctx context.Context, now, last time.Time) error {
	by, err := wentBack(ctx, s.store, s.lane.name(), now, last)
	if err != nil || by < setBack {
		return err
	}
	s.log.WarnContext(ctx, "the clock was set back; what was to be sent later is sent now", "nexus", s.lane.name(), "by", by)
	return s.store.Hasten(ctx, s.lane.lease, now)
}

// wentBack is how far the clock went back since it was looked at last or, the first time, since a lane's last step.
func wentBack(ctx context.Context, from *store.Store, lane string, now, last time.Time) (by time.Duration, err error) {
	if last.IsZero() {
		if _, last, err = from.LastStep(ctx, lane); err != nil {
			return 0, err
		}
	}
	return last.Sub(now), nil
}

// wait sleeps until there may be something to send. A debt may be due already while its account is
// being paid, hence the least wait.
func (s *sender) wait(ctx context.Context, owed <-chan struct{}) {
	const least, most = 50 * time.Millisecond, time.Minute
	next := most
	if due, ok, err := s.store.NextDue(ctx, s.lane.name()); err == nil && ok {
		next = min(max(due.Sub(s.now()), least), most)
	}
	timer := time.NewTimer(next)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-owed:
	case <-s.accounts.free:
	case <-timer.C:
	}
}

// pay sends one report and notes what came of it.
func (s *sender) pay(ctx context.Context, d store.Debt) {
	key := d.Key()
	ctx = ofDelivery(ctx, d.Delivery)
	span := s.trace.Report(ctx, s.traceOf(ctx, d.Delivery), d.Owed, d.Attempts+1)
	ctx = span.Context(ctx)
	var remote int64
	err := safely(func() (err error) {
		remote, err = s.send(ctx, d)
		return err
	})
	span.End(err)
	if errors.Is(err, store.ErrOutdated) || (err != nil && (ctx.Err() != nil || s.lane.tenure.holds() != nil)) {
		return
	}
	if err == nil {
		// The forge has it: that is noted also while the service ends, or the report would be sent again.
		if err = s.store.Taken(context.WithoutCancel(ctx), s.lane.lease, key, d.Version, remote); err == nil {
			s.metrics.ReportTaken(d.Nexus, s.now().Sub(d.Received))
			return
		}
		if errors.Is(err, store.ErrFenced) {
			return // whoever has the lane now finds that it was tried, and looks for it at the forge
		}
	}
	if err := s.putOff(ctx, d, remote, err); err != nil && ctx.Err() == nil && !errors.Is(err, store.ErrFenced) {
		s.log.ErrorContext(ctx, "putting a report off", "error", err)
		pause(ctx, time.Second) // it is due already, and the store takes nothing
	}
}

// putOff notes why a report was not taken, and when it is sent again. To be left alone by the forge's wish is
// no attempt, unless a part was sent before; what somebody has to mend first is tried more rarely.
func (s *sender) putOff(ctx context.Context, d store.Debt, remote int64, why error) error {
	later, ok := errors.AsType[*forge.Later](why)
	switch {
	case ok && (remote == 0 || remote == d.Remote):
		return s.store.PutBack(ctx, s.lane.lease, d, later.Until, later.Reason)
	case ok:
		return s.store.Defer(ctx, s.lane.lease, d.Key(), later.Until, later.Reason)
	}
	attempts := d.Attempts
	if forge.Permanent(why) {
		attempts += ofAMinute
	}
	until := s.now().Add(backoff(attempts))
	s.log.WarnContext(ctx, "a report was not taken; it stays owed", "nexus", d.Nexus, "check", d.Check, "repository", d.Repo.String(),
		"commit", d.Commit, "attempts", d.Attempts+1, "again", until, "error", why)
	return s.store.Defer(ctx, s.lane.lease, d.Key(), until, why.Error())
}

func (s *sender) send(ctx context.Context, d store.Debt) (remote int64, err error) {
	to, ok := s.clients[d.Repo.Forge]
	if !ok {
		return 0, &forge.Later{Until: s.now().Add(longestBackoff), Reason: string(d.Repo.Forge) + " is not configured"}
	}
	if err := s.lane.tenure.holds(); err != nil {
		return 0, err
	}
	verdict, err := s.store.Verdict(ctx, d.Verdict)
	if err != nil {
		return 0, fmt.Errorf("finding the verdict to report: %w", err)
	}
	if err := s.store.Try(ctx, s.lane.lease, d.Key(), d.Version); err != nil {
		return 0, err
	}
	return to.Post(ctx, forge.Post{Owed: d.Owed, Says: s.sites.Only(verdict), Remote: d.Remote, Tried: d.Tried, Links: s.links(d), Among: s.among(d.Repo)})
}

func (s *sender) links(d store.Debt) report.Links {
	if s.root == "" {
		return report.Links{}
	}
	links := report.Links{Verdict: s.root + "/verdicts/" + url.PathEscape(d.Verdict)}
	if d.Superseded != "" && d.Subject.Kind == gate.OfIncrement {
		links.Successor = s.root + "/nexus/" + url.PathEscape(d.Nexus)
	}
	return links
}

// longestBackoff bounds how rarely a report is tried: a forge that comes back has it within that time.
const longestBackoff = 15 * time.Minute

// ofAMinute is how many attempts a backoff of a minute is after.
const ofAMinute = 6

// backoff doubles from one second.
func backoff(attempts int) time.Duration {
	return min(time.Second<<min(attempts, 20), longestBackoff)
}
