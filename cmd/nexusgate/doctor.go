package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/forge"
)

// doctorCommand looks an installation over.
type doctorCommand struct {
	Config  []string `sep:"none" placeholder:"FILE" help:"As of serve."`
	Nexus   []string `sep:"none" placeholder:"HOME" help:"As of serve."`
	URL     string   `name:"url" placeholder:"URL" help:"As of serve. Without it no webhook's address is held against it."`
	Store   string   `default:"sqlite:nexusgate.db" placeholder:"DSN" help:"As of serve. It is only read."`
	EnvFile string   `default:"nexusgate.env" placeholder:"FILE" help:"As of serve."`
	Format  string   `enum:"text,json" default:"text" placeholder:"text|json" help:"How the checks are written."`
}

// Help is shown below the flags.
func (*doctorCommand) Help() string {
	return `Give it the flags and variables of the service; it may be at work meanwhile. A line for each check: ok, FAULT
or ?, which is for what cannot be told. Below a fault stands what to do. Nothing is changed anywhere.

Exit codes: 0 all is well, 1 faults, 2 no fault, and something cannot be told, 3 an error.

Examples:
  nexusgate doctor --config nexus.cue --url https://done.example.com
  nexusgate doctor --nexus github:acme/nexus@main --format json`
}

// Run looks at all there is before it speaks.
func (c *doctorCommand) Run(ctx context.Context, s streams) (answer, error) {
	kept, err := readEnvFile(c.EnvFile)
	if err != nil {
		return failed, err
	}
	kept.settled(&c.Config, &c.Nexus, &c.URL)
	settings, err := readForgeSettings(kept.behind(s.getenv))
	if err != nil {
		return failed, err
	}
	if c.URL != "" && !isRoot(c.URL) {
		return failed, fmt.Errorf("--url %s: give it whole, as https://done.example.com", c.URL)
	}
	if len(c.Config)+len(c.Nexus) == 0 {
		return failed, errors.New("there is no definition to look at: give those of the service with --config or --nexus; nexusgate doctor --help shows what there is")
	}
	places, err := parseHomes(c.Nexus)
	if err != nil {
		return failed, err
	}
	files, err := loadNexuses(c.Config)
	if err != nil {
		return failed, err
	}
	d := &checkup{settings: settings, url: c.URL, homes: places, now: time.Now}
	for _, f := range files {
		d.definitions = append(d.definitions, f.definition)
	}
	if err := d.examine(ctx, c.Store); err != nil {
		return failed, err
	}
	return d.tell(s.out, c.Format)
}

// checkup is one look over an installation.
type checkup struct {
	settings    forgeSettings
	url         string
	homes       []gate.Home
	definitions []*definition.Definition
	now         func() time.Time

	hub    *forge.GitHub // nil: it is off
	lab    *forge.GitLab // nil: it is off
	checks []check
}

// examine makes all checks. An error is ours, and nothing is told then.
func (d *checkup) examine(ctx context.Context, dsn string) error {
	if err := d.connect(); err != nil {
		return err
	}
	if err := d.readHomes(ctx); err != nil {
		return err
	}
	d.forgesOn()
	if d.hub != nil {
		d.gitHub(ctx)
	}
	if d.lab != nil {
		d.gitLab(ctx)
	}
	d.store(ctx, dsn)
	d.exceptions()
	return ctx.Err()
}

// uncounted counts nothing: the process ends when it has spoken.
type uncounted struct{}

// Requested is forgeObserver's.
func (uncounted) Requested(string, string, string) {}

// Granted is forgeObserver's.
func (uncounted) Granted(string, int64, int, int, time.Time) {}

func (d *checkup) connect() error {
	clients, err := d.settings.clients(d.now, uncounted{}, nil, func() int { return 1 })
	if err != nil {
		return err
	}
	d.hub, _ = clients[gate.GitHub].(*forge.GitHub)
	d.lab, _ = clients[gate.GitLab].(*forge.GitLab)
	return nil
}

// readHomes reads the definitions that live on a forge.
func (d *checkup) readHomes(ctx context.Context) error {
	settler, err := newSettler()
	if err != nil {
		return err
	}
	for _, home := range d.homes {
		def, err := d.readHome(ctx, settler, home)
		if err != nil {
			line, _, _ := strings.Cut(err.Error(), "\n")
			d.fault("definition", home.String(), clipped(line, tellableFault), "Mend the definition there, or what --nexus names; then ask again")
			continue
		}
		d.ok("definition", home.String(), "it is read from its home, and sound")
		d.definitions = append(d.definitions, def)
	}
	return nil
}

func (d *checkup) readHome(ctx context.Context, s *settler, home gate.Home) (*definition.Definition, error) {
	from := d.clientOf(home.Forge)
	if from == nil {
		return nil, fmt.Errorf("%s is off; give it its settings", home.Forge)
	}
	event, err := from.Read(ctx, gate.Want{Kind: gate.WantHead, Repo: gate.Repo{Forge: home.Forge, Name: home.Repo}, Branch: home.Branch})
	if err != nil {
		return nil, err
	}
	head, is := event.(gate.HeadRead)
	if !is || head.Absent {
		return nil, fmt.Errorf("%s has no branch %s", home.Repo, home.Branch)
	}
	read, def, err := readNexus(ctx, from, s, gate.Want{Kind: gate.WantNexus, Repo: head.Repo, Commit: head.Commit, Path: home.Path})
	switch {
	case err != nil:
		return nil, err
	case len(read.Faults) > 0:
		return nil, read.Faults
	case def == nil:
		return nil, fmt.Errorf("%s has no %s", home.Repo, home.Path)
	}
	return def, nil
}

func (d *checkup) clientOf(f gate.Forge) client {
	switch {
	case f == gate.GitHub && d.hub != nil:
		return d.hub
	case f == gate.GitLab && d.lab != nil:
		return d.lab
	}
	return nil
}

// forgesOn says of each forge on which something lies that it is off.
func (d *checkup) forgesOn() {
	for _, p := range d.places() {
		if d.clientOf(p.repo.Forge) == nil {
			d.fault("settings", p.String(), fmt.Sprintf("it lies on %s, which is off: nothing will ever be known of it", p.repo.Forge),
				"Set up that forge: docs/setup.md says how; nexusgate --help lists its variables")
		}
	}
}

// place is a branch that the installation is about.
type place struct {
	repo   gate.Repo
	branch string
	check  string // that its changes must wait for; "" where nothing lands that we judge
}

// String names it as definitions do.
func (p place) String() string {
	name := string(p.repo.Forge) + ":" + p.repo.Name
	if p.branch != "" {
		name += "@" + p.branch
	}
	return name
}

// places are the integration branches of all components, the repositories of the Product Backlog and the homes
// of definitions, each once.
func (d *checkup) places() (all []place) {
	for _, def := range d.definitions {
		for _, c := range def.All() {
			all = append(all, place{gate.Repo{Forge: gate.Forge(c.Forge), Name: c.Repo}, c.Branch, gate.DoneCheck})
		}
		if def.Backlog != nil {
			for _, b := range def.Backlog.Repos {
				all = append(all, place{repo: gate.Repo{Forge: gate.Forge(b.Forge), Name: b.Repo}})
			}
		}
	}
	for _, h := range d.homes {
		all = append(all, place{gate.Repo{Forge: h.Forge, Name: h.Repo}, h.Branch, gate.DefinitionCheck})
	}
	slices.SortStableFunc(all, func(a, b place) int { return strings.Compare(a.String()+a.check, b.String()+b.check) })
	return slices.Compact(all)
}

// on are the places on one forge.
func (d *checkup) on(f gate.Forge) []place {
	return slices.DeleteFunc(d.places(), func(p place) bool { return p.repo.Forge != f })
}

// uses are what the definitions make use of, so far as they tell.
func (d *checkup) uses() (uses []forge.Use) {
	for _, def := range d.definitions {
		for _, c := range def.Criteria {
			if c.Evidence == definition.SignOff {
				uses = append(uses, forge.SignOffs)
			}
		}
		if def.Backlog != nil {
			uses = append(uses, forge.Backlog)
		}
		if len(def.Release.Environments) > 0 {
			uses = append(uses, forge.Deployments)
		}
		if def.Release.Watched {
			uses = append(uses, forge.Releases)
		}
		if def.Integration != nil && def.Integration.Forge == string(gate.GitHub) {
			uses = append(uses, forge.Pipeline)
		}
		if commentsOn(def, gate.GitHub) {
			uses = append(uses, forge.Comments)
		}
	}
	slices.Sort(uses)
	return slices.Compact(uses)
}

// hookURL is where a forge's webhooks have to go; "" where nobody said.
func (d *checkup) hookURL(f gate.Forge) string {
	if d.url == "" {
		return ""
	}
	return strings.TrimRight(d.url, "/") + "/webhook/" + string(f)
}

// longestSkew is how far a forge's clock may differ from ours: GitHub takes no token that is a minute off.
const longestSkew = 30 * time.Second

func (d *checkup) clock(of string, ahead time.Duration) {
	if ahead.Abs() <= longestSkew {
		d.ok("clock", of, "ours agrees with the forge's to "+max(ahead.Abs(), time.Second).String())
		return
	}
	word := "behind"
	if ahead < 0 {
		word = "ahead of"
	}
	d.fault("clock", of, fmt.Sprintf("ours is %s %s the forge's: GitHub then takes no token of ours, signatures are too old, and deadlines are wrong", ahead.Abs(), word),
		"Set this machine's clock by NTP: timedatectl set-ntp true")
}

// webhookAt says of a webhook's address whether it is ours.
func (d *checkup) webhookAt(of, address string, f gate.Forge, do string) {
	want := d.hookURL(f)
	at, err := url.Parse(address)
	switch {
	case address == "":
		d.fault("webhook", of, "there is none: nothing that happens is told to us", do)
	case err != nil || !strings.HasSuffix(strings.TrimRight(at.Path, "/"), "/webhook/"+string(f)):
		d.fault("webhook", of, fmt.Sprintf("it goes to %s, where we do not take webhooks", address), do)
	case at.Scheme != "https" && !isHere(address):
		d.fault("webhook", of, fmt.Sprintf("it goes to %s in the open: whoever is on the way reads what is delivered, and a token that comes with it", address), do)
	case want != "" && !strings.EqualFold(hostOf(want), at.Host):
		d.unsure("webhook", of, fmt.Sprintf("it goes to %s, and the pages are at %s: that is right only where webhooks have an address of their own", address, d.url), do)
	default:
		d.ok("webhook", of, "it goes to "+address)
	}
}

func hostOf(address string) string {
	at, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return at.Host
}

// commentsOn says whether briefs are sent to issues of a forge.
func commentsOn(def *definition.Definition, f gate.Forge) bool {
	return slices.ContainsFunc(def.Briefs, func(b definition.Briefing) bool {
		return slices.ContainsFunc(b.To, func(a definition.Address) bool {
			on, _ := a.Repo()
			return a.By == definition.ByIssue && on == string(f)
		})
	})
}
