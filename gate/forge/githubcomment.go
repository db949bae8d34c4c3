package forge

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/nexusgate/nexusgate/gate"
)

// comment says something on an issue, once: what was said under the same mark is changed.
// https://docs.github.com/en/rest/issues/comments
func (g *GitHub) comment(ctx context.Context, s *seat, e Errand) (done gate.ErrandDone, err error) {
	c, text, err := commentOf(e)
	if err != nil {
		return done, err
	}
	was, err := g.saidBefore(ctx, s, c)
	if err != nil {
		return commented(done, c, err)
	}
	if was.ID == 0 || !was.says(text) {
		if err := s.budget.take(g.config.Now(), e.post()); err != nil {
			return done, err
		}
		was, err = s.say(ctx, c, was.ID, text)
	}
	done.Run, done.URL = was.ID, bare(was.URL)
	return commented(done, c, err)
}

// say makes a comment, or changes the one that is there.
func (s *seat) say(ctx context.Context, c gate.Comment, id int64, text string) (now said, err error) {
	method, operation, path := http.MethodPost, "create_comment", fmt.Sprintf("repos/%s/%s/issues/%d/comments", s.owner, s.name, c.Number)
	if id != 0 {
		method, operation, path = http.MethodPatch, "update_comment", fmt.Sprintf("repos/%s/%s/issues/comments/%d", s.owner, s.name, id)
	}
	request, err := s.client.NewRequest(method, path, map[string]string{"body": text})
	if err != nil {
		return now, err
	}
	_, err = s.client.Do(named(ctx, operation), request, &now)
	return now, err
}

// hubSaid is a comment, and who wrote it.
type hubSaid struct {
	said
	User struct {
		Login string `json:"login"`
		Type  string `json:"type"`
	} `json:"user"`
}

// saidBefore finds our comment of that mark; without one its ID is 0. Anybody can write the mark: only what our App wrote
// is ours. GitHub tells of no App that wrote a comment, and only Apps have names that end as theirs do.
func (g *GitHub) saidBefore(ctx context.Context, s *seat, c gate.Comment) (said, error) {
	name := ""
	for page := 1; page <= commentPages; page++ {
		query := url.Values{"since": {c.Since.UTC().Format(time.RFC3339)}, "per_page": {strconv.Itoa(pageSize)}, "page": {strconv.Itoa(page)}}
		request, err := s.client.NewRequest(http.MethodGet, fmt.Sprintf("repos/%s/%s/issues/%d/comments?%s", s.owner, s.name, c.Number, query.Encode()), nil)
		if err != nil {
			return said{}, err
		}
		var all []hubSaid
		if _, err := s.client.Do(named(ctx, "list_comments"), request, &all); err != nil {
			return said{}, err
		}
		for _, one := range all {
			if one.User.Type != "Bot" || !one.bears(c.Mark) {
				continue
			}
			if name == "" {
				app, err := g.App(ctx)
				if err != nil {
					return said{}, err
				}
				name = app.Slug + "[bot]"
			}
			if strings.EqualFold(one.User.Login, name) {
				return one.said, nil
			}
		}
		if len(all) < pageSize {
			break
		}
	}
	return said{}, nil
}
