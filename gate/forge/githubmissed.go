package forge

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/google/go-github/v60/github"
)

// GitHub redelivers what it delivered in the last three days:
// https://docs.github.com/en/webhooks/testing-and-troubleshooting-webhooks/redelivering-webhooks
// logPages bounds the pages of its log that are read at once, each of a hundred attempts.
const (
	logKept  = 3 * 24 * time.Hour
	logPages = 300
)

// attempt is one try of GitHub's to deliver a webhook. go-github lacks throttled_at.
type attempt struct {
	ID           int64     `json:"id"`
	GUID         string    `json:"guid"`
	Delivered    time.Time `json:"delivered_at"`
	Redelivery   bool      `json:"redelivery"`
	Status       string    `json:"status"`
	StatusCode   int       `json:"status_code"`
	Event        string    `json:"event"`
	Action       string    `json:"action"`
	Installation int64     `json:"installation_id"`
	Repository   int64     `json:"repository_id"`
	Throttled    time.Time `json:"throttled_at"`
}

// came says whether the attempt brought the delivery. GitHub itself counts a redirect as a success; we
// never answer with one, so that somebody else has.
func (a attempt) came() bool { return a.StatusCode >= 200 && a.StatusCode < 300 }

// Missed reads the log of the App's webhook, from now back to a time, for deliveries that no attempt
// brought. It asks for all attempts and not for the failed ones, which would not tell of a redelivery that
// came, nor of an attempt with no answer. Where GitHub refuses in the middle of it nothing is told: what
// looks missed may have come on a page that was not read.
func (g *GitHub) Missed(ctx context.Context, since time.Time) (Log, error) {
	log := Log{Since: since}
	if oldest := g.config.Now().Add(-logKept); since.Before(oldest) {
		log.Since = oldest
	}
	by := map[string]*Missed{}
	cursor := ""
	for range logPages {
		page, next, err := g.attempts(ctx, cursor)
		log.Spent.Requests++
		if err != nil {
			return Log{Since: g.config.Now(), Spent: log.Spent}, fmt.Errorf("reading the log of the App's webhook: %w", asLater(err, g.config.Now()))
		}
		for _, a := range page {
			if a.Delivered.Before(log.Since) {
				return log.of(by), nil
			}
			log.Read++
			by[a.GUID] = a.join(by[a.GUID])
		}
		if next == "" {
			return log.of(by), nil
		}
		cursor = next
	}
	return log.cut(by), nil
}

// join adds an earlier attempt to what is known of a delivery.
func (a attempt) join(m *Missed) *Missed {
	if m == nil {
		m = &Missed{
			ID: a.ID, GUID: a.GUID, Event: a.Event, Action: a.Action, Repo: a.Repository, Installed: a.Installation,
			Status: a.StatusCode, Reason: line(a.Status), Last: a.Delivered, Throttled: !a.Throttled.IsZero(),
		}
	}
	m.Attempts++
	m.First = a.Delivered
	m.came = m.came || a.came()
	return m
}

// of is the log with what was missed.
func (l Log) of(by map[string]*Missed) Log {
	for _, m := range by {
		if !m.came {
			l.Missed = append(l.Missed, *m)
		}
	}
	slices.SortFunc(l.Missed, func(a, b Missed) int { return cmp.Or(a.First.Compare(b.First), cmp.Compare(a.ID, b.ID)) })
	return l
}

// cut is the log where it is longer than is read: it reaches back to the earliest attempt seen.
func (l Log) cut(by map[string]*Missed) Log {
	l.Since = time.Time{}
	for _, m := range by {
		if l.Since.IsZero() || m.First.Before(l.Since) {
			l.Since = m.First
		}
	}
	return l.of(by)
}

// attempts reads a page of the log, the newest attempts first, and the cursor of the next.
func (g *GitHub) attempts(ctx context.Context, cursor string) ([]attempt, string, error) {
	query := url.Values{"per_page": {fmt.Sprint(pageSize)}}
	if cursor != "" {
		query.Set("cursor", cursor)
	}
	request, err := g.asApp().NewRequest(http.MethodGet, "app/hook/deliveries?"+query.Encode(), nil)
	if err != nil {
		return nil, "", err
	}
	var page []attempt
	got, err := g.asApp().Do(named(ctx, "list_deliveries"), request, &page)
	if err != nil {
		return nil, "", err
	}
	return page, got.Cursor, nil
}

// Redeliver asks GitHub to deliver a webhook once more, by the id of one of its attempts. It comes under
// the same key as before. The error is [Permanent] where GitHub keeps the delivery no more.
func (g *GitHub) Redeliver(ctx context.Context, id int64) error {
	_, _, err := g.asApp().Apps.RedeliverHookDelivery(named(ctx, "redeliver"), id)
	var accepted *github.AcceptedError
	if err == nil || errors.As(err, &accepted) { // go-github takes every 202 for an error
		return nil
	}
	return fmt.Errorf("asking for the delivery %d again: %w", id, asLater(err, g.config.Now()))
}

// AppHook reads the webhook of the App and the events that it is subscribed to.
// https://docs.github.com/en/rest/apps/webhooks#get-a-webhook-configuration-for-an-app
func (g *GitHub) AppHook(ctx context.Context) (AppHook, error) {
	var set struct {
		URL      string          `json:"url"`
		Insecure json.RawMessage `json:"insecure_ssl"` // a text or a number
	}
	request, err := g.asApp().NewRequest(http.MethodGet, "app/hook/config", nil)
	if err != nil {
		return AppHook{}, err
	}
	if _, err := g.asApp().Do(named(ctx, "read_hook"), request, &set); err != nil {
		return AppHook{}, fmt.Errorf("reading the webhook of the App: %w", asLater(err, g.config.Now()))
	}
	app, _, err := g.asApp().Apps.Get(named(ctx, "read_app"), "")
	if err != nil {
		return AppHook{}, fmt.Errorf("reading the App: %w", asLater(err, g.config.Now()))
	}
	return AppHook{URL: bare(set.URL), Verify: strings.Trim(string(set.Insecure), `"`) != "1", Events: app.Events}, nil
}
