package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/forge"
	"github.com/nexusgate/nexusgate/gate/store"
)

// runner has the forges do what a lane's Nexus wants done besides its reports. It is tried for ever, one errand at
// a time for each account. What came of one is kept as a delivery of our own before the errand is let go of.
type runner struct {
	keeper
	lane    *lane
	turns   *turns              // of the accounts, among all lanes
	among   func(gate.Repo) int // how many Nexuses have something done at the account of a repository
	clients map[gate.Forge]client
	log     *slog.Logger
	now     func() time.Time
	// opens says whether the door is open now for what an approval lets through, and why.
	opens func(context.Context, gate.DeploymentAnswer, gate.Repo) (open bool, why string, err error)

	carrier *carrier // of briefs

	accounts *accounts // at which something is being done
}

// errandsAtOnce bounds what is read of the errands at a time.
const errandsAtOnce = 64

// run has errands done until ctx ends, and returns when nothing is under way any more.
func (r *runner) run(ctx context.Context) {
	r.accounts = newAccounts(r.turns)
	defer r.accounts.work.Wait()
	made, stop := r.lane.bell.listen()
	defer stop()
	var last time.Time
	for ctx.Err() == nil {
		now := r.now()
		err := r.heed(ctx, now, last)
		last = now
		var due []store.Outstanding
		if err == nil {
			due, err = r.store.Errands(ctx, r.lane.name(), now, errandsAtOnce)
		}
		if err != nil {
			if ctx.Err() == nil {
				r.log.ErrorContext(ctx, "reading what is to be done at the forges; trying again", "error", err)
			}
			pause(ctx, time.Second)
			continue
		}
		each(ctx, r.accounts, due, func(e store.Outstanding) gate.Repo { return e.Repo }, func(e store.Outstanding) { r.do(ctx, e) })
		r.wait(ctx, made)
	}
}

// heed has errands due when the clock was set back, as the sender has reports.
func (r *runner) heed(ctx context.Context, now, last time.Time) error {
	by, err := wentBack(ctx, r.store, r.lane.name(), now, last)
	if err != nil || by < setBack {
		return err
	}
	return r.store.HastenErrands(ctx, r.lane.lease, now)
}

// wait sleeps until there may be something to do. An errand may be due already while its account is busy, hence
// the least wait.
func (r *runner) wait(ctx context.Context, made <-chan struct{}) {
	const least, most = 50 * time.Millisecond, time.Minute
	next := most
	if due, ok, err := r.store.NextErrand(ctx, r.lane.name()); err == nil && ok {
		next = min(max(due.Sub(r.now()), least), most)
	}
	timer := time.NewTimer(next)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-made:
	case <-r.accounts.free:
	case <-timer.C:
	}
}

// do has one errand done, and notes what came of it.
func (r *runner) do(ctx context.Context, e store.Outstanding) {
	ctx = ofDelivery(ctx, e.Delivery)
	span := r.trace.Errand(ctx, r.traceOf(ctx, e.Delivery), e.Errand, e.Attempts+1)
	ctx = span.Context(ctx)
	var done gate.ErrandDone
	err := safely(func() (err error) {
		done, err = r.ask(ctx, e)
		return err
	})
	span.End(err)
	if errors.Is(err, store.ErrOutdated) || (err != nil && (ctx.Err() != nil || r.lane.tenure.holds() != nil)) {
		return
	}
	if err == nil {
		// The forge has done it: that is noted also while the service ends.
		if err = r.end(context.WithoutCancel(ctx), e, done); err == nil || errors.Is(err, store.ErrFenced) {
			return // whoever has the lane now finds that it was tried, and looks for what came of it
		}
	}
	if err := r.putOff(ctx, e, err); err != nil && ctx.Err() == nil && !errors.Is(err, store.ErrFenced) && !errors.Is(err, store.ErrOutdated) {
		r.log.ErrorContext(ctx, "putting an errand off", "error", err)
		pause(ctx, time.Second) // it is due already, and the store takes nothing
	}
}

func (r *runner) ask(ctx context.Context, e store.Outstanding) (done gate.ErrandDone, err error) {
	to, ok := r.clients[e.Repo.Forge]
	if !ok && e.Kind != gate.BriefErrand {
		return done, &forge.Later{Until: r.now().Add(longestBackoff), Reason: string(e.Repo.Forge) + " is not configured"}
	}
	if err := r.lane.tenure.holds(); err != nil {
		return done, err
	}
	if given, err := r.approves(ctx, e); err != nil || !given {
		done.Repo, done.Refused = e.Repo, tooLate
		return done, err
	}
	if err := r.store.RunErrand(ctx, r.lane.lease, e.Key, e.Version); err != nil {
		return done, err
	}
	if e.Kind == gate.BriefErrand {
		return r.carrier.brings(ctx, e, r.among(e.Repo))
	}
	return to.Run(ctx, forge.Errand{Errand: e.Errand, Tried: e.Tried, Attempts: e.Attempts, Among: r.among(e.Repo)})
}

// end keeps what came of an errand, once however often it is tried, and then lets go of the errand. One that took
// its place stays.
func (r *runner) end(ctx context.Context, e store.Outstanding, done gate.ErrandDone) error {
	done.Nexus, done.Key, done.Kind = e.Nexus, e.Key, e.Kind
	if done.At.IsZero() {
		done.At = r.now()
	}
	if done.Refused != "" {
		r.log.WarnContext(ctx, "an errand was refused", "nexus", e.Nexus, "errand", e.Kind, "repository", e.Repo.String(), "why", done.Refused)
	}
	d, err := gate.Own(r.store.NewID(), done, r.now())
	if err != nil {
		return err
	}
	d.Lane, d.Key = r.lane.name(), fmt.Sprintf("%s/%d/%d", e.Mark(), e.Made.UnixMicro(), e.Version)
	if _, err := r.Keep(ctx, d); err != nil {
		return err
	}
	err = r.store.EndErrand(ctx, r.lane.lease, e.Key, e.Version)
	if errors.Is(err, store.ErrOutdated) {
		return nil
	}
	return err
}

// putOff notes why an errand was not done, whether it may have been all the same, and when it is tried again. To be
// left alone by the forge's wish is no attempt; what somebody has to mend first is tried more rarely.
func (r *runner) putOff(ctx context.Context, e store.Outstanding, why error) error {
	begun, later := (*forge.Begun)(nil), (*forge.Later)(nil)
	switch acted, wait := errors.As(why, &begun), errors.As(why, &later); {
	case wait && !acted:
		return r.store.PutBackErrand(ctx, r.lane.lease, e, later.Until, later.Reason)
	case wait:
		e.Tried = true
		return r.store.DeferErrand(ctx, r.lane.lease, e, later.Until, later.Reason)
	}
	attempts := e.Attempts
	if forge.Permanent(why) {
		attempts += ofAMinute
	}
	until := r.now().Add(backoff(attempts))
	r.log.WarnContext(ctx, "an errand was not done; it is tried again", "nexus", e.Nexus, "errand", e.Kind, "repository", e.Repo.String(),
		"attempts", e.Attempts+1, "again", until, "error", why)
	e.Tried = e.Tried || !forge.Declined(why)
	return r.store.DeferErrand(ctx, r.lane.lease, e, until, why.Error())
}
