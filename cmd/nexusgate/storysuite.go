package main

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/forge/forgetest"
)

// rounding is the file in which checkout and payment say how they round.
const rounding = "rounding.txt"

// offerSuite puts the workflow of the Increment's own pipeline where the definition says that it is.
func (t *story) offerSuite() {
	t.whole.Offer(forgetest.Dispatchable{
		Workflow: forgetest.Workflow{Name: "e2e", Path: ".github/workflows/e2e.yml"},
		RunName:  "Increment ${{ inputs.nexusgate }}", Inputs: []string{"nexusgate", "composition"},
	})
}

// suite is that pipeline: it tests each composition that it is started for, until ctx ends.
func (t *story) suite(ctx context.Context) {
	for done := 0; ctx.Err() == nil; pause(ctx, t.pace/40) {
		for _, run := range t.whole.Dispatched()[done:] {
			run.Start()
			pause(ctx, t.pace/4)
			t.machines.Lock()
			t.suiteEnds(run)
			t.machines.Unlock()
			done++
		}
	}
}

// suiteEnds buys something with exactly those commits. Checkout and payment have to come to the same cent.
func (t *story) suiteEnds(run *forgetest.Run) {
	var sum gate.Checkout
	if err := json.Unmarshal([]byte(run.Inputs()["composition"]), &sum); err != nil {
		run.Finish("cancelled")
		return
	}
	conclusion := "success"
	if t.rounds(t.payment, sum.Components["payment"]) != t.rounds(t.checkout, sum.Components["checkout"]) {
		conclusion = "failure"
	}
	now := time.Now()
	if conclusion == "success" {
		t.passed.Store(&now)
	}
	run.Finish(conclusion)
}

func (t *story) rounds(repo *forgetest.Repo, at gate.CheckedOut) string {
	how, said := repo.Files(at.Commit)[rounding]
	if !said {
		how = "half to even"
	}
	return strings.TrimSpace(how)
}
