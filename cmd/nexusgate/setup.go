package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/nexusgate/nexusgate/gate/dashboard/setup"
	"github.com/nexusgate/nexusgate/gate/forge"
	"github.com/nexusgate/nexusgate/gate/login"
)

// setUp is a Nexus being set up by clicks. Its methods are called by one session, which may have several pages open.
type setUp struct {
	kept     *envFile
	getenv   func(string) string // of the process
	file     string              // where the definition is saved
	settler  *settler
	log      *slog.Logger
	now      func() time.Time
	finished func() // has the service start

	mu        sync.Mutex
	hub       *forge.GitHub // nil: it is off
	lab       *forge.GitLab // nil: it is off
	connected bool          // these two are as the settings say
	address   string        // by which the forges reach us
	errand    gitHubErrand
	app       forge.App
	account   forge.Account
	found     []forge.Seen
	more      bool
	uses      []forge.Use // of the webhooks on GitLab
	chosen    map[string]bool
	hooks     []setup.Hook
	draft     setup.Draft
	troubles  map[setup.Section]string
	files     []string // that hold secrets
}

// gitHubErrand is what a browser was sent to GitHub with.
type gitHubErrand struct {
	state, api string
	until      time.Time
}

// newSetUp begins, or goes on with what an earlier start has kept.
func newSetUp(c *serveCommand, s streams, kept *envFile, log *slog.Logger, finished func()) (*setUp, error) {
	settler, err := newSettler()
	if err != nil {
		return nil, err
	}
	u := &setUp{
		kept: kept, getenv: s.getenv, settler: settler, log: log, now: time.Now, finished: finished,
		address: c.URL, file: filepath.Join(filepath.Dir(kept.path), "nexus.cue"), chosen: map[string]bool{}, troubles: map[setup.Section]string{}, uses: forge.AllUses(),
	}
	if len(c.Config) == 1 {
		u.file = c.Config[0]
	}
	return u, nil
}

// settings are those of the forges as they are by now.
func (u *setUp) settings() (forgeSettings, error) { return readForgeSettings(u.kept.behind(u.getenv)) }

// clients speak to the forges that are connected by now.
func (u *setUp) clients() (hub *forge.GitHub, lab *forge.GitLab, err error) {
	if u.connected {
		return u.hub, u.lab, nil
	}
	settings, err := u.settings()
	if err != nil {
		return nil, nil, err
	}
	d := &checkup{settings: settings, now: u.now}
	if err := d.connect(); err != nil {
		return nil, nil, err
	}
	u.hub, u.lab, u.connected = d.hub, d.lab, true
	return u.hub, u.lab, nil
}

// troubled notes what went wrong with a part of the page, nothing where nothing did.
func (u *setUp) troubled(of setup.Section, err error) error {
	delete(u.troubles, of)
	if err != nil {
		u.troubles[of] = clipped(err.Error(), tellableFault)
	}
	return err
}

// reachable takes an address by which the forges reach us.
func (u *setUp) reachable(address, forgeAt string) error {
	address = strings.TrimRight(address, "/")
	if !isRoot(address) {
		return fmt.Errorf("%q is no address that forges could reach: give it whole, as https://done.example.com", address)
	}
	if isHere(address) && !isHere(forgeAt) {
		return fmt.Errorf("%s is this machine alone: no forge reaches it; give the address that your proxy has", address)
	}
	u.address = address
	return nil
}

// Reach takes the address for what is connected from now on.
func (u *setUp) Reach(address string) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	if address = strings.TrimRight(address, "/"); !isRoot(address) {
		return u.troubled(setup.OfAddress, fmt.Errorf("%q is no address that forges could reach: give it whole, as https://done.example.com", address))
	}
	u.address = address
	return u.troubled(setup.OfAddress, nil)
}

// isHere says whether an address leads to this machine alone.
func isHere(address string) bool {
	host := hostOf(address)
	if apart, _, err := net.SplitHostPort(host); err == nil {
		host = apart
	}
	return login.IsLoopback(strings.Trim(host, "[]"))
}

// usesNamed are uses by their names.
func usesNamed(names []string) (uses []forge.Use) {
	for _, use := range forge.AllUses() {
		if slices.Contains(names, string(use)) {
			uses = append(uses, use)
		}
	}
	return uses
}

// Finish has the service start, once there is something to serve.
func (u *setUp) Finish() error {
	u.mu.Lock()
	defer u.mu.Unlock()
	settings, err := u.settings()
	if err == nil && (!u.draft.Saved || !settings.gitHub.on && !settings.gitLab.on) {
		err = errors.New("connect a forge and save a definition first")
	}
	if err := u.troubled(setup.OfDefinition, err); err != nil {
		return err
	}
	u.finished()
	return nil
}

// Look is how far the set-up has come.
func (u *setUp) Look(ctx context.Context) setup.State {
	u.mu.Lock()
	defer u.mu.Unlock()
	s := setup.State{Address: u.address, Hooks: u.hooks, Draft: u.draft, Kept: u.files}
	for _, use := range forge.Uses {
		one := setup.Use{Name: string(use.Use), Says: use.Says}
		s.GitHub.Uses = append(s.GitHub.Uses, one)
		if slices.ContainsFunc(forge.HookEvents(), func(e forge.HookEvent) bool { return e.For == use.Use }) {
			s.GitLab.Uses = append(s.GitLab.Uses, one)
		}
	}
	s.Draft.Path, s.Draft.There = u.file, there(u.file)
	s.Trouble = maps.Clone(u.troubles)
	u.look(ctx, &s)
	for _, f := range u.found {
		key := keyOf(f)
		s.Found = append(s.Found, setup.Found{Key: key, Chosen: u.chosen[key]})
	}
	s.More = u.more
	return s
}

// beside tells what went wrong with a look, where nothing graver is told there.
func beside(s *setup.State, of setup.Section, err error) bool {
	if err != nil && s.Trouble[of] == "" {
		s.Trouble[of] = clipped(err.Error(), tellableFault)
	}
	return err == nil
}

// look asks the forges that are connected who we are, and what we see.
func (u *setUp) look(ctx context.Context, s *setup.State) {
	hub, lab, err := u.clients()
	if !beside(s, setup.OfGitHub, err) {
		return
	}
	ctx, stop := context.WithTimeout(ctx, time.Minute)
	defer stop()
	if s.GitHub.On = hub != nil; hub != nil && u.app.Slug == "" {
		if app, err := hub.App(ctx); beside(s, setup.OfGitHub, err) {
			u.app = app
		}
	}
	s.GitHub.Slug = u.app.Slug
	if s.GitHub.On && u.app.Page != "" {
		s.GitHub.Install = strings.TrimRight(u.app.Page, "/") + "/installations/new"
	}
	if s.GitLab.On = lab != nil; lab != nil && u.account.ID == 0 {
		if account, err := lab.Account(ctx); beside(s, setup.OfGitLab, err) {
			u.account = account
		}
	}
	s.GitLab.Account, s.GitLab.Version = u.account.Name, u.account.Version
	u.find(ctx, s)
}

// mostFound bounds the repositories that are shown, of each forge.
const mostFound = 1_000

// find lists the repositories that can be chosen.
func (u *setUp) find(ctx context.Context, s *setup.State) {
	u.found, u.more = nil, false
	list := func(all []forge.Seen, whole bool, err error) {
		if beside(s, setup.OfRepositories, err) {
			u.found, u.more = append(u.found, all...), u.more || !whole
		}
	}
	if u.hub != nil {
		list(u.hub.Repositories(ctx, mostFound))
	}
	if u.lab != nil {
		list(u.lab.Projects(ctx, mostFound))
	}
	u.found = slices.DeleteFunc(u.found, func(f forge.Seen) bool { return f.Archived })
	slices.SortFunc(u.found, func(a, b forge.Seen) int { return strings.Compare(keyOf(a), keyOf(b)) })
}

func keyOf(f forge.Seen) string { return string(f.Repo.Forge) + ":" + f.Repo.Name }

// setUpPage is the handler, and the link that lets somebody in to it.
func (u *setUp) page(root string) (h http.Handler, link string) {
	once, token := login.NewOnce(u.now, strings.HasPrefix(u.address, "https://") && !isHere(root))
	h = setup.New(once, u, setup.Options{Version: thisBuild().version, Log: u.log})
	return h, root + "/setup/enter?token=" + token
}

// invite prints the link. It is nowhere else.
func invite(w io.Writer, why, link string) {
	fmt.Fprintf(w, "%s\nSet it up by clicks, within the hour; the link works once:\n\n  %s\n\n", why, link)
}
