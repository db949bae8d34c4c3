package forge

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/report"
)

// peelBound is how many tags of tags are followed.
const peelBound = 5

// tag reads what a tag names. An annotated one names an object of its own, which names the commit.
func (g *GitHub) tag(ctx context.Context, s *seat, w gate.Want) (gate.Event, error) {
	read := gate.TagRead{Repo: s.repo, Tag: w.Tag, Covers: w.Covers}
	if err := checkPath(w.Tag); err != nil {
		return nil, err
	}
	ref, answer, err := s.client.Git.GetRef(named(ctx, "read_tag"), s.owner, s.name, "tags/"+w.Tag)
	if err != nil && !s.absent(ctx, err) {
		return nil, err
	}
	if answer != nil {
		read.At = dateOf(answer.Response, g.config.Now())
	}
	if read.Absent = err != nil; read.Absent {
		return read, nil
	}
	read.Object = ref.GetObject().GetSHA()
	read.Commit, err = s.peel(ctx, ref.GetObject().GetType(), read.Object)
	return read, err
}

// peel is the commit that an object leads to; "" where it leads to none.
func (s *seat) peel(ctx context.Context, kind, object string) (string, error) {
	for range peelBound {
		if kind != "tag" {
			break
		}
		if err := checkCommit(object); err != nil {
			return "", err
		}
		tag, _, err := s.client.Git.GetTag(named(ctx, "read_tag_object"), s.owner, s.name, object)
		if err != nil {
			return "", err
		}
		kind, object = tag.GetObject().GetType(), tag.GetObject().GetSHA()
	}
	if kind != "commit" {
		return "", nil
	}
	return object, checkCommit(object)
}

// showRelease makes or updates the check run on a commit that was released.
func (g *GitHub) showRelease(ctx context.Context, s *seat, e Errand) (done gate.ErrandDone, err error) {
	p, err := releasePost(e)
	if err != nil {
		return done, err
	}
	if err := checkCommit(p.Commit); err != nil {
		done.Refused = err.Error()
		return done, nil
	}
	done.Run, err = g.settle(ctx, s, p)
	if statusOf(err) == http.StatusUnprocessableEntity {
		done.Refused, err = "GitHub takes no check run on it: "+report.Cut(report.Plain(err.Error()), 500), nil
	}
	return done, err
}

// releases tells the newest releases, where they are watched.
func (h *hubSweep) releases(ctx context.Context) error {
	if !h.of.Releases {
		return nil
	}
	var listed []json.RawMessage
	_, err := h.read(ctx, "list_releases", h.path("releases"), url.Values{"per_page": {strconv.Itoa(SweptReleases)}}, &listed)
	if err != nil {
		if h.unseen("list_releases", err) {
			return nil
		}
		return err
	}
	for _, raw := range listed {
		r, err := without(raw, "body", "body_html", "body_text", "assets", "author", "reactions")
		if err != nil {
			return err
		}
		if err := h.tell("release", map[string]any{"action": "published", "release": r}); err != nil {
			return err
		}
	}
	return nil
}
