package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/forge"
)

// accountOf is what a forge counts its limits by: an installation of the App, or the token.
func accountOf(r gate.Repo) string { return fmt.Sprintf("%s %d", r.Forge, r.Installation) }

// longestUnseen orders repositories by when they were last swept to the end.
func (s *sweeper) longestUnseen(known []gate.Known) []gate.Known {
	s.mu.Lock()
	defer s.mu.Unlock()
	slices.SortStableFunc(known, func(a, b gate.Known) int {
		return s.hearing.Heard(a.Repo).Swept.Compare(s.hearing.Heard(b.Repo).Swept)
	})
	return known
}

// unswept says whether a repository is listened to that was never swept to the end, and not tried by this
// process.
func (s *sweeper) unswept() bool {
	repos := s.lane.listened()
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.ContainsFunc(repos, func(r gate.Repo) bool {
		return !s.looked[r.Key()] && s.hearing.Heard(r).Swept.IsZero()
	})
}

// sweepVisit is the sweep of one repository.
type sweepVisit struct {
	*sweeper
	known  gate.Known
	budget *sweepBudget
	last   time.Time // when the repository was last swept to the end
	items  bool      // its issues were looked through
	listed time.Time // when all the open ones of them last were
}

// run sweeps a repository to its end, in as many parts as the budget and the forge make of it.
func (v *sweepVisit) run(ctx context.Context) {
	v.mu.Lock()
	heard := v.hearing.Heard(v.known.Repo)
	v.hearing.Sweep.Repos++
	v.mu.Unlock()
	heard.Repo = v.known.Repo
	v.last, v.listed = heard.Swept, heard.Items
	err := v.whole(ctx, &heard, heard.Swept.IsZero())
	if ctx.Err() != nil {
		return
	}
	heard.Trouble = ""
	if err != nil {
		heard.Trouble = clipped(err.Error(), 300)
		v.log.WarnContext(ctx, "a repository was not swept to the end; the next sweep goes on there", "nexus", v.nexus, "repository", v.known.Repo.String(), "error", err)
	} else {
		heard.Swept, heard.Next = v.now(), 0
		v.hooks(ctx, &heard)
	}
	v.mu.Lock()
	v.hearing.Hear(heard)
	if err != nil {
		v.hearing.Sweep.Partial++
	}
	v.mu.Unlock()
	v.remember(ctx)
}

// patience is how long a sweep waits for a forge that wants to be left alone.
const patience = time.Hour

// whole sweeps part after part, until the turn of every change has come. What was found holds, also where
// the forge then refuses.
func (v *sweepVisit) whole(ctx context.Context, heard *gate.RepoHear, first bool) error {
	from, ok := v.clients[v.known.Repo.Forge]
	if !ok {
		return fmt.Errorf("%s is off", v.known.Repo.Forge)
	}
	start := heard.Next
	for ctx.Err() == nil {
		calls, wait := v.budget.take(v.now())
		if calls == 0 {
			pause(ctx, wait)
			continue
		}
		of := v.of(heard.Next, calls)
		swept, err := from.Sweep(ctx, of)
		v.spend(swept.Spent)
		if kept := v.keep(ctx, swept, first); kept != nil {
			return kept
		}
		if v.items = v.items || swept.Items; swept.Items && of.AllItems {
			heard.Items = v.now()
		}
		was := heard.Next
		heard.Next, heard.Hidden = swept.Next, swept.Hidden
		later, isLater := errors.AsType[*forge.Later](err)
		switch {
		case isLater && later.Until.Sub(v.now()) <= patience:
			v.part(ctx, *heard)
			pause(ctx, max(later.Until.Sub(v.now()), time.Second))
		case err != nil:
			return err
		case !swept.Partial || wentBy(start, was, swept.Next):
			return nil
		case swept.Next == was:
			return fmt.Errorf("%d requests did not get it any further", calls)
		default:
			v.part(ctx, *heard)
		}
	}
	return ctx.Err()
}

// wentBy says whether the way from one change to another, which begins again after the last one, leads
// over a third.
func wentBy(start, from, to int) bool {
	if from <= to {
		return from < start && start <= to
	}
	return start > from || start <= to
}

// part notes how far a sweep has come, for a restart to go on there.
func (v *sweepVisit) part(ctx context.Context, heard gate.RepoHear) {
	v.mu.Lock()
	v.hearing.Hear(heard)
	v.mu.Unlock()
	v.remember(ctx)
}

func (v *sweepVisit) spend(s forge.Spent) {
	v.budget.spend(s, v.known.Repo.Forge == gate.GitHub)
	v.mu.Lock()
	defer v.mu.Unlock()
	v.hearing.Spend(v.known.Repo.Forge, s.Requests, s.Unchanged)
}

// sweepOverlap is how far back before the last sweep merged changes are looked at once more: what tests
// them may have ended later, and clocks differ.
const sweepOverlap = time.Hour

// of is what the forge is asked for.
func (v *sweepVisit) of(next, calls int) forge.SweepOf {
	of := forge.SweepOf{Repo: v.known.Repo, From: next, Calls: calls, Runs: v.known.Runs, Deploys: v.known.Deploys, Releases: v.known.Releases}
	if !v.last.IsZero() {
		of.Since = v.last.Add(-sweepOverlap)
	}
	v.ofItems(&of)
	for _, b := range v.known.Branches {
		of.Branches = append(of.Branches, forge.Branch{Name: b.Name, Covers: b.Covers})
	}
	for _, c := range v.known.Changes {
		of.Changes = append(of.Changes, forge.Change{Number: c.Number, Head: c.Head, Updated: c.UpdatedAt, Approvers: c.Approvers, Against: c.Against})
	}
	for _, g := range v.known.Groups {
		of.Groups = append(of.Groups, forge.Group(g))
	}
	return of
}

// itemsAnew is how often all issues that are open are looked through, and not those alone that were updated.
const itemsAnew = 24 * time.Hour

func (v *sweepVisit) ofItems(of *forge.SweepOf) {
	of.Items = v.known.Backlog && !v.items
	of.AllItems = v.now().Sub(v.listed) >= itemsAnew
	if !v.listed.IsZero() {
		of.ItemsSince = of.Since
	}
	for _, i := range v.known.Items {
		of.Open = append(of.Open, forge.Item(i))
	}
}

// headWord is what a head is counted as that no push told of.
const headWord = "head"

// keep brings into the inbox what is news. What came before a repository, or its issues,
// were ever looked through was not missed.
func (v *sweepVisit) keep(ctx context.Context, swept forge.Swept, first bool) error {
	v.lane.caughtUp(ctx)
	for _, head := range swept.Heads {
		if err := v.tell(ctx, head, headWord, first); err != nil {
			return err
		}
	}
	for _, found := range swept.Found {
		unasked := v.listed.IsZero() && slices.Contains([]string{"issues", "Issue Hook"}, found.Event)
		if err := v.tell(ctx, found, found.Event, first || unasked); err != nil {
			return err
		}
	}
	return nil
}

func (v *sweepVisit) tell(ctx context.Context, e gate.Event, word string, first bool) error {
	d, err := gate.Own(v.store.NewID(), e, v.now())
	if err != nil {
		return err
	}
	d.Lane = v.nexus
	events, err := v.lane.decode.safely(d)
	if err != nil {
		return fmt.Errorf("what the forge answered makes no delivery: %w", err)
	}
	if !v.lane.news(d, events) {
		return nil
	}
	if _, err := (keeper{v.store, v.lane.trace}).Keep(ctx, d); err != nil {
		return fmt.Errorf("keeping what was found: %w", err)
	}
	if !first {
		v.mu.Lock()
		defer v.mu.Unlock()
		v.hearing.Miss(v.known.Repo.Forge, word, late(d.Received, events))
	}
	return nil
}

// late is how long ago it happened, by the forge's own clock; 0 where it does not tell.
func late(found time.Time, events []gate.Event) time.Duration {
	for _, e := range events {
		if at := gate.EventTime(e); !at.IsZero() {
			return max(found.Sub(at), 0)
		}
	}
	return 0
}

// hookTeller is a forge that tells how its webhooks are.
type hookTeller interface {
	Hooks(ctx context.Context, repo gate.Repo, ours string) (forge.Hooks, error)
}

// hooks reads whether the forge has switched off a webhook to us.
func (v *sweepVisit) hooks(ctx context.Context, heard *gate.RepoHear) {
	from, ok := v.clients[v.known.Repo.Forge].(hookTeller)
	if !ok {
		return
	}
	read, err := from.Hooks(ctx, v.known.Repo, v.hooksAt)
	v.spend(read.Spent)
	if err != nil {
		if ctx.Err() == nil {
			v.log.WarnContext(ctx, "the webhooks of a project were not read", "nexus", v.nexus, "repository", v.known.Repo.String(), "error", err)
		}
		return
	}
	if read.Hidden && !slices.Contains(heard.Hidden, "list_hooks") {
		heard.Hidden = append(heard.Hidden, "list_hooks")
	}
	known, ours := heard.Hooks, toUs(read.Hooks)
	heard.Hooks, heard.Lacks = nil, slices.DeleteFunc(lackedByAll(ours), func(event string) bool {
		return !v.makesUseOf(event)
	})
	for _, h := range ours {
		if h.Status == forge.HookPaused || h.Status == forge.HookOff {
			heard.Hooks = append(heard.Hooks, v.disabled(h, known))
		}
	}
}

// makesUseOf says whether a Nexus does something with what an event of GitLab's tells of this repository.
func (v *sweepVisit) makesUseOf(event string) bool {
	for _, e := range forge.HookEvents() {
		if e.Header == event {
			uses := map[forge.Use]bool{
				forge.Always: true, forge.Deployments: v.known.Deploys, forge.Releases: v.known.Releases, forge.Backlog: v.known.Backlog,
			}
			return uses[e.For]
		}
	}
	return false
}

// toUs are the webhooks at the address of ours, and where none is, those that look like it: it may be
// known under another name over there.
func toUs(all []forge.Hook) (ours []forge.Hook) {
	for _, is := range []func(forge.Hook) bool{
		func(h forge.Hook) bool { return h.Ours },
		func(h forge.Hook) bool { return strings.HasSuffix(strings.TrimRight(h.URL, "/"), "/webhook/gitlab") },
	} {
		for _, h := range all {
			if is(h) {
				ours = append(ours, h)
			}
		}
		if len(ours) > 0 {
			break
		}
	}
	return ours
}

// lackedByAll are the events that no webhook is set for, where there are webhooks at all.
func lackedByAll(hooks []forge.Hook) (lacks []string) {
	if len(hooks) == 0 {
		return nil
	}
	for _, event := range hooks[0].Lacks {
		if !slices.ContainsFunc(hooks, func(h forge.Hook) bool { return !slices.Contains(h.Lacks, event) }) {
			lacks = append(lacks, event)
		}
	}
	return lacks
}

// disabled is a webhook that is switched off. The log tells of it once.
func (v *sweepVisit) disabled(h forge.Hook, known []gate.Hook) gate.Hook {
	said := gate.Hook{ID: h.ID, URL: h.URL, Since: v.now(), Until: h.Until}
	if at := slices.IndexFunc(known, func(k gate.Hook) bool { return k.ID == h.ID }); at >= 0 {
		said.Since = known[at].Since
		return said
	}
	until := "somebody tests or enables it"
	if !h.Until.IsZero() {
		until = h.Until.UTC().Format(time.RFC3339)
	}
	v.log.Warn("a webhook was disabled by its forge, which had no good answer from us; what is missed is found by sweeps alone",
		"nexus", v.nexus, "repository", v.known.Repo.String(), "hook", cmp.Or(h.URL, "?"), "until", until)
	return said
}
