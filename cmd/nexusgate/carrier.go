package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/courier"
	"github.com/nexusgate/nexusgate/gate/forge"
	"github.com/nexusgate/nexusgate/gate/report"
	"github.com/nexusgate/nexusgate/gate/store"
)

// carrier brings briefs to where the definition says, at the addresses that the environment knows.
type carrier struct {
	settings briefSettings
	courier  *courier.Courier
	clients  map[gate.Forge]client
	root     string // of the pages; "" where they have none
	now      func() time.Time
	zone     func(nexus string) *time.Location
}

// carrier is that of all lanes.
func (s *server) carrier() *carrier {
	return &carrier{
		settings: s.config.briefs, courier: s.courier, clients: s.clients, root: strings.TrimSuffix(s.links, "/"), now: s.config.now,
		zone: func(nexus string) *time.Location {
			if d, known := s.lanes.definition(nexus); known {
				return d.Zone
			}
			return time.UTC
		},
	}
}

// brings does what an errand that carries a brief says. What stays refused is said in what is done; its errors are a
// [forge.Later] or worth another try.
func (c *carrier) brings(ctx context.Context, e store.Outstanding, among int) (done gate.ErrandDone, err error) {
	var s gate.BriefSending
	if err := json.Unmarshal(e.Body, &s); err != nil {
		done.Refused = "what is to be brought cannot be read"
		return done, nil
	}
	defer func() { done.Of = s.At }()
	done.Repo = e.Repo
	if !c.now().Before(s.Until) {
		done.Refused = "it was not taken until " + s.Until.UTC().Format("2 Jan 15:04 UTC")
		if e.Reason != "" {
			done.Refused += ", the last time because " + e.Reason
		}
		return done, nil
	}
	to, err := definition.ReadAddress(s.To)
	if err != nil {
		done.Refused = err.Error()
		return done, nil
	}
	s.Brief.At = s.Brief.At.In(c.zone(e.Nexus)) // it was kept as JSON, which knows no zones
	if to.By == definition.ByIssue {
		return c.comments(ctx, e, &s, to, among)
	}
	err = c.carries(ctx, e.Nexus, &s, to)
	if refused, is := errors.AsType[*courier.Refused](err); is {
		done.Refused, err = refused.Why, nil
	}
	if later, is := errors.AsType[*courier.Later](err); is {
		err = &forge.Later{Until: c.now().Add(later.Wait), Reason: later.Why}
	}
	return done, err
}

// carries brings a brief to a room, a mailbox or a bus.
func (c *carrier) carries(ctx context.Context, nexus string, s *gate.BriefSending, to definition.Address) error {
	page := c.page(nexus, s)
	switch to.By {
	case definition.BySlack:
		address, err := c.settings.secret(slackVariable(to.Name))
		if err != nil {
			return err
		}
		body, err := report.BriefSlack(s.Brief, page)
		if err != nil {
			return err
		}
		return c.courier.Post(ctx, address, courier.Parcel{Type: "application/json; charset=utf-8", Body: body})
	case definition.ByMail:
		server, err := c.settings.mailServer()
		if err != nil {
			return err
		}
		return c.courier.Mail(ctx, server, &courier.Message{
			To: to.Name, Subject: s.Brief.Title, Text: report.MailText(s.Brief, page), HTML: report.BriefHTML(s.Brief, page), ID: s.ID, Date: s.At,
		})
	case definition.ByCloudEvents:
		return c.tells(ctx, nexus, s, to)
	default:
		return &courier.Refused{Why: fmt.Sprintf("nobody knows the way to %s", to)}
	}
}

// eventType is what the events that briefs are told by are called, before the event of the Nexus.
const eventType = "com.github.nexusgate.brief."

// tells brings a brief as a CloudEvent.
func (c *carrier) tells(ctx context.Context, nexus string, s *gate.BriefSending, to definition.Address) error {
	variable := cloudEventsVariable(to.Name)
	address, err := c.settings.secret(variable)
	if err != nil {
		return err
	}
	token, err := c.settings.maybe(variable + "_TOKEN")
	if err != nil {
		return err
	}
	told, err := json.Marshal(s.Brief)
	if err != nil {
		return &courier.Refused{Why: "it cannot be written as JSON"}
	}
	return c.courier.Event(ctx, address, token, courier.Event{
		ID: s.ID, Source: c.root + "/nexus/" + url.PathEscape(nexus), Type: eventType + string(s.Brief.Event), Subject: string(s.Brief.Event), Time: s.At, Data: told,
	})
}

// comments has a forge show a brief on an issue: one comment for each event and day.
func (c *carrier) comments(ctx context.Context, e store.Outstanding, s *gate.BriefSending, to definition.Address, among int) (done gate.ErrandDone, err error) {
	client, on := c.clients[e.Repo.Forge]
	if !on {
		return done, &forge.Later{Until: c.now().Add(longestBackoff), Reason: string(e.Repo.Forge) + " is not configured"}
	}
	text := report.BriefMarkdown(s.Brief)
	if page := c.page(e.Nexus, s); page != "" && len(text)+len(page) < commentRoom {
		text += "\n[The whole brief](" + page + ")\n"
	}
	day := s.At.In(c.zone(e.Nexus)).Format(time.DateOnly)
	body, err := json.Marshal(gate.Comment{
		Number: to.Issue, Text: text, Mark: strings.ReplaceAll(fmt.Sprintf("nexusgate brief %s %s %s", e.Nexus, s.Brief.Event, day), "--", "-"), Since: s.At.Add(-2 * 24 * time.Hour),
	})
	if err != nil {
		return done, err
	}
	comment := e.Errand
	comment.Kind, comment.Body = gate.CommentErrand, body
	return client.Run(ctx, forge.Errand{Errand: comment, Tried: e.Tried, Attempts: e.Attempts, Among: among})
}

// commentRoom is what a comment may be long with its last line.
const commentRoom = 65_000

// page is where the brief is shown; "" where nobody said how people reach the pages.
func (c *carrier) page(nexus string, s *gate.BriefSending) string {
	if c.root == "" {
		return ""
	}
	page := c.root + "/nexus/" + url.PathEscape(nexus) + "/" + string(s.Brief.Event)
	if !s.Brief.Since.IsZero() {
		page += "?since=" + url.QueryEscape(s.Brief.Since.UTC().Format(time.RFC3339))
	}
	return page
}
