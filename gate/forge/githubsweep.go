package forge

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/nexusgate/nexusgate/gate"
)

// Sweep looks through a repository for what no webhook told. Where GitHub wants to be left alone in the
// middle of it, or refuses, what was found until then comes with the error.
func (g *GitHub) Sweep(ctx context.Context, of SweepOf) (Swept, error) {
	s, err := g.seated(ctx, of.Repo)
	if err != nil {
		return newLook(of, "", g.cache, nil).end(asLater(err, g.config.Now()))
	}
	h := &hubSweep{
		look: newLook(of, strconv.FormatInt(s.id, 10), g.cache, s.asker(g.config.Now)), s: s,
		trees: map[string]string{}, seen: map[string]bool{},
	}
	err = h.run(ctx)
	return h.end(asLater(g.forget(s.installation, of.Repo, err), g.config.Now()))
}

// asker sends requests as the installation.
func (s *seat) asker(now func() time.Time) asker {
	return func(ctx context.Context, operation, path string, query url.Values, tag string) (answer, error) {
		if len(query) > 0 {
			path += "?" + query.Encode()
		}
		return ask(ctx, s.client, operation, path, tag, now)
	}
}

// hubSweep is a sweep of a repository on GitHub.
type hubSweep struct {
	*look
	s         *seat
	workflows map[int64]json.RawMessage // nil until they are asked for
	trees     map[string]string         // of commits, where told
	seen      map[string]bool           // commits whose evidence is found
}

func (h *hubSweep) run(ctx context.Context) error {
	if err := h.repository(ctx); err != nil {
		return err
	}
	for _, branch := range h.of.Branches {
		if err := h.branch(ctx, branch); err != nil {
			return err
		}
	}
	if err := h.awaited(ctx); err != nil {
		return err
	}
	if err := h.items(ctx); err != nil || len(h.of.Branches) == 0 {
		return err // of what lands nowhere nothing else is of interest
	}
	if err := h.releases(ctx); err != nil {
		return err
	}
	if err := h.groups(ctx); err != nil {
		return err
	}
	open, err := h.changes(ctx)
	if err == nil {
		err = h.landed(ctx, open)
	}
	if err != nil {
		return err
	}
	numbers := make([]int, 0, len(open))
	for number := range open {
		numbers = append(numbers, number)
	}
	return h.inTurn(numbers, func(number int) error {
		if err := h.reviews(ctx, open[number]); err != nil {
			return err
		}
		return h.evidence(ctx, open[number].Head.SHA)
	})
}

func (h *hubSweep) path(rest string, parts ...any) string {
	return strings.TrimSuffix("repos/"+h.s.owner+"/"+h.s.name+"/"+fmt.Sprintf(rest, parts...), "/")
}

// tell notes a delivery. All of GitHub's name the repository and the installation.
func (h *hubSweep) tell(event string, body map[string]any) error {
	if body["repository"] == nil {
		body["repository"] = map[string]any{"id": h.s.repo.ID, "full_name": h.s.repo.Name}
	}
	body["installation"] = map[string]any{"id": h.s.id}
	return h.find(gate.FromGitHub, event, body)
}

// repository reads the repository itself: it may bear another name by now, and its old name may be that
// of another one.
func (h *hubSweep) repository(ctx context.Context) error {
	var raw json.RawMessage
	if _, err := h.read(ctx, "read_repository", h.path(""), nil, &raw); err != nil {
		return err
	}
	var now struct {
		ID       int64  `json:"id"`
		FullName string `json:"full_name"`
	}
	if err := json.Unmarshal(raw, &now); err != nil {
		return err
	}
	was := h.s.repo
	if was.ID != 0 && was.ID != now.ID {
		return &refusal{http.StatusNotFound, fmt.Sprintf("%s is the name of another repository now", was.Name)}
	}
	h.s.repo.ID, h.s.repo.Name = now.ID, now.FullName
	owner, name, err := ownerAndName(h.s.repo)
	if err != nil {
		return err
	}
	oldOwner, oldName := h.s.owner, h.s.name
	h.s.owner, h.s.name, h.swept.Repo = owner, name, h.s.repo
	if was.Name == now.FullName {
		return nil
	}
	return h.tell("repository", map[string]any{"action": "renamed", "repository": raw, "changes": map[string]any{
		"repository": map[string]any{"name": map[string]any{"from": oldName}},
		"owner":      map[string]any{"from": map[string]any{"user": map[string]any{"login": oldOwner}}},
	}})
}

// branch reads the head of an integration branch and the evidence of it. Pushes of many branches at once
// tell nothing.
func (h *hubSweep) branch(ctx context.Context, b Branch) error {
	var ref struct {
		Object struct {
			SHA string `json:"sha"`
		} `json:"object"`
	}
	at := (&url.URL{Path: b.Name}).EscapedPath()
	got, err := h.read(ctx, "read_head", h.path("git/ref/heads/%s", at), nil, &ref)
	gone := missing(err) || statusOf(err) == http.StatusConflict // the repository itself was read
	if err != nil && !gone {
		return err
	}
	h.swept.Heads = append(h.swept.Heads, gate.HeadRead{
		Repo: h.s.repo, Branch: b.Name, Commit: ref.Object.SHA, Absent: gone, At: got.at, Covers: b.Covers,
	})
	if gone {
		return nil
	}
	return h.evidence(ctx, ref.Object.SHA)
}
