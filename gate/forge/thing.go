package forge

import (
	"context"
	"fmt"
	"time"

	"github.com/nexusgate/nexusgate/gate"
)

// GitHub's pull requests are issues, and are read as such: one request tells either.
// https://docs.github.com/en/rest/issues/issues#get-an-issue
type hubNeeded struct {
	State       string `json:"state"`
	Title       string `json:"title"`
	PullRequest *struct {
		MergedAt *time.Time `json:"merged_at"`
	} `json:"pull_request"`
}

// read is the thing in our words.
func (t hubNeeded) read(of gate.Ref) gate.ThingRead {
	said := gate.ThingRead{Ref: of, State: gate.ChangeState(t.State), Title: line(t.Title), Change: t.PullRequest != nil}
	if said.Change && t.PullRequest.MergedAt != nil {
		said.State = gate.ChangeMerged
	}
	return said
}

// thing reads an issue or a pull request that somebody needs. What cannot be seen is absent: whether there is such a
// one is not for everybody to know.
func (g *GitHub) thing(ctx context.Context, w gate.Want) (gate.Event, error) {
	of := gate.ParseRef(w.Path)
	s, err := g.seated(ctx, w.Repo)
	if missing(err) {
		return gate.ThingRead{Ref: of, Absent: true, At: g.config.Now()}, nil
	}
	if err != nil {
		return nil, err
	}
	var t hubNeeded
	request, err := s.client.NewRequest("GET", fmt.Sprintf("repos/%s/%s/issues/%d", s.owner, s.name, w.Number), nil)
	if err != nil {
		return nil, err
	}
	answer, err := s.client.Do(named(ctx, "read_thing"), request, &t)
	if err != nil && !missing(err) {
		return nil, g.forget(s.installation, w.Repo, err)
	}
	said := t.read(of)
	said.Absent, said.At = err != nil, g.config.Now()
	if answer != nil {
		said.At = dateOf(answer.Response, said.At)
	}
	return said, nil
}

type labNeeded struct {
	State string `json:"state"`
	Title string `json:"title"`
}

// thing reads an issue or a merge request that somebody needs.
func (g *GitLab) thing(ctx context.Context, p *project, w gate.Want) (gate.Event, error) {
	of := gate.ParseRef(w.Path)
	kind := "issues"
	if of.Change {
		kind = "merge_requests"
	}
	var t labNeeded
	got, err := newLook(SweepOf{Repo: w.Repo}, "thing", g.cache, p.asker(g.config.Now)).
		read(ctx, "read_thing", p.path("%s/%d", kind, w.Number), nil, &t)
	if err != nil && !missing(err) {
		return nil, err
	}
	said := gate.ThingRead{Ref: of, Title: line(t.Title), Change: of.Change, Absent: err != nil, At: got.at}
	if said.At.IsZero() {
		said.At = g.config.Now()
	}
	switch t.State {
	case "merged":
		said.State = gate.ChangeMerged
	case "closed":
		said.State = gate.ChangeClosed
	default: // opened, locked
		said.State = gate.ChangeOpen
	}
	return said, nil
}
