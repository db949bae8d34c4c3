package main

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/forge/forgetest"
	"github.com/nexusgate/nexusgate/gate/report"
)

// breaking: three teams land one after the other, each green by itself. Together it does not work, and the
// landing that broke it is found.
func (t *story) breaking(ctx context.Context) error {
	t.say("Three teams land before the suite of the whole runs again. Each of them is green by itself.")
	t.land(t.catalog, "synonyms", "Find it by another word", "raj", map[string]string{"synonyms.go": "package main"})
	t.land(t.payment, "half-up", "Round half up", "raj", map[string]string{rounding: "half up\n"})
	t.land(t.cart, "gifts", "Gifts", "joao", map[string]string{"gifts.go": "package main"})
	if t.alone {
		return nil
	}
	s, err := t.await(ctx, "it is known who broke it", func(s gate.Standing) bool {
		return s.Integration.Culprit != nil && s.Head.Outcome == gate.NotDone
	})
	if err != nil {
		return err
	}
	broke := s.Integration.Culprit
	fmt.Fprintf(t.out, "  Together they do not work. It is %s.\n", broke.Says())
	found := "No other landing lay in between."
	if broke.Runs > 0 {
		found = fmt.Sprintf("That was found in %s more, on what lay in between.", count(broke.Runs, "run", "runs"))
	}
	fmt.Fprintf(t.out, "  %s See %s/nexus/%s\n", found, t.root, storyNexus)
	fmt.Fprintf(t.out, "  Integrated Increment %d: %s\n\n", s.Head.Number, report.Title(s.HeadSays))
	return t.rest(ctx)
}

// releasing: a release is held until the Increment that holds it is done, and is then let through by itself.
func (t *story) releasing(ctx context.Context) error {
	t.say("The payment team rounds as checkout does, and would have that in production.")
	t.machines.Lock() // the suite has to wait for them, so that the release is seen to wait
	landed := t.land(t.payment, "half-even", "Round half to even, as checkout does", "raj", map[string]string{rounding: "half to even\n"})
	release := t.payment.Run(forgetest.Workflow{Name: "release", Path: ".github/workflows/release.yml", Trigger: "workflow_dispatch"}, landed)
	deployment := release.Deploy("production")
	err := t.untilDeployment(ctx, deployment, "waiting", func(told string) {
		fmt.Fprintf(t.out, "  The release is held: %s\n", told)
	})
	t.machines.Unlock()
	if err != nil {
		return err
	}
	if err := t.untilDeployment(ctx, deployment, "approved", func(told string) {
		took := time.Since(*t.passed.Load())
		fmt.Fprintf(t.out, "  The door opened %s after the suite had passed, and nobody had to ask again: %s\n\n", took.Round(time.Millisecond), told)
	}); err != nil {
		return err
	}
	release.Start()
	release.Finish("success")
	return t.rest(ctx)
}

var markdownLink = regexp.MustCompile(`\[[^\]]*\]\(([^)]*)\)`)

// untilDeployment waits for a deployment to be in a state, and tells the first line of what it was told with it.
func (t *story) untilDeployment(ctx context.Context, d *forgetest.Deployment, want string, tell func(string)) error {
	for !t.alone {
		if state, comments := d.State(); state == want && len(comments) > 0 {
			first, _, _ := strings.Cut(comments[len(comments)-1], "\n")
			tell(markdownLink.ReplaceAllString(first, "See $1"))
			return nil
		}
		if pause(ctx, 5*time.Millisecond); ctx.Err() != nil {
			return fmt.Errorf("waiting for the release to be %s: %w", want, ctx.Err())
		}
	}
	return nil
}
