package forge

import (
	"context"
	"fmt"
	"net/http"

	"github.com/google/go-github/v60/github"
)

// Post makes or updates the check run of a report. It returns the check run as far as it is known
// after the attempt, also with an error: 0 says that an earlier one is gone.
//
// Making a check run is not idempotent. So where an earlier attempt may have come through, one with
// our external id is looked for first; and one that GitHub no longer has (it keeps 1,000 of a name
// in a suite) is made again.
func (g *GitHub) Post(ctx context.Context, p Post) (int64, error) {
	remote, err := g.post(ctx, p)
	if err != nil {
		err = fmt.Errorf("posting %s on %s@%s: %w", p.Check, p.Repo, p.Commit, asLater(err, g.config.Now()))
	}
	return remote, err
}

func (g *GitHub) post(ctx context.Context, p Post) (int64, error) {
	if err := checkCommit(p.Commit); err != nil {
		return p.Remote, err
	}
	s, err := g.seat(ctx, p.Repo)
	if err != nil {
		return p.Remote, err
	}
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
	case <-ctx.Done():
		return p.Remote, ctx.Err()
	}
	remote, err := g.settle(ctx, s, p)
	return remote, g.forget(s.installation, p.Repo, err)
}

// settle updates what is there, or else makes it, and then adds the annotations that one request does
// not take. The budget comes first: with none left, nothing is asked of GitHub. What GitHub would not be
// asked anyway takes nothing of it.
func (g *GitHub) settle(ctx context.Context, s *seat, p Post) (int64, error) {
	if err := s.throttle.closed(); err != nil {
		return p.Remote, err
	}
	if err := s.budget.take(g.config.Now(), p); err != nil {
		return p.Remote, err
	}
	at, err := s.standing(ctx, p)
	if err != nil {
		return p.Remote, err
	}
	if at, err = g.leave(ctx, s, p, at); err != nil {
		return at.id, err
	}
	notes := annotations(p)
	for {
		sent := at
		at, err = g.write(ctx, s, p, at, notes)
		if statusOf(err) == http.StatusUnprocessableEntity && at.notes > sent.notes {
			return g.bare(ctx, s, p, sent)
		}
		if err != nil || at.notes >= len(notes) {
			return at.id, err
		}
		if err := s.budget.take(g.config.Now(), p); err != nil {
			return at.id, err
		}
	}
}

// bare sends a report whose annotations GitHub refused without any, and says so: a report that is not there
// is worse than one that does not point to lines.
func (g *GitHub) bare(ctx context.Context, s *seat, p Post, at standing) (int64, error) {
	if err := s.budget.take(g.config.Now(), p); err != nil {
		return at.id, err
	}
	p.bare = true
	at, err := g.write(ctx, s, p, at, nil)
	return at.id, err
}

// write brings one check run up to date, and settles on another where it is gone.
func (g *GitHub) write(ctx context.Context, s *seat, p Post, at standing, notes []*github.CheckRunAnnotation) (standing, error) {
	if at.id == 0 {
		return s.create(ctx, p, notes)
	}
	next, err := s.update(ctx, p, at, notes)
	if !missing(err) {
		return next, err
	}
	if err := s.budget.take(g.config.Now(), p); err != nil {
		return standing{}, err
	}
	if at, err = s.newest(ctx, p, at.id); err != nil {
		return standing{}, err
	}
	if at.id == 0 || at.external != externalID(p) {
		return s.create(ctx, p, notes)
	}
	return s.update(ctx, p, at, notes)
}

func (s *seat) create(ctx context.Context, p Post, notes []*github.CheckRunAnnotation) (standing, error) {
	o := options(p)
	sent := min(len(notes), notesAtOnce)
	o.Output.Annotations = notes[:sent]
	made, _, err := s.client.Checks.CreateCheckRun(named(ctx, "create_check_run"), s.owner, s.name, github.CreateCheckRunOptions{
		Name: o.Name, HeadSHA: p.Commit, DetailsURL: o.DetailsURL, ExternalID: o.ExternalID,
		Status: o.Status, Conclusion: o.Conclusion, Output: o.Output, Actions: o.Actions,
	})
	return standing{id: made.GetID(), external: *o.ExternalID, notes: sent}, err
}

// update sends the annotations that the check run has not yet, as many as a request takes.
func (s *seat) update(ctx context.Context, p Post, at standing, notes []*github.CheckRunAnnotation) (standing, error) {
	o := options(p)
	notes = notes[min(at.notes, len(notes)):]
	sent := min(len(notes), notesAtOnce)
	o.Output.Annotations = notes[:sent]
	_, _, err := s.client.Checks.UpdateCheckRun(named(ctx, "update_check_run"), s.owner, s.name, at.id, o)
	at.notes += sent
	return at, err
}

// options is a report as a check run. One that was completed and is in progress again has no
// conclusion: GitHub takes the old one back.
func options(p Post) github.UpdateCheckRunOptions {
	as := show(p)
	title, summary := text(p)
	o := github.UpdateCheckRunOptions{
		Name: p.Check, ExternalID: github.String(externalID(p)), Status: &as.status,
		Output: &github.CheckRunOutput{Title: &title, Summary: &summary}, Actions: actions(p),
	}
	if annotated(p) {
		o.Output.Text = github.String("") // nothing is left of what an earlier one said
	}
	if p.bare {
		o.Output.Text = github.String("GitHub refused the annotations that point to the lines. What they say is in the summary above.")
	}
	if as.conclusion != "" {
		o.Conclusion = &as.conclusion
	}
	if link := address(p.Links.Verdict); link != "" {
		o.DetailsURL = &link
	}
	return o
}
