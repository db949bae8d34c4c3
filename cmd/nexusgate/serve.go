package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/nexusgate/nexusgate/definition"
)

// serveCommand is the service.
type serveCommand struct {
	Config        []string `required:"" sep:"none" placeholder:"FILE" help:"A Nexus's definition, nexus.cue. Several Nexuses: repeat it."`
	Listen        string   `default:"127.0.0.1:8080" placeholder:"ADDR" help:"Address of the pages, the API, the metrics and the webhooks."`
	WebhookListen string   `placeholder:"ADDR" help:"Address that serves the webhooks, and nothing else; they then leave --listen."`
	Store         string   `default:"sqlite:nexusgate.db" placeholder:"DSN" help:"Where everything is kept."`
	URL           string   `name:"url" placeholder:"URL" help:"How people reach the pages; reports link there."`
}

// Help is shown below the flags.
func (serveCommand) Help() string {
	return `Webhooks go to /webhook/github and /webhook/gitlab. A delivery is on disk before it is answered;
kill the service at any moment, and it goes on where it was.

  nexusgate serve --config nexus.cue
  nexusgate serve --config nexus.cue --listen :8080 --url https://done.example.com`
}

// Run serves until ctx ends.
func (c *serveCommand) Run(ctx context.Context, s streams) (answer, error) {
	settings, err := readForgeSettings(s.getenv)
	if err != nil {
		return failed, err
	}
	nexuses, err := loadNexuses(c.Config)
	if err != nil {
		return failed, err
	}
	srv, err := newServer(ctx, serverConfig{
		nexuses: nexuses, forges: settings, listen: c.Listen, webhookListen: c.WebhookListen, store: c.Store, url: c.URL,
		log: slog.New(slog.NewTextHandler(s.err, nil)), now: time.Now,
	})
	if err != nil {
		return failed, err
	}
	fmt.Fprintf(s.out, "nexusgate %s: pages at %s\n", thisBuild().version, srv.root())
	return yes, srv.Run(ctx)
}

// nexusFile is a Nexus-wide definition that has been vetted. Reports name its file, not the folder of
// this machine that it lies in.
type nexusFile struct {
	name, file, source string
	components         []definition.Component
}

// loadNexuses reads and vets the definitions that the service is given.
func loadNexuses(files []string) ([]nexusFile, error) {
	var all []nexusFile
	claimed := claims{names: map[string]string{}, places: map[string]string{}}
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("reading a Nexus's definition: %w", err)
		}
		d, err := vetted(file, source)
		if err != nil {
			return nil, err
		}
		if err := claimed.add(file, d); err != nil {
			return nil, err
		}
		all = append(all, nexusFile{name: d.Name, file: filepath.Base(file), source: string(source), components: d.All()})
	}
	return all, nil
}
