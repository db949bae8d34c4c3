package forge

import (
	"context"
	"net/url"
	"strconv"

	"github.com/nexusgate/nexusgate/gate"
)

// tag reads what a tag names. Of an annotated one GitLab tells the object as its target, and the commit beside it.
func (g *GitLab) tag(ctx context.Context, p *project, w gate.Want) (gate.Event, error) {
	read := gate.TagRead{Repo: p.repo, Tag: w.Tag, Covers: w.Covers}
	if err := checkPath(w.Tag); err != nil {
		return nil, err
	}
	tag, answer, err := p.Tags.GetTag(p.id, w.Tag, during(ctx, "read_tag"))
	if err != nil && !p.absent(ctx, err) {
		return nil, err
	}
	if answer != nil {
		read.At = dateOf(answer.Response, g.config.Now())
	}
	if read.Absent = err != nil; read.Absent {
		return read, nil
	}
	read.Object = tag.Target
	if tag.Commit != nil {
		read.Commit = tag.Commit.ID
	}
	return read, nil
}

// showRelease posts the commit status on a commit that was released.
func (g *GitLab) showRelease(ctx context.Context, e Errand) (done gate.ErrandDone, err error) {
	p, err := releasePost(e)
	if err != nil {
		return done, err
	}
	if err := checkCommit(p.Commit); err != nil {
		done.Refused = err.Error()
		return done, nil
	}
	done.Run, err = g.post(ctx, p)
	return done, err
}

// releases tells the newest releases, where they are watched.
func (l *labSweep) releases(ctx context.Context) error {
	if !l.of.Releases {
		return nil
	}
	var listed []struct {
		Tag     string `json:"tag_name"`
		Created string `json:"created_at"`
		Commit  struct {
			ID string `json:"id"`
		} `json:"commit"`
	}
	_, err := l.read(ctx, "list_releases", l.p.path("releases"), url.Values{
		"order_by": {"created_at"}, "sort": {"desc"}, "per_page": {strconv.Itoa(SweptReleases)},
	}, &listed)
	if err != nil {
		if l.unseen("list_releases", err) {
			return nil
		}
		return err
	}
	for _, r := range listed {
		err := l.tell("Release Hook", map[string]any{
			"object_kind": "release", "action": "create", "tag": r.Tag, "created_at": r.Created, "commit": map[string]any{"id": r.Commit.ID},
		})
		if err != nil {
			return err
		}
	}
	return nil
}
