package main

import (
	"context"
	"fmt"
	"time"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/forge/forgetest"
	"github.com/nexusgate/nexusgate/gate/report"
)

// rest lets a moment pass between two things that people do.
func (t *story) rest(ctx context.Context) error {
	pause(ctx, t.pace)
	return ctx.Err()
}

// until waits for the Nexus to stand as the story says, and tells how it stands.
func (t *story) until(ctx context.Context, what string, so func(gate.Standing) bool) error {
	changed, stop := t.view.Watch()
	defer stop()
	for {
		if s, ok := t.view.Standing(storyNexus); ok && so(s) {
			fmt.Fprintf(t.out, "  %s\n  Integrated Increment %d: %s\n\n", what, s.Head.Number, report.Title(s.HeadSays))
			return t.rest(ctx)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("waiting until %s: %w", what, ctx.Err())
		case <-changed:
		case <-time.After(time.Second):
		}
	}
}

// untilCheck waits for the Done check that the forge shows on a commit.
func (t *story) untilCheck(ctx context.Context, repo *forgetest.Repo, commit, conclusion string) error {
	for {
		for _, check := range t.forges.hub.CheckRuns(repo.Name(), commit) {
			if check.Name == gate.DoneCheck && check.Conclusion == conclusion {
				fmt.Fprintf(t.out, "  Done on %s: %s: %s\n\n", repo.Name(), conclusion, check.Title)
				return t.rest(ctx)
			}
		}
		pause(ctx, 50*time.Millisecond)
		if ctx.Err() != nil {
			return fmt.Errorf("waiting for the Done check of %s to be %s: %w", repo.Name(), conclusion, ctx.Err())
		}
	}
}

func component(s gate.Standing, name string) gate.ComponentStanding {
	for _, c := range s.Components {
		if c.Name == name {
			return c
		}
	}
	return gate.ComponentStanding{}
}
