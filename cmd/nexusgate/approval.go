package main

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/forge"
	"github.com/nexusgate/nexusgate/gate/store"
)

// How long the word that lets a deployment through is good: after that, and where it did not reach the forge at once,
// the door is asked again before it is sent, and while that is shut the forge is told nothing. A deployment waits for
// 30 days at most.
const (
	approvalLasts = time.Minute
	approvalAgain = 30 * time.Second
	longestHeld   = 30 * 24 * time.Hour
)

// tooLate is why a deployment is not let through any more.
const tooLate = "it was let through longer ago than a deployment waits, and what it deploys is not done any more"

// approves says whether an errand is to be run now: one that lets a deployment through only while what that deploys
// is done. What was judged a while ago, while the forge did not answer, opens nothing.
func (r *runner) approves(ctx context.Context, e store.Outstanding) (given bool, err error) {
	if e.Kind != gate.AnswerErrand && e.Kind != gate.ApproveErrand {
		return true, nil
	}
	var d gate.DeploymentAnswer
	if err := json.Unmarshal(e.Body, &d); err != nil {
		return false, fmt.Errorf("reading what is to be let through: %w", err)
	}
	age := r.now().Sub(e.Made)
	if d.Outcome != gate.Done || d.Commit == "" || e.Attempts == 0 && !e.Tried && age < approvalLasts {
		return true, nil
	}
	open, why, err := r.opens(ctx, d, e.Repo)
	switch {
	case err != nil || open:
		return open, err
	case age > longestHeld:
		return false, nil
	default:
		return false, &forge.Later{Until: r.now().Add(approvalAgain), Reason: gate.HeldBack + "what was done is not any more. " + why}
	}
}
