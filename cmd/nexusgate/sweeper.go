package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/store"
)

// sweeper looks through the repositories of one Nexus for what no webhook told: when its lane is taken,
// on a schedule, and when somebody asks. What it finds enters the inbox as deliveries of our own. Where a
// webhook comes at the same time, the fold takes both for one.
type sweeper struct {
	nexus    string
	lane     *lane
	store    *store.Store
	clients  map[gate.Forge]client
	budgets  *sweepBudgets
	replicas func() int // that an account's budget is divided among
	asked    *sweepRequests
	every    time.Duration // 0: only when somebody asks
	spread   func() float64
	silence  time.Duration
	hooksAt  string // where people reach the webhooks, "" where that is not known
	log      *slog.Logger
	now      func() time.Time

	mu      sync.Mutex
	hearing gate.Hearing

	silent  map[string]bool // components of which the log has told
	listens time.Time       // when it is looked at next who is silent
	looked  map[string]bool // repositories that a sweep of this process has come to, by key
}

// sweepLook is how often the sweeper looks for repositories that are listened to and were never swept,
// and for components that have fallen silent.
const sweepLook = 2 * time.Second

// run sweeps until ctx ends.
func (s *sweeper) run(ctx context.Context) {
	s.silent, s.looked = map[string]bool{}, map[string]bool{}
	if err := s.recall(ctx); err != nil {
		s.log.ErrorContext(ctx, "reading what earlier sweeps found; beginning anew", "nexus", s.nexus, "error", err)
	}
	rung, stop := s.asked.bell.listen()
	defer stop()
	due := s.now() // at once
	for ctx.Err() == nil {
		if request := s.asked.latest(); s.wanted(request, due) {
			s.round(ctx, request)
			due = s.now().Add(s.pace())
			continue
		}
		s.listen()
		timer := time.NewTimer(sweepLook)
		select {
		case <-ctx.Done():
		case <-rung:
		case <-timer.C:
		}
		timer.Stop()
	}
}

// wanted says whether to sweep now: somebody asks for it, it is time, or a repository was never looked at.
func (s *sweeper) wanted(request string, due time.Time) bool {
	if request > s.ends() {
		return true
	}
	return s.every > 0 && (!s.now().Before(due) || s.unswept())
}

// pace is the time to the next sweep: a quarter of it more or less, so that those of many Nexuses and
// replicas spread out.
func (s *sweeper) pace() time.Duration {
	return time.Duration(float64(s.every) * (0.75 + s.spread()/2))
}

// round looks through all repositories, those of one account in turn, the longest unseen first.
func (s *sweeper) round(ctx context.Context, request string) {
	s.begin(s.lane.listened())
	accounts := map[string][]gate.Known{}
	for _, k := range s.lane.known() {
		name := accountOf(k.Repo)
		accounts[name] = append(accounts[name], k)
	}
	var work sync.WaitGroup
	for name, known := range accounts {
		budget := s.budgets.account(name)
		budget.share(len(known), s.replicas(), s.now())
		work.Go(func() {
			for _, k := range s.longestUnseen(known) {
				(&sweepVisit{sweeper: s, known: k, budget: budget}).run(ctx)
			}
		})
	}
	work.Wait()
	s.end(ctx, request)
}

func (s *sweeper) begin(repos []gate.Repo) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range repos {
		s.looked[r.Key()] = true
	}
	s.hearing.Sweep = gate.Sweep{Began: s.now()}
}

// end concludes a sweep, and notes whose request it answers.
func (s *sweeper) end(ctx context.Context, request string) {
	if ctx.Err() != nil {
		return
	}
	s.mu.Lock()
	s.hearing.Sweep.Ended = s.now()
	if request != "" {
		s.hearing.Ends = request
	}
	sweep := s.hearing.Sweep
	s.mu.Unlock()
	if found := sweep.Found(); found > 0 {
		s.log.WarnContext(ctx, "a sweep found deliveries that never came", "nexus", s.nexus, "missed", found, "lag", sweep.Lag.Round(time.Second), "requests", sweep.Requests)
	}
	s.remember(ctx)
}

// hearingMark is the note in which the figures of a Nexus's sweeps are kept.
func hearingMark(nexus string) string { return "hearing " + nexus }

// recall goes on with the figures of earlier sweeps.
func (s *sweeper) recall(ctx context.Context) error {
	h, err := readHearing(ctx, s.store, s.nexus)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hearing = h
	return nil
}

// readHearing is what the sweeps of a Nexus came to, whoever made them.
func readHearing(ctx context.Context, kept *store.Store, nexus string) (gate.Hearing, error) {
	h := gate.Hearing{Nexus: nexus}
	body, err := kept.Mark(ctx, hearingMark(nexus))
	if errors.Is(err, store.ErrNotFound) {
		return h, nil
	}
	if err == nil {
		err = json.Unmarshal(body, &h)
	}
	if err != nil {
		return gate.Hearing{Nexus: nexus}, fmt.Errorf("reading what the sweeps of %s found: %w", nexus, err)
	}
	return h, nil
}

// remember keeps the figures, so that every replica shows them.
func (s *sweeper) remember(ctx context.Context) {
	s.mu.Lock()
	body, err := json.Marshal(s.hearing)
	s.mu.Unlock()
	if err == nil {
		err = s.lane.note(ctx, hearingMark(s.nexus), body)
	}
	if err != nil && ctx.Err() == nil && !errors.Is(err, store.ErrFenced) {
		s.log.ErrorContext(ctx, "keeping what a sweep found", "nexus", s.nexus, "error", err)
	}
}

func (s *sweeper) ends() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.hearing.Ends
}
