package forge

import (
	"context"
	"fmt"

	"github.com/nexusgate/nexusgate/gate"
)

// Run has GitHub do what an errand says, once however often it is tried. Its errors are a [Later] or, for
// [Permanent] and [Declined] to judge, GitHub's refusal; what came after GitHub may have acted is [Begun].
func (g *GitHub) Run(ctx context.Context, e Errand) (gate.ErrandDone, error) {
	done, err := g.errand(ctx, e)
	if err != nil {
		err = fmt.Errorf("%s at %s: %w", e.Kind, e.Repo, asLater(err, g.config.Now()))
	}
	return done, err
}

func (g *GitHub) errand(ctx context.Context, e Errand) (gate.ErrandDone, error) {
	s, err := g.seat(ctx, e.Repo)
	if err != nil {
		return gate.ErrandDone{}, err
	}
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
	case <-ctx.Done():
		return gate.ErrandDone{}, ctx.Err()
	}
	if err := s.throttle.closed(); err != nil {
		return gate.ErrandDone{}, err
	}
	var done gate.ErrandDone
	switch e.Kind {
	case gate.DispatchErrand:
		done, err = g.dispatch(ctx, s, e)
	case gate.AnswerErrand:
		done, err = g.answerDeployment(ctx, s, e)
	case gate.ReleaseErrand:
		done, err = g.showRelease(ctx, s, e)
	case gate.CommentErrand:
		done, err = g.comment(ctx, s, e)
	default:
		err = unknownErrand(e)
	}
	done.Repo = s.repo
	return done, g.forget(s.installation, e.Repo, err)
}
