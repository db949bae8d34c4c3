package main

import (
	"context"
	"fmt"

	"github.com/nexusgate/nexusgate/gate"
)

// gatekeeper answers the deployments of a lane's Nexus that wait for our word, when the door says that they may go
// out, or that they may not. While it cannot say, they wait.
type gatekeeper struct {
	s     *server
	lane  *lane
	asked map[string]*doorAsked // for those that wait, by key: what was found for them
}

// run answers until ctx ends.
func (k *gatekeeper) run(ctx context.Context) {
	changed, stop := k.lane.bell.listen()
	defer stop()
	for ctx.Err() == nil {
		for _, d := range k.waiting() {
			if err := k.answer(ctx, d); err != nil && ctx.Err() == nil {
				k.s.log.ErrorContext(ctx, "a deployment waits, and it cannot be said whether it may go on; trying again",
					"nexus", k.lane.name(), "repository", d.Repo.String(), "environment", d.Environment, "error", err)
			}
		}
		untilAsked(ctx, changed, len(k.asked) > 0)
	}
}

// waiting are those that wait, each with its question.
func (k *gatekeeper) waiting() []gate.Deployment {
	all := ofLedger(k.lane, func(l *gate.Ledger) []gate.Deployment { return l.Deployments(k.lane.name()) })
	before := k.asked
	k.asked = map[string]*doorAsked{}
	for _, d := range all {
		a := before[d.Key]
		if a == nil || a.repo != d.Repo || a.commit != d.Commit {
			a = k.question(d.Environment, d.Repo, d.Commit)
		}
		k.asked[d.Key] = a
	}
	return all
}

func (k *gatekeeper) question(environment string, repo gate.Repo, commit string) *doorAsked {
	return &doorAsked{s: k.s, nexus: k.lane.name(), repo: repo, commit: commit, q: question{Environment: environment}}
}

// answer keeps what the door says of a deployment, once: from there it is told to the forge. Where the forge took no
// answer it is said again in time.
func (k *gatekeeper) answer(ctx context.Context, d gate.Deployment) error {
	if k.s.config.now().Before(d.Again) {
		return nil
	}
	a := k.asked[d.Key]
	says, err := a.ask(ctx)
	if err != nil || d.Told && !says.Outcome.Decided() {
		return err
	}
	e := gate.DeploymentAnswered{
		Nexus: a.nexus, Key: d.Key, Outcome: says.Outcome, Increment: says.Increment, Why: says.Why, Page: a.told(says).Page,
	}
	own, err := gate.Own(k.s.store.NewID(), e, k.s.config.now())
	if err != nil {
		return err
	}
	own.Lane, own.Key = a.nexus, fmt.Sprintf("deployment/%s/%d/%s", d.Key, d.Since.UnixMicro(), says.Outcome)
	if !d.Again.IsZero() {
		own.Key += fmt.Sprintf("/%d", d.Again.UnixMicro())
	}
	_, err = k.s.inbox.Keep(ctx, own)
	return err
}

// opens says whether the door is open now for a deployment that was let through before, and why.
func (k *gatekeeper) opens(ctx context.Context, d gate.DeploymentAnswer, repo gate.Repo) (open bool, why string, err error) {
	says, err := k.question(d.Environment, repo, d.Commit).ask(ctx)
	return says.Outcome == gate.Done, says.Why, err
}
