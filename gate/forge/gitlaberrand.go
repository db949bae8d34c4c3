package forge

import (
	"context"
	"fmt"

	"github.com/nexusgate/nexusgate/gate"
)

// Run has GitLab do what an errand says, once however often it is tried. Its errors are a [Later] or, for
// [Permanent] and [Declined] to judge, GitLab's refusal; what came after GitLab may have acted is [Begun].
func (g *GitLab) Run(ctx context.Context, e Errand) (gate.ErrandDone, error) {
	done, err := g.errand(ctx, e)
	if err != nil {
		err = fmt.Errorf("%s at %s: %w", e.Kind, e.Repo, err)
	}
	return done, err
}

func (g *GitLab) errand(ctx context.Context, e Errand) (gate.ErrandDone, error) {
	p, err := g.project(e.Repo)
	if err != nil {
		return gate.ErrandDone{}, err
	}
	switch e.Kind {
	case gate.DispatchErrand:
		return p.dispatch(ctx, e)
	case gate.ApproveErrand:
		return p.approveDeployment(ctx, e)
	case gate.CheckErrand:
		return p.answerCheck(ctx, e)
	case gate.ReleaseErrand:
		return g.showRelease(ctx, e)
	case gate.CommentErrand:
		return g.comment(ctx, p, e)
	default:
		return gate.ErrandDone{}, unknownErrand(e)
	}
}
