package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/forge"
	"github.com/nexusgate/nexusgate/gate/trace"
)

// client is one forge as the service uses it.
type client interface {
	Read(ctx context.Context, w gate.Want) (gate.Event, error)
	Post(ctx context.Context, p forge.Post) (remote int64, err error)
	Sweep(ctx context.Context, of forge.SweepOf) (forge.Swept, error)
	Run(ctx context.Context, e forge.Errand) (gate.ErrandDone, error)
}

// forgeSettings are the settings of both forges, as the environment gives them. A forge with none is off.
type forgeSettings struct {
	gitHub  gitHubSettings
	gitLab  gitLabSettings
	timeout time.Duration // of one exchange; 0: as package forge has it
}

type gitHubSettings struct {
	on                 bool
	url, webhookSecret string
	appID              int64
	privateKey         []byte
	keyFile            string // "" where the key came from none
}

type gitLabSettings struct {
	on                                       bool
	url, token, webhookSecret, signingTokens string
	tokenFile                                string // "" where the token came from none
}

// readForgeSettings reads the environment. A forge that is half configured is an error: it would
// look alive and say nothing.
func readForgeSettings(getenv func(string) string) (forgeSettings, error) {
	gitHub, errHub := readGitHub(getenv)
	gitLab, errLab := readGitLab(getenv)
	return forgeSettings{gitHub: gitHub, gitLab: gitLab}, errors.Join(errHub, errLab)
}

func readGitHub(getenv func(string) string) (s gitHubSettings, err error) {
	id, keyFile, secret := getenv("NEXUSGATE_GITHUB_APP_ID"), getenv("NEXUSGATE_GITHUB_PRIVATE_KEY_FILE"), getenv("NEXUSGATE_GITHUB_WEBHOOK_SECRET")
	s.url, s.webhookSecret = getenv("NEXUSGATE_GITHUB_URL"), secret
	s.on = id+keyFile+secret+s.url != ""
	if !s.on {
		return s, nil
	}
	if err := needed("GitHub", "NEXUSGATE_GITHUB_APP_ID", id, "NEXUSGATE_GITHUB_PRIVATE_KEY_FILE", keyFile, "NEXUSGATE_GITHUB_WEBHOOK_SECRET", secret); err != nil {
		return s, err
	}
	if s.appID, err = strconv.ParseInt(id, 10, 64); err != nil || s.appID <= 0 {
		return s, fmt.Errorf("NEXUSGATE_GITHUB_APP_ID is %q; give the number on the App's page", id)
	}
	s.keyFile = keyFile
	if s.privateKey, err = os.ReadFile(keyFile); err != nil {
		return s, fmt.Errorf("reading NEXUSGATE_GITHUB_PRIVATE_KEY_FILE: %w; give the path of the App's .pem file", err)
	}
	return s, nil
}

func readGitLab(getenv func(string) string) (s gitLabSettings, err error) {
	s.url, s.token = getenv("NEXUSGATE_GITLAB_URL"), getenv("NEXUSGATE_GITLAB_TOKEN")
	s.webhookSecret, s.signingTokens = getenv("NEXUSGATE_GITLAB_WEBHOOK_SECRET"), getenv("NEXUSGATE_GITLAB_SIGNING_TOKEN")
	s.tokenFile = getenv("NEXUSGATE_GITLAB_TOKEN_FILE")
	s.on = s.url+s.token+s.tokenFile+s.webhookSecret+s.signingTokens != ""
	if !s.on {
		return s, nil
	}
	if s.tokenFile != "" {
		if s.token != "" {
			return s, errors.New("NEXUSGATE_GITLAB_TOKEN and NEXUSGATE_GITLAB_TOKEN_FILE are both set; set one of them")
		}
		text, err := os.ReadFile(s.tokenFile)
		if err != nil {
			return s, fmt.Errorf("reading NEXUSGATE_GITLAB_TOKEN_FILE: %w; give the path of a file with the access token", err)
		}
		s.token = strings.TrimSpace(string(text))
	}
	if err := needed("GitLab", "NEXUSGATE_GITLAB_TOKEN", s.token); err != nil {
		return s, err
	}
	if strings.TrimSpace(s.webhookSecret+s.signingTokens) == "" {
		return s, errors.New("GitLab is configured without a secret: set NEXUSGATE_GITLAB_SIGNING_TOKEN or NEXUSGATE_GITLAB_WEBHOOK_SECRET; without one anybody could report for it")
	}
	return s, nil
}

// sites are where people look at the forges that are on.
func (s forgeSettings) sites() (sites forge.Sites, err error) {
	for _, on := range []struct {
		forge gate.Forge
		is    bool
		url   string
	}{{gate.GitHub, s.gitHub.on, s.gitHub.url}, {gate.GitLab, s.gitLab.on, s.gitLab.url}} {
		if on.is {
			site, err := forge.Site(on.forge, on.url)
			if err != nil {
				return nil, err
			}
			sites = append(sites, site)
		}
	}
	return sites, nil
}

// addresses are where both forges are looked at, on or off: what was decided once may be of one that is off by now.
func (s forgeSettings) addresses() (map[gate.Forge]string, error) {
	all := map[gate.Forge]string{}
	for forgeName, root := range map[gate.Forge]string{gate.GitHub: s.gitHub.url, gate.GitLab: s.gitLab.url} {
		site, err := forge.Site(forgeName, root)
		if err != nil {
			return nil, err
		}
		all[forgeName] = site
	}
	return all, nil
}

// needed names every setting that is missing. An empty one counts as missing.
func needed(forgeName string, settings ...string) error {
	var missing []string
	for i := 0; i < len(settings); i += 2 {
		if strings.TrimSpace(settings[i+1]) == "" {
			missing = append(missing, settings[i])
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return fmt.Errorf("%s is configured in part: set %s too, or none of its settings", forgeName, strings.Join(missing, " and "))
}

// clients connects to the forges that are on.
func (s forgeSettings) clients(now func() time.Time, o forgeObserver, traces *trace.Tracer, replicas func() int) (map[gate.Forge]client, error) {
	clients := map[gate.Forge]client{}
	if s.gitHub.on {
		hub, err := forge.NewGitHub(forge.GitHubConfig{
			URL: s.gitHub.url, AppID: s.gitHub.appID, PrivateKey: s.gitHub.privateKey, Key: s.gitHub.renewed(), Now: now,
			Replicas: replicas, Timeout: s.timeout,
			Observe: func(operation, code string) { o.Requested(string(gate.GitHub), operation, code) }, Asked: traces.Request,
			Granted: granted(o, gate.GitHub),
		})
		if err != nil {
			return nil, fmt.Errorf("configuring GitHub: %w", err)
		}
		clients[gate.GitHub] = hub
	}
	if s.gitLab.on {
		lab, err := forge.NewGitLab(forge.GitLabConfig{
			URL: s.gitLab.url, Token: s.gitLab.token, Renewed: s.gitLab.renewed(), Now: now, Timeout: s.timeout,
			Observe: func(operation, code string) { o.Requested(string(gate.GitLab), operation, code) }, Asked: traces.Request,
			Granted: granted(o, gate.GitLab),
		})
		if err != nil {
			return nil, fmt.Errorf("configuring GitLab: %w", err)
		}
		clients[gate.GitLab] = lab
	}
	return clients, nil
}

// forgeObserver is told what is asked of the forges, and what they grant.
type forgeObserver interface {
	Requested(forgeName, operation, code string)
	Granted(forgeName string, installation int64, limit, remaining int, resets time.Time)
}

func granted(o forgeObserver, by gate.Forge) func(forge.Grant) {
	return func(g forge.Grant) { o.Granted(string(by), g.Installation, g.Limit, g.Left, g.Resets) }
}

// renewed reads the key again from its file, should GitHub refuse the one in use.
func (s gitHubSettings) renewed() func() ([]byte, error) {
	if s.keyFile == "" {
		return nil
	}
	return func() ([]byte, error) { return os.ReadFile(s.keyFile) }
}

// renewed reads the token again from its file, should GitLab refuse the one in use.
func (s gitLabSettings) renewed() func() (string, error) {
	if s.tokenFile == "" {
		return nil
	}
	return func() (string, error) {
		text, err := os.ReadFile(s.tokenFile)
		return string(text), err
	}
}
