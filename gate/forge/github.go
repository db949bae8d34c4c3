package forge

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/bradleyfalzon/ghinstallation/v2"
	"github.com/google/go-github/v60/github"

	"github.com/nexusgate/nexusgate/gate"
)

// defaultTimeout bounds one exchange with a forge.
const defaultTimeout = 15 * time.Second

// GitHubConfig is what a GitHub App needs to speak to GitHub.
type GitHubConfig struct {
	URL        string // the root of the API, "https://ghe.example/api/v3"; "" is https://api.github.com
	AppID      int64
	PrivateKey []byte // PEM, PKCS #1 or PKCS #8
	// Key reads the private key again when GitHub refuses the one in use: it may have been replaced. May be nil.
	Key     func() ([]byte, error)
	Now     func() time.Time
	Observe func(operation, code string) // of every request: "create_check_run" and "201", or "error". May be nil
	Asked   Asked                        // of every request. May be nil
	Granted func(Grant)                  // told with each answer to an installation. May be nil
	Timeout time.Duration                // of one exchange; 0 is 15 seconds
	// Replicas says among how many processes a budget of posts is divided; nil: it is ours alone.
	Replicas func() int
}

// GitHub speaks to one GitHub as one App. It keeps a client, a token, a throttle and a budget for
// each installation, since GitHub counts for each installation. It is safe for concurrent use.
type GitHub struct {
	config GitHubConfig
	root   *url.URL
	base   http.RoundTripper
	cache  *cache

	mu            sync.Mutex
	key           []byte         // in use
	app           *github.Client // as the App itself, for the question where it is installed
	held          *throttle      // of the App itself
	installations map[int64]*installation
	found         map[string]int64 // installations by the name of a repository
	gone          map[int64]bool   // installations of which GitHub gives no token any more
}

// The bounds of what is kept in memory; past them the oldest knowledge is dropped and asked again.
const (
	installationBound = 1_000
	foundBound        = 10_000
)

// NewGitHub checks the configuration. It makes no request.
func NewGitHub(c GitHubConfig) (*GitHub, error) {
	if c.URL == "" {
		c.URL = "https://api.github.com"
	}
	root, err := rootOf(c.URL)
	if err != nil {
		return nil, fmt.Errorf("reading the address of GitHub: %w", err)
	}
	if c.AppID <= 0 {
		return nil, errors.New("the id of the GitHub App is a positive number, shown on the App's page")
	}
	if c.Now == nil {
		return nil, errors.New("a GitHub client wants a clock")
	}
	if c.Observe == nil {
		c.Observe = func(string, string) {}
	}
	if c.Granted == nil {
		c.Granted = func(Grant) {}
	}
	if c.Timeout <= 0 {
		c.Timeout = defaultTimeout
	}
	g := &GitHub{
		config: c, root: root, base: http.DefaultTransport.(*http.Transport).Clone(), cache: newCache(c.Now),
		key: c.PrivateKey, held: &throttle{now: c.Now},
		installations: map[int64]*installation{}, found: map[string]int64{}, gone: map[int64]bool{},
	}
	if err := g.identify(); err != nil {
		return nil, err
	}
	return g, nil
}

// asApp is the client of the App itself.
func (g *GitHub) asApp() *github.Client {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.app
}

// identify gives the App itself a client with the key in use.
func (g *GitHub) identify() error {
	over, err := ghinstallation.NewAppsTransport(g.transport(g.held, 0), g.config.AppID, g.key)
	if err != nil {
		return fmt.Errorf("reading the private key of the GitHub App (a PEM file, as GitHub gives it): %w", err)
	}
	g.app = g.client(over)
	return nil
}

// rotate takes up another private key where GitHub refused the one in use, and there is another by now: then
// it is a Later, and the same request is good at once.
func (g *GitHub) rotate() error {
	if g.config.Key == nil {
		return nil
	}
	key, err := g.config.Key()
	if err != nil {
		return fmt.Errorf("reading the private key of the GitHub App again: %w", err)
	}
	if bytes.Equal(key, g.key) {
		return nil
	}
	if err := g.take(key); err != nil {
		return err
	}
	return &Later{Until: g.config.Now(), Reason: "the private key of the GitHub App was replaced"}
}

// take makes a private key the one in use.
func (g *GitHub) take(key []byte) error {
	before := g.key
	g.key = key
	if err := g.identify(); err != nil {
		g.key = before
		return err
	}
	for _, in := range g.installations {
		if err := g.authorize(in); err != nil {
			return err
		}
	}
	return nil
}

// transport is a way to the network that heeds a throttle. What is granted to an installation is told; what
// is granted to the App itself, id 0, is not: it asks little.
func (g *GitHub) transport(heeding *throttle, id int64) *transport {
	granted := func(Grant) {}
	if id != 0 {
		granted = func(told Grant) {
			told.Installation = id
			g.config.Granted(told)
		}
	}
	return &transport{root: g.root, throttle: heeding, observe: g.config.Observe, asked: g.config.Asked, granted: granted, next: g.base}
}

func (g *GitHub) client(over http.RoundTripper) *github.Client {
	c := github.NewClient(client(over, g.config.Timeout))
	c.BaseURL = g.root
	return c
}

// installation is the App on one account.
type installation struct {
	app, id  int64
	client   *github.Client // replaced where its token is refused
	throttle *throttle
	budget   budget
	turn     chan struct{} // GitHub wants the writes of one client one after the other
	used     time.Time
}

// installed is the client for the installation that holds a repository.
func (g *GitHub) installed(ctx context.Context, repo gate.Repo) (*installation, error) {
	id := repo.Installation
	g.mu.Lock()
	gone := g.gone[id]
	g.mu.Unlock()
	if id == 0 || gone {
		var err error
		if id, err = g.find(ctx, repo); err != nil {
			return nil, err
		}
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if in := g.installations[id]; in != nil {
		in.used = g.config.Now()
		return in, nil
	}
	in := &installation{
		app: g.config.AppID, id: id, throttle: &throttle{now: g.config.Now},
		turn: make(chan struct{}, 1), used: g.config.Now(), budget: budget{parts: g.config.Replicas},
	}
	if err := g.authorize(in); err != nil {
		return nil, err
	}
	g.evict()
	g.installations[id] = in
	return in, nil
}

// authorize gives an installation a client that has no token yet.
func (g *GitHub) authorize(in *installation) error {
	over, err := ghinstallation.New(g.transport(in.throttle, in.id), in.app, in.id, g.key)
	if err != nil {
		return fmt.Errorf("reading the private key of the GitHub App: %w", err)
	}
	over.BaseURL = strings.TrimRight(g.root.String(), "/")
	over.InstallationTokenOptions = &github.InstallationTokenOptions{} // "{}": without, the body is "null"
	in.client = g.client(over)
	return nil
}

// evict drops the installation that was not used for longest, where there are too many.
func (g *GitHub) evict() {
	if len(g.installations) < installationBound {
		return
	}
	var oldest *installation
	for _, in := range g.installations {
		if oldest == nil || in.used.Before(oldest.used) {
			oldest = in
		}
	}
	delete(g.installations, oldest.id)
}

// forget drops what a refusal shows to be out of date: a token that GitHub no longer takes, or an
// installation that is gone. The next request asks again.
func (g *GitHub) forget(in *installation, repo gate.Repo, err error) error {
	var token *ghinstallation.HTTPError
	if statusOf(err) != http.StatusUnauthorized && !errors.As(err, &token) {
		return err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.found, strings.ToLower(repo.Name))
	if errors.As(err, &token) && missing(err) {
		g.lose(in.id)
	}
	if statusOf(err) == http.StatusUnauthorized {
		err = errors.Join(err, g.rotate())
	}
	return errors.Join(err, g.authorize(in))
}

// lose remembers that an installation is gone. The App may be installed again, under another id than the
// one that is owed a report: it is looked for by the name of the repository then.
func (g *GitHub) lose(id int64) {
	if len(g.gone) >= installationBound {
		clear(g.gone)
	}
	g.gone[id] = true
}

// find asks as the App where a repository is installed.
func (g *GitHub) find(ctx context.Context, repo gate.Repo) (int64, error) {
	owner, name, err := ownerAndName(repo)
	if err != nil {
		return 0, err
	}
	key := strings.ToLower(repo.Name)
	g.mu.Lock()
	id, known := g.found[key]
	g.mu.Unlock()
	if known {
		return id, nil
	}
	found, _, err := g.asApp().Apps.FindRepositoryInstallation(named(ctx, "find_installation"), owner, name)
	g.mu.Lock()
	defer g.mu.Unlock()
	if statusOf(err) == http.StatusUnauthorized {
		err = errors.Join(err, g.rotate())
	}
	if err != nil {
		return 0, fmt.Errorf("finding the App's installation for %s: %w", repo, asLater(err, g.config.Now()))
	}
	if len(g.found) >= foundBound {
		clear(g.found)
	}
	g.found[key] = found.GetID()
	return found.GetID(), nil
}
