package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/report"
	"github.com/nexusgate/nexusgate/gate/store"
)

// briefCommand says what people who meet at an event should know.
type briefCommand struct {
	Event    string `arg:"" name:"EVENT" enum:"daily,review,retrospective,planning" help:"daily, review, retrospective or planning."`
	Nexus    string `variable:"nexus-name" placeholder:"NAME" help:"Of which Nexus; with --store it may be left out where that keeps one alone."`
	Since    string `variable:"since-when" placeholder:"WHEN" help:"How far it looks back: a day as 2026-11-16, a moment, or 36h or 3d ago. Without it, a day, or a Sprint."`
	Format   string `enum:"text,markdown,json" default:"text" variable:"format-brief" placeholder:"text|markdown|json" help:"How it is written."`
	Store    string `variable:"store-brief" placeholder:"DSN" help:"The store of a service, as sqlite:nexusgate.db, to read in place of asking one."`
	apiFlags `embed:""`
}

// Help is what the command's help says besides its flags.
func (*briefCommand) Help() string {
	return `The daily tells how the Increment stands, what holds it back and whose move it
is, what changed, and what one team newly needs of another. The review tells what
the done Increment contains, by team and item. The retrospective tells what held
it back and for how long, flaky producers, exceptions, changes to the definition,
and four measures of delivery. The planning tells what is ready, what that needs,
and what the last Sprint came to.

Exit codes: 0 it was written, 3 an error.

Examples:
  nexusgate brief daily --nexus storefront --url https://done.example.com
  nexusgate brief retrospective --since 2026-11-16 --store sqlite:nexusgate.db
  nexusgate brief review --nexus storefront --format markdown > review.md`
}

// Run is the command.
func (c *briefCommand) Run(ctx context.Context, s streams) (answer, error) {
	b, err := c.brief(ctx, s)
	if err != nil {
		return failed, err
	}
	text, err := c.write(b)
	if err != nil {
		return failed, err
	}
	return yes, show(s.out, text)
}

func (c *briefCommand) brief(ctx context.Context, s streams) (b gate.Brief, err error) {
	if c.Store != "" {
		return c.fromStore(ctx)
	}
	switch {
	case c.Nexus == "" && c.URL == "":
		return b, errors.New("it is not said of which Nexus, nor where the service is: give --nexus NAME and --url https://done.example.com, or its store with --store DSN")
	case c.Nexus == "":
		return b, errors.New("it is not said of which Nexus: give --nexus NAME")
	}
	client, err := c.client(s)
	if err != nil {
		return b, err
	}
	path := "/api/v1/nexus/" + url.PathEscape(c.Nexus) + "/brief/" + c.Event
	if c.Since != "" {
		path += "?since=" + url.QueryEscape(c.Since)
	}
	if err := client.get(ctx, path, &b); err != nil {
		return b, fmt.Errorf("asking for a brief of %s: %w", c.Nexus, err)
	}
	return b, nil
}

// fromStore makes the brief of what a service has recorded.
func (c *briefCommand) fromStore(ctx context.Context) (b gate.Brief, err error) {
	kept, err := store.OpenToRead(ctx, c.Store)
	if err != nil {
		return b, err
	}
	defer func() { err = errors.Join(err, kept.Close()) }()
	nexus, err := (&explainCommand{Store: c.Store, Nexus: c.Nexus}).nexusIn(ctx, kept)
	if err != nil {
		return b, err
	}
	recorded := newMirror(nexus, kept)
	now, known := time.Now(), false
	var kase gate.BriefCase
	err = recorded.askSure(func(l *gate.Ledger) { kase, known = l.BriefCase(nexus, gate.BriefEvent(c.Event), time.Time{}, now) })
	if err != nil {
		return b, fmt.Errorf("reading what %s holds of %s: %w", store.Redact(c.Store), nexus, err)
	}
	if !known {
		return b, fmt.Errorf("%s keeps no definition of %s that is in force", store.Redact(c.Store), nexus)
	}
	if kase.Since, err = gate.ParseSince(c.Since, now, kase.Standing.Definition.Zone); err != nil {
		return b, fmt.Errorf("--since: %w", err)
	}
	return gate.BriefOf(kase), nil
}

func (c *briefCommand) write(b gate.Brief) ([]byte, error) {
	switch c.Format {
	case "markdown":
		return []byte(report.BriefMarkdown(b)), nil
	case "json":
		text, err := json.MarshalIndent(b, "", "  ")
		if err != nil {
			return nil, fmt.Errorf("writing the brief: %w", err)
		}
		return append(text, '\n'), nil
	default:
		return []byte(report.BriefText(b)), nil
	}
}
