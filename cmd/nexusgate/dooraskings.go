package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/store"
)

// asked finds out who asks, and about which Nexus. A job asks about its own.
func (d *doorman) asked(r *http.Request, q question) (*doorAsked, error) {
	a, by := &doorAsked{s: d.s, q: q}, callerOf(r.Context())
	err := a.place(by)
	if err != nil {
		return nil, err
	}
	if by.isJob() && by.job.Environment != "" {
		if q.Environment != "" && !strings.EqualFold(q.Environment, by.job.Environment) {
			return nil, refusing(http.StatusForbidden, "the job deploys to %s, and asks about %s", by.job.Environment, q.Environment)
		}
		a.q.Environment = by.job.Environment
	}
	if a.nexus, err = d.nexus(r.Context(), by, a); err != nil {
		return nil, err
	}
	return a, a.number(r.Context())
}

// place is the repository and the commit that go out; none where the question names components or an Increment.
func (a *doorAsked) place(by caller) error {
	q := &a.q
	forge, name, _ := strings.Cut(q.Repo, ":")
	a.repo, a.commit = gate.Repo{Forge: gate.Forge(forge), Name: name}, q.Commit
	switch {
	case by.isJob() && q.Repo != "" && !strings.EqualFold(q.Repo, by.job.Repo.String()):
		return refusing(http.StatusForbidden, "the token is of a job of %s, and it is good for nothing else", by.job.Repo)
	case by.isJob():
		a.repo = by.job.Repo
		if q.Commit == "" && len(q.Components) == 0 && q.Increment == "" {
			a.commit = by.job.Commit
		}
	case by.evidenceToken.repo != "" && !strings.EqualFold(by.evidenceToken.repo, q.Repo):
		return refusing(http.StatusForbidden, "the token is for %s alone", by.evidenceToken.repo)
	case q.Commit != "" && name == "":
		return refusing(http.StatusBadRequest, "name the repository that the commit is of, such as github:acme/cart-api")
	}
	if a.commit == "" && len(q.Components) == 0 && q.Increment == "" {
		return refusing(http.StatusBadRequest, "say what is to go out: a commit, components, or an Increment")
	}
	if a.commit == "" {
		return nil
	}
	_, err := wholeCommit(a.commit)
	return err
}

// nexus is the one that the question is about.
func (d *doorman) nexus(ctx context.Context, by caller, a *doorAsked) (nexus string, err error) {
	var those []string
	for _, name := range d.s.lanes.every() {
		if a.q.Nexus != "" && a.q.Nexus != name || by.nexus != "" && by.nexus != name || !d.s.knows(name) {
			continue
		}
		if a.repo.Name == "" {
			those = append(those, name)
		} else if known, takes := d.s.takes(name, a.repo); takes {
			a.repo, those = known, append(those, name)
		}
	}
	switch {
	case len(those) == 1:
		return those[0], nil
	case len(those) > 1:
		return "", refusing(http.StatusBadRequest, "several Nexuses may be meant: %s; name one", strings.Join(those, ", "))
	}
	if _, err := d.s.store.Counts(ctx); err != nil {
		return "", err
	}
	switch {
	case !d.s.homes.known():
		return "", refusing(http.StatusServiceUnavailable, "not all definitions have been read yet: try again in a moment")
	case a.repo.Name != "":
		return "", refusing(http.StatusForbidden, "%s is no repository of %s: it has to hold a component, or the definition", a.repo, orANexus(a.q.Nexus))
	default:
		return "", refusing(http.StatusNotFound, "there is no Nexus %q here", a.q.Nexus)
	}
}

func orANexus(name string) string {
	if name == "" {
		return "a Nexus here"
	}
	return name
}

// number has an Increment that is named by its number be asked for by its composition.
func (a *doorAsked) number(ctx context.Context) error {
	which := a.q.Increment
	if which == "" || which == gate.HeadIncrement || which == gate.LastDoneIncrement || strings.HasPrefix(which, "sha256:") {
		return nil
	}
	number, err := strconv.ParseInt(which, 10, 64)
	if err != nil || number < 1 {
		return refusing(http.StatusBadRequest, "%.80q is no Increment: write head, last-done, a number or the digest of a composition", which)
	}
	i, err := a.s.store.Increment(ctx, a.nexus, number)
	if errors.Is(err, store.ErrNotFound) {
		return refusing(http.StatusNotFound, "%s has no Increment %d", a.nexus, number)
	}
	a.q.Increment = i.Digest
	return err
}

// ask asks the ledger as it stands now. The store is asked first: while it does not answer, the door is shut.
func (a *doorAsked) ask(ctx context.Context) (answer gate.Answer, err error) {
	components, why := a.q.Components, ""
	if a.commit != "" {
		if err := a.s.lanes.askSure(a.nexus, func(l *gate.Ledger) {
			components, why = l.Deploys(a.nexus, a.q.Environment, a.repo, a.commit)
		}); err != nil {
			return answer, err
		}
	}
	increments, err := a.increments(ctx, components)
	switch {
	case err != nil:
		return answer, fmt.Errorf("reading which Increments hold what is to go out: %w", err)
	case why != "":
		return gate.Answer{Outcome: gate.Awaiting, Why: why}, nil
	}
	err = a.s.lanes.askSure(a.nexus, func(l *gate.Ledger) {
		answer = l.Door(gate.Ask{Nexus: a.nexus, Environment: a.q.Environment, Components: components, Increment: a.q.Increment}, increments, a.s.config.now())
	})
	if err == nil {
		answer, err = a.upToDate(ctx, answer)
	}
	if err != nil {
		return gate.Answer{}, err
	}
	return a.recorded(ctx, answer)
}

// behind is how long a delivery may have waited to be judged: longer than a moment, and the door does not know what it
// says.
const behind = 5 * time.Second

// upToDate keeps the door shut while what came a while ago is not judged: it may say that something is not done.
func (a *doorAsked) upToDate(ctx context.Context, answer gate.Answer) (gate.Answer, error) {
	if answer.Outcome != gate.Done {
		return answer, nil
	}
	pending, err := a.s.store.Pending(ctx, a.nexus, 1)
	if err != nil || len(pending) == 0 || a.s.config.now().Sub(pending[0].Received) < behind {
		return answer, err
	}
	answer.Outcome, answer.Recorded = gate.Awaiting, ""
	answer.Why = fmt.Sprintf("%s, and what has come since %s is not judged yet.",
		strings.TrimSuffix(answer.Why, "."), pending[0].Received.UTC().Format(time.TimeOnly+" UTC"))
	return answer, nil
}

// recorded keeps the door shut until the verdict that opens it is on disk.
func (a *doorAsked) recorded(ctx context.Context, answer gate.Answer) (gate.Answer, error) {
	if answer.Outcome != gate.Done || answer.Recorded == "" {
		return answer, nil
	}
	_, err := a.s.store.Verdict(ctx, answer.Recorded)
	if errors.Is(err, store.ErrNotFound) {
		answer.Outcome, answer.Recorded, err = gate.Awaiting, "", nil
		answer.Why = strings.TrimSuffix(answer.Why, ".") + ", which is about to be recorded."
	}
	return answer, err
}
