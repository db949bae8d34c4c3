package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/attest"
)

// serveCommand is the service.
type serveCommand struct {
	Config        []string `sep:"none" placeholder:"FILE" help:"A Nexus's definition, nexus.cue. Several Nexuses: repeat it."`
	Nexus         []string `sep:"none" placeholder:"HOME" help:"Where a Nexus's definition lives on a forge, such as github:acme/nexus@main or gitlab:acme/nexus@main:folder/nexus.cue. It is read on start and on each landing there. Several: repeat it."`
	Listen        string   `default:"127.0.0.1:8080" placeholder:"ADDR" help:"Address of the pages, the API, the metrics and the webhooks."`
	WebhookListen string   `placeholder:"ADDR" help:"Address that serves the webhooks, and nothing else; they then leave --listen."`
	MetricsListen string   `placeholder:"ADDR" help:"Address that serves the metrics, and nothing else; they then leave --listen."`
	Store         string   `default:"sqlite:nexusgate.db" placeholder:"DSN" help:"Where everything is kept."`
	InboxLimit    int64    `default:"1000000" placeholder:"N" help:"Deliveries that may wait to be judged. Beyond it webhooks are answered 503."`
	IntakeMemory  int64    `default:"256" placeholder:"MIB" help:"What the bodies of webhooks under way may take together, in MiB. Beyond it they are answered 503."`
	LogKey        string   `placeholder:"FILE" help:"The key that signs the heads of the log of verdicts, made by log key. Without one, the store keeps a key of its own. All replicas are given the same."`
	URL           string   `name:"url" placeholder:"URL" help:"How people reach the pages; reports link there."`
	EnvFile       string   `default:"nexusgate.env" placeholder:"FILE" help:"Where set-up keeps the forges' settings, with their secrets, and where they are read from. What the environment says of a forge goes before. Only its owner may read it."`
	SetUp         bool     `name:"setup" help:"Show the set-up page though a forge and a definition are configured, or though --listen is not of this machine alone."`
	lookFlags     `embed:""`
	callerFlags   `embed:""`
	attestFlags   `embed:""`
	logFlags      `embed:""`
	briefFlags    `embed:""`

	Sweep       time.Duration `default:"1h" placeholder:"DURATION" help:"How often all repositories are looked through for what no webhook told, more or less, and on start. 0: only when nexusgate sweep asks."`
	KeepDays    int           `default:"90" placeholder:"DAYS" help:"How long deliveries are kept as they came, the log that replay folds, and changes that were closed; at least 8. 0: for ever."`
	KeepSprints int           `default:"6" placeholder:"N" help:"For how many Sprints superseded verdicts on changes and components are kept, and what they rest on. Those of Increments are kept for ever."`

	Silence time.Duration `default:"72h" placeholder:"DURATION" help:"How long a component that used to send may be silent before that is said. 0: for ever."`
}

// Help is shown below the flags.
func (serveCommand) Help() string {
	return `Webhooks go to /webhook/github and /webhook/gitlab. A delivery is on disk before it is answered;
kill the service at any moment, and it goes on where it was.

Where no forge is configured, or there is no definition, it shows a page on which both are set up by clicks; the
link to it is printed here. Then it goes on as the service.

  nexusgate serve
  nexusgate serve --config nexus.cue
  nexusgate serve --config nexus.cue --listen :8080 --public --url https://done.example.com
  nexusgate serve --nexus github:acme/nexus@main`
}

// Run serves until ctx ends, or a signal asks it to. What is not configured is set up by clicks, and then it goes on.
func (c *serveCommand) Run(ctx context.Context, s streams) (answer, error) {
	ctx, stop := untilSignal(ctx)
	defer stop()
	for {
		once, err := c.prepare(s)
		if err != nil {
			return failed, err
		}
		again, err := once.run(ctx, c, s)
		if err != nil {
			return failed, err
		}
		if !again || ctx.Err() != nil {
			return yes, nil
		}
		c.SetUp = false
	}
}

// config is what the service is made with.
func (c *serveCommand) config(s streams, kept *envFile) (config serverConfig, err error) {
	settings, err := readForgeSettings(kept.behind(s.getenv))
	if err != nil {
		return config, err
	}
	if err := c.bounded(); err != nil {
		return config, err
	}
	nexuses, places, err := c.definitions()
	if err != nil && !errors.Is(err, errNoDefinition) {
		return config, err
	}
	look, err := c.lookFlags.settings(s.getenv, c.Listen)
	if err != nil {
		return config, err
	}
	briefs, err := c.briefFlags.settings(s.getenv)
	if err != nil {
		return config, err
	}
	callers, err := c.callerFlags.settings(s.getenv)
	if err != nil {
		return config, err
	}
	var key *attest.Key
	if c.LogKey != "" {
		if key, err = readLogKey(c.LogKey); err != nil {
			return config, err
		}
	}
	attests, err := c.keys(c.URL)
	if err != nil {
		return config, err
	}
	return serverConfig{
		nexuses: nexuses, homes: places, forges: settings, listen: c.Listen, webhookListen: c.WebhookListen, store: c.Store, url: c.URL,
		inboxLimit: c.InboxLimit, intakeBytes: c.IntakeMemory << 20, logKey: key, attests: attests, metricsListen: c.MetricsListen, look: look, callers: callers, briefs: briefs,
		keeping: keeping{days: c.KeepDays, sprints: c.KeepSprints},
		sweep:   c.Sweep, silence: c.Silence, redeliver: redeliverEvery,
		log: c.logger(s.err, slog.LevelInfo), now: time.Now,
	}, nil
}

// bounded checks that the bounds leave room for what forges send.
func (c *serveCommand) bounded() error {
	switch {
	case c.InboxLimit < 1:
		return fmt.Errorf("--inbox-limit %d: nothing could ever wait; give a number above 0", c.InboxLimit)
	case c.IntakeMemory < 64:
		return fmt.Errorf("--intake-memory %d: a body of the largest size would not fit in; give 64 or more", c.IntakeMemory)
	case c.KeepDays != 0 && c.KeepDays < shortestKeeping:
		return fmt.Errorf("--keep-days %d: forges send again for a week what they could not deliver, and it must be known again; give %d or more, or 0 for ever", c.KeepDays, shortestKeeping)
	case c.KeepSprints < 1:
		return fmt.Errorf("--keep-sprints %d: give 1 or more; with --keep-days 0 all is kept for ever", c.KeepSprints)
	case c.Sweep < 0 || 0 < c.Sweep && c.Sweep < time.Minute:
		return fmt.Errorf("--sweep %s: forges want to be left alone; give a minute or more, or 0 for never", c.Sweep)
	case c.Silence < 0 || 0 < c.Silence && c.Silence < 2*time.Hour:
		return fmt.Errorf("--silence %s: it is told by the hour; give two hours or more, or 0 for never", c.Silence)
	case c.URL != "" && !isRoot(c.URL):
		return fmt.Errorf("--url %s: reports link to pages below it; give it whole, as https://done.example.com", c.URL)
	default:
		return nil
	}
}

// isRoot says whether links can begin with an address.
func isRoot(address string) bool {
	root, err := url.Parse(address)
	return err == nil && root.Host != "" && (root.Scheme == "https" || root.Scheme == "http") && root.RawQuery+root.Fragment == ""
}

// errNoDefinition says that there is nothing to serve.
var errNoDefinition = errors.New("there is no definition to serve: give a file with --config, or where it lives on a forge with --nexus; nexusgate serve --help shows what there is")

// definitions are the files and the homes that the service is given.
func (c *serveCommand) definitions() (files []nexusFile, places []gate.Home, err error) {
	if len(c.Config)+len(c.Nexus) == 0 {
		return nil, nil, errNoDefinition
	}
	if places, err = parseHomes(c.Nexus); err != nil {
		return nil, nil, err
	}
	files, err = loadNexuses(c.Config)
	return files, places, err
}

func parseHomes(texts []string) ([]gate.Home, error) {
	var all []gate.Home
	for _, text := range texts {
		home, err := gate.ParseHome(text)
		if err != nil {
			return nil, fmt.Errorf("--nexus: %w", err)
		}
		if slices.Contains(all, home) {
			return nil, fmt.Errorf("--nexus %s is given twice; name each home once", home)
		}
		all = append(all, home)
	}
	return all, nil
}

// nexusFile is a Nexus-wide definition that has been vetted. Reports name its file, not the folder of
// this machine that it lies in.
type nexusFile struct {
	name, file, source string
	definition         *definition.Definition
}

// loadNexuses reads and vets the definitions that the service is given.
func loadNexuses(files []string) ([]nexusFile, error) {
	var all []nexusFile
	claimed := claims{names: map[string]string{}, places: map[string]string{}}
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("reading a Nexus's definition: %w; name a file that is there, or have nexusgate init write one", err)
		}
		d, err := vetted(file, source)
		if err != nil {
			return nil, err
		}
		if err := claimed.add(file, d); err != nil {
			return nil, err
		}
		all = append(all, nexusFile{name: d.Name, file: filepath.Base(file), source: string(source), definition: d})
	}
	return all, nil
}
