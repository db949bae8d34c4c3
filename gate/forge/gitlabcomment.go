package forge

import (
	"context"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/xanzy/go-gitlab"

	"github.com/nexusgate/nexusgate/gate"
)

// comment says something on an issue, once: what was said under the same mark is changed.
// https://docs.gitlab.com/api/notes/#issues
func (g *GitLab) comment(ctx context.Context, p *project, e Errand) (done gate.ErrandDone, err error) {
	c, text, err := commentOf(e)
	if err != nil {
		return done, err
	}
	was, err := g.saidBefore(ctx, p, c)
	if err != nil {
		return commented(done, c, err)
	}
	if was.ID == 0 {
		note, _, err := p.Notes.CreateIssueNote(p.id, c.Number, &gitlab.CreateIssueNoteOptions{Body: &text}, during(ctx, "create_comment"))
		if err != nil {
			return commented(done, c, err)
		}
		was.ID = int64(note.ID)
	} else if !was.says(text) {
		if _, _, err := p.Notes.UpdateIssueNote(p.id, c.Number, int(was.ID), &gitlab.UpdateIssueNoteOptions{Body: &text}, during(ctx, "update_comment")); err != nil {
			return commented(done, c, err)
		}
	}
	done.Run, done.Repo = was.ID, p.repo
	if site, err := Site(gate.GitLab, g.config.URL); err == nil && strings.Contains(p.repo.Name, "/") {
		done.URL = fmt.Sprintf("%s/%s/-/issues/%d#note_%d", strings.TrimRight(site, "/"), p.repo.Name, c.Number, was.ID)
	}
	return done, nil
}

// saidBefore finds our comment of that mark, the newest first; without one its ID is 0. Anybody can write the mark: only
// what the token's user wrote is ours.
func (g *GitLab) saidBefore(ctx context.Context, p *project, c gate.Comment) (said, error) {
	var me struct {
		ID int64 `json:"id"`
	}
	if _, err := g.fetch(ctx, "read_account", "user", nil, &me); err != nil {
		return said{}, fmt.Errorf("reading whom the token for GitLab belongs to: %w", err)
	}
	for page := 1; page <= commentPages; page++ {
		var all []struct {
			said
			Author struct {
				ID int64 `json:"id"`
			} `json:"author"`
		}
		query := url.Values{"sort": {"desc"}, "order_by": {"created_at"}, "per_page": {strconv.Itoa(pageSize)}, "page": {strconv.Itoa(page)}}
		if _, err := g.fetch(ctx, "list_comments", p.path("issues/%d/notes", c.Number), query, &all); err != nil {
			return said{}, err
		}
		for _, one := range all {
			if one.Author.ID == me.ID && me.ID != 0 && one.bears(c.Mark) {
				return one.said, nil
			}
		}
		if len(all) < pageSize {
			break
		}
	}
	return said{}, nil
}
