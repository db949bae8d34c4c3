package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/report"
	"github.com/nexusgate/nexusgate/gate/store"
)

// sweepCommand has the services that are at work on a store look for what no webhook told.
type sweepCommand struct {
	Store  string        `required:"" placeholder:"DSN" help:"The store of a service, as sqlite:nexusgate.db."`
	Within time.Duration `default:"10m" placeholder:"DURATION" help:"How long to wait for it to end."`
}

// Help is what the command's help says besides its flags.
func (*sweepCommand) Help() string {
	return `A note in the store asks whoever is at work on it to look through every
repository now: branch heads, open changes, checks, statuses, pipelines. What
no webhook told enters the inbox and is judged as ever. A line for each Nexus
says what was found, how late, and what it took.

A service sweeps by itself when it starts and every hour (serve --sweep), so
where none is running there is nothing to wait for.

Exit codes: 0 everything was looked through and nothing had been missed,
1 something had been missed, 2 it did not end in time or not all repositories
could be looked through, 3 an error.

Example:
  nexusgate sweep --store sqlite:nexusgate.db`
}

// Run is the command.
func (c *sweepCommand) Run(ctx context.Context, s streams) (said answer, err error) {
	ctx, stop := untilSignal(ctx)
	defer stop()
	kept, err := store.OpenToRead(ctx, c.Store)
	if err != nil {
		return failed, err
	}
	defer func() { err = errors.Join(err, kept.Close()) }()
	w := &sweepWait{name: store.Redact(c.Store), kept: kept, out: s, beats: map[string]store.Lane{}, moved: time.Now()}
	if w.request, err = c.ask(ctx); err != nil {
		return failed, err
	}
	ctx, stop = context.WithTimeout(ctx, c.Within)
	defer stop()
	return w.run(ctx)
}

// ask leaves the note.
func (c *sweepCommand) ask(ctx context.Context) (id string, err error) {
	now := time.Now().UTC()
	id = fmt.Sprintf("%016x-%s", now.UnixMicro(), rand.Text()[:8])
	body, err := json.Marshal(sweepRequest{ID: id, At: now})
	if err != nil {
		return "", fmt.Errorf("asking for a sweep: %w", err)
	}
	return id, store.Leave(ctx, c.Store, sweepMark, body)
}

// sweepWait waits until every Nexus was swept.
type sweepWait struct {
	name    string // of the store
	kept    *store.Store
	out     streams
	request string

	beats map[string]store.Lane // as they were seen last
	moved time.Time             // when one of them last moved
	told  map[string]bool
	said  answer
}

// Whoever holds a lane gives a sign of life every second.
const (
	sweepWatched  = 200 * time.Millisecond
	sweepDeserted = 10 * time.Second
)

func (w *sweepWait) run(ctx context.Context) (answer, error) {
	w.told, w.said = map[string]bool{}, yes
	for {
		left, err := w.look(ctx)
		switch {
		case ctx.Err() != nil:
			return w.late(left)
		case err != nil:
			return failed, err
		case len(left) == 0:
			return w.said, nil
		case time.Since(w.moved) > sweepDeserted:
			return failed, fmt.Errorf("nobody is at work on %s; start the service, which sweeps when it starts", w.name)
		}
		pause(ctx, sweepWatched)
	}
}

// look tells of each Nexus whose sweep has ended, and lists the others.
func (w *sweepWait) look(ctx context.Context) (left []string, err error) {
	lanes, err := w.kept.Lanes(ctx)
	if err != nil {
		return nil, err
	}
	for _, l := range lanes {
		if l != w.beats[l.Name] {
			w.beats[l.Name], w.moved = l, time.Now()
		}
		if l.Name == store.Common || w.told[l.Name] {
			continue
		}
		h, err := readHearing(ctx, w.kept, l.Name)
		if err != nil {
			return nil, err
		}
		if h.Ends < w.request {
			left = append(left, l.Name)
			continue
		}
		w.told[l.Name] = true
		if err := w.tell(h); err != nil {
			return nil, err
		}
	}
	return left, nil
}

// tell says what a sweep came to.
func (w *sweepWait) tell(h gate.Hearing) error {
	sweep := h.Sweep
	switch {
	case sweep.Found() > 0 && w.said == yes:
		w.said = no
	case sweep.Partial > 0:
		w.said = notYet
	}
	if _, err := fmt.Fprintf(w.out.out, "%s: %s\n", h.Nexus, sweepWords(sweep)); err != nil {
		return fmt.Errorf("telling what a sweep found: %w", err)
	}
	for _, r := range h.Repos {
		if r.Trouble != "" {
			fmt.Fprintf(w.out.out, "  %s was not seen to the end: %s\n", r.Repo, r.Trouble)
		}
		for _, hook := range r.Hooks {
			fmt.Fprintf(w.out.out, "  %s: its webhook to %s is disabled\n", r.Repo, hook.URL)
		}
	}
	return nil
}

// sweepWords are "3 repositories, 2 missed deliveries found (check_run 1, head 1), up to 12 min late,
// 41 requests (30 unchanged)".
func sweepWords(s gate.Sweep) string {
	words := []string{count(s.Repos, "repository", "repositories")}
	if n := int(s.Found()); n == 0 {
		words = append(words, "nothing was missed")
	} else {
		var kinds []string
		for _, m := range s.Missed {
			kinds = append(kinds, fmt.Sprintf("%s %d", m.Event, m.Count))
		}
		words = append(words, count(n, "missed delivery", "missed deliveries")+" found ("+strings.Join(kinds, ", ")+")")
	}
	if s.Lag > 0 {
		words = append(words, "up to "+report.Left(s.Lag)+" late")
	}
	requests := count(int(s.Requests), "request", "requests")
	if s.Unchanged > 0 {
		requests += fmt.Sprintf(" (%d unchanged)", s.Unchanged)
	}
	return strings.Join(append(words, requests), ", ")
}

func (w *sweepWait) late(left []string) (answer, error) {
	for _, name := range left {
		if _, err := fmt.Fprintf(w.out.out, "%s: its sweep has not ended; it goes on\n", name); err != nil {
			return failed, fmt.Errorf("telling what a sweep found: %w", err)
		}
	}
	return notYet, nil
}
