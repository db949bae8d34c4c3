package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/forge/forgetest"
	"github.com/nexusgate/nexusgate/gate/report"
)

func (t *story) say(what string) { fmt.Fprintf(t.out, "▸ %s\n", what) }

// ending says whether the Increment became done.
func (t *story) ending() answer {
	if s, ok := t.view.Standing(storyNexus); ok && s.LastDone.Number > 0 {
		return yes
	}
	return no
}

// rest lets a moment pass between two things that people do.
func (t *story) rest(ctx context.Context) error {
	if t.alone {
		return nil
	}
	pause(ctx, t.pace)
	return ctx.Err()
}

// until waits for the Nexus to stand as the story says, and tells how it stands.
func (t *story) until(ctx context.Context, what string, so func(gate.Standing) bool) error {
	if t.alone {
		return nil
	}
	s, err := t.await(ctx, what, so)
	if err != nil {
		return err
	}
	fmt.Fprintf(t.out, "  %s\n", what)
	if s.Head.Number > 0 {
		fmt.Fprintf(t.out, "  Integrated Increment %d: %s\n", s.Head.Number, report.Title(s.HeadSays))
	}
	fmt.Fprintln(t.out)
	return t.rest(ctx)
}

// await waits without a word.
func (t *story) await(ctx context.Context, what string, so func(gate.Standing) bool) (gate.Standing, error) {
	changed, stop := t.view.Watch()
	defer stop()
	for {
		if s, ok := t.view.Standing(storyNexus); ok && so(s) {
			return s, nil
		}
		select {
		case <-ctx.Done():
			return gate.Standing{}, fmt.Errorf("waiting until %s: %w", what, ctx.Err())
		case <-changed:
		case <-time.After(time.Second):
		}
	}
}

// untilChange waits for an open change to stand so, in words, and tells how it stands.
func (t *story) untilChange(ctx context.Context, name, words string) error {
	if t.alone {
		return nil
	}
	stands := ""
	_, err := t.await(ctx, name+" is "+words, func(s gate.Standing) bool {
		i := slices.IndexFunc(s.Changes, func(c gate.ChangeStanding) bool { return c.Subject.Name == name })
		if i >= 0 {
			stands = report.Title(s.Changes[i].Says)
		}
		return strings.HasPrefix(stands, words)
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(t.out, "  %s on %s: %s\n\n", gate.DoneCheck, name, stands)
	return t.rest(ctx)
}

// untilCheck waits for a check of ours that the forge shows on a commit: until it is concluded so, or
// until it has that status.
func (t *story) untilCheck(ctx context.Context, repo *forgetest.Repo, commit, name, shown string) error {
	return t.untilCheckSays(ctx, repo, commit, name, shown, "")
}

// untilCheckSays waits for such a check to have some words in its title, and leaves time to read it.
func (t *story) untilCheckSays(ctx context.Context, repo *forgetest.Repo, commit, name, shown, words string) error {
	if err := t.seeCheck(ctx, repo, commit, name, shown, words); err != nil {
		return err
	}
	return t.rest(ctx)
}

// seeCheck waits for such a check alone.
func (t *story) seeCheck(ctx context.Context, repo *forgetest.Repo, commit, name, shown, words string) error {
	if t.alone {
		return nil
	}
	title := "nothing yet"
	for {
		for _, check := range t.forges.hub.CheckRuns(repo.Name(), commit) {
			if check.Name == name && cmp.Or(check.Conclusion, check.Status) == shown && strings.Contains(check.Title, words) {
				t.show(repo, check)
				return nil
			}
			if check.Name == name {
				title = check.Title
			}
		}
		pause(ctx, 50*time.Millisecond)
		if ctx.Err() != nil {
			return fmt.Errorf("waiting for the check %s of %s to be %s %s, which says %s: %w", name, repo.Name(), shown, words, title, ctx.Err())
		}
	}
}

// show tells what a check says, and at which lines.
func (t *story) show(repo *forgetest.Repo, check forgetest.CheckRun) {
	fmt.Fprintf(t.out, "  %s on %s: %s\n", check.Name, repo.Name(), check.Title)
	for _, a := range check.Annotations {
		fmt.Fprintf(t.out, "  %s:%d:%d: %s\n", a.Path, a.StartLine, a.StartColumn, a.Message)
	}
	fmt.Fprintln(t.out)
}

func component(s gate.Standing, name string) gate.ComponentStanding {
	for _, c := range s.Components {
		if c.Name == name {
			return c
		}
	}
	return gate.ComponentStanding{}
}
