package main

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/dashboard/setup"
	"github.com/nexusgate/nexusgate/gate/forge"
)

// apiOf is the root of the API of a GitHub that people look at under an address; "" is github.com's.
func apiOf(site string) (string, error) {
	at, err := url.Parse(strings.TrimRight(strings.TrimSpace(site), "/"))
	switch {
	case err != nil || at.Host == "" || at.Path != "" || at.RawQuery+at.Fragment != "" || at.User != nil || at.Scheme != "https" && at.Scheme != "http":
		return "", fmt.Errorf("%q is not the address of a GitHub: give it as https://github.com", site)
	case strings.EqualFold(at.Host, "github.com"):
		return "", nil
	case strings.HasSuffix(strings.ToLower(at.Host), ".ghe.com"):
		return at.Scheme + "://api." + at.Host, nil
	default:
		return at.Scheme + "://" + at.Host + "/api/v3/", nil
	}
}

// codeWithin is how long GitHub gives somebody to register an App.
const codeWithin = time.Hour

// Register begins to register a GitHub App.
func (u *setUp) Register(_ context.Context, asked setup.Registration) (setup.Errand, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	e, err := u.register(asked)
	return e, u.troubled(setup.OfGitHub, err)
}

func (u *setUp) register(asked setup.Registration) (setup.Errand, error) {
	api, err := apiOf(asked.URL)
	if err != nil {
		return setup.Errand{}, err
	}
	if err := u.unconnected(gate.GitHub, asked.URL); err != nil {
		return setup.Errand{}, err
	}
	if err := u.keepable(); err != nil {
		return setup.Errand{}, err
	}
	if err := u.reachable(asked.Address, asked.URL); err != nil {
		return setup.Errand{}, err
	}
	site, err := forge.Site(gate.GitHub, api)
	if err != nil {
		return setup.Errand{}, err
	}
	way := "/settings/apps/new"
	if asked.Org != "" {
		if strings.Trim(asked.Org, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") != "" {
			return setup.Errand{}, fmt.Errorf("%q is not the name of an organization: it is letters, digits and dashes", asked.Org)
		}
		way = "/organizations/" + asked.Org + way
	}
	u.errand = gitHubErrand{state: rand.Text(), api: api, until: u.now().Add(codeWithin)}
	wish := forge.Wish{
		Name: appName(asked.Org), Page: u.address, Hook: u.address + "/webhook/github", Redirect: asked.Back, Rights: forge.Needed(usesNamed(asked.Uses)...),
	}
	return setup.Errand{Site: site, Action: site + way + "?state=" + u.errand.state, Manifest: wish.Manifest()}, nil
}

// appName is a name for the App: at most 34 letters, and no two Apps of GitHub have the same.
func appName(org string) string {
	name := "nexusgate"
	if org != "" {
		name += "-" + org
	}
	return name[:min(len(name), 34)]
}

// registerWithin bounds how long GitHub is waited for, whether or not somebody waits for us.
const registerWithin = time.Minute

// Registered takes the App that GitHub has made, with its secrets. GitHub gives them once: a browser that leaves in the
// meantime does not end it.
func (u *setUp) Registered(ctx context.Context, code, state string) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), registerWithin)
	defer stop()
	return u.troubled(setup.OfGitHub, u.registered(ctx, code, state))
}

func (u *setUp) registered(ctx context.Context, code, state string) error {
	settings, err := u.settings()
	if err != nil || settings.gitHub.on {
		return err // it was followed back before: a page that is loaded again asks again
	}
	if err := u.keepable(); err != nil {
		return err // and the code is not used up
	}
	e := u.errand
	if e.state == "" || subtle.ConstantTimeCompare([]byte(state), []byte(e.state)) != 1 {
		return errors.New("this does not come from the registration that was begun here last; register the App from this page, and delete one on GitHub that was begun elsewhere")
	}
	u.errand = gitHubErrand{} // it is run once
	switch {
	case code == "":
		return errors.New("GitHub has sent no code; begin again")
	case !u.now().Before(e.until):
		return errors.New("the registration was begun more than an hour ago, and GitHub gives nothing for it any more; begin again")
	}
	made, err := forge.Register(ctx, orElse(e.api, "https://api.github.com"), code, u.now)
	if err != nil {
		told := strings.ReplaceAll(err.Error(), code, "…") // it may still be good
		return fmt.Errorf("%s; begin again, and delete the App on GitHub that was begun", told)
	}
	keyFile, err := u.keyFile()
	if err != nil {
		return err
	}
	if err := writeSecret(keyFile, made.Key); err != nil {
		return err
	}
	u.secret(keyFile)
	u.app = forge.App{}
	return u.keep(map[string]string{
		"NEXUSGATE_GITHUB_URL": e.api, "NEXUSGATE_GITHUB_APP_ID": strconv.FormatInt(made.ID, 10), "NEXUSGATE_GITHUB_PRIVATE_KEY_FILE": keyFile,
		"NEXUSGATE_GITHUB_WEBHOOK_SECRET": made.Secret, "NEXUSGATE_URL": u.address,
	})
}

// keyFile is where the App's key is kept.
func (u *setUp) keyFile() (string, error) {
	path, err := filepath.Abs(filepath.Join(filepath.Dir(u.kept.path), "nexusgate-app.pem"))
	if err != nil {
		return "", fmt.Errorf("placing the App's key: %w", err)
	}
	return path, nil
}

// keepable says beforehand whether the App's secrets can be kept: GitHub gives them once.
func (u *setUp) keepable() error {
	keyFile, err := u.keyFile()
	return errors.Join(err, mayWriteSecret(u.kept.path), mayWriteSecret(keyFile))
}

// unconnected says whether a forge can be taken up: at an address on the way to which nobody reads its secrets, and not
// in the place of one that is at work.
func (u *setUp) unconnected(f gate.Forge, site string) error {
	settings, err := u.settings()
	switch {
	case err != nil:
		return err
	case f == gate.GitHub && settings.gitHub.on, f == gate.GitLab && settings.gitLab.on:
		return fmt.Errorf("%s is connected already; to connect another in its place, stop the service and take its settings out of %s or the environment", forgeNames[f], u.kept.path)
	case strings.HasPrefix(strings.ToLower(site), "http://") && !isHere(site):
		return fmt.Errorf("%s is reached by http, where whoever is on the way reads our secrets; give its address with https", forgeNames[f])
	}
	return nil
}

var forgeNames = map[gate.Forge]string{gate.GitHub: "GitHub", gate.GitLab: "GitLab"}

// keep puts settings into their file.
func (u *setUp) keep(values map[string]string) error {
	u.secret(u.kept.path)
	u.connected = false
	return u.kept.keep(values)
}

// secret notes a file that holds secrets.
func (u *setUp) secret(path string) {
	for _, known := range u.files {
		if known == path {
			return
		}
	}
	u.files = append(u.files, path)
}

// Connect takes up a GitLab, once its token was taken.
func (u *setUp) Connect(ctx context.Context, address, site, token string, uses []string) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.troubled(setup.OfGitLab, u.connect(ctx, address, site, token, uses))
}

func (u *setUp) connect(ctx context.Context, address, site, token string, uses []string) error {
	site = strings.TrimRight(site, "/")
	if err := u.unconnected(gate.GitLab, site); err != nil {
		return err
	}
	if err := u.reachable(address, site); err != nil {
		return err
	}
	lab, err := forge.NewGitLab(forge.GitLabConfig{URL: site, Token: token, Now: u.now})
	if err != nil {
		return err
	}
	ctx, stop := context.WithTimeout(ctx, 30*time.Second)
	defer stop()
	account, err := lab.Account(ctx)
	if err != nil {
		return withoutSecret(err, token)
	}
	d := &checkup{now: u.now}
	d.token(account)
	if c := d.checks[0]; c.Health == isFault {
		return fmt.Errorf("%s: %s", c.Says, c.Do)
	}
	u.account, u.uses = account, usesNamed(uses)
	if strings.EqualFold(site, "https://gitlab.com") {
		site = ""
	}
	values := map[string]string{"NEXUSGATE_GITLAB_URL": site, "NEXUSGATE_GITLAB_TOKEN": token, "NEXUSGATE_URL": u.address, "NEXUSGATE_GITLAB_SIGNING_TOKEN": "", "NEXUSGATE_GITLAB_WEBHOOK_SECRET": freshSecret()}
	if signs(account.Version) {
		values["NEXUSGATE_GITLAB_SIGNING_TOKEN"], values["NEXUSGATE_GITLAB_WEBHOOK_SECRET"] = freshSigningToken(), ""
	}
	return u.keep(values)
}

// withoutSecret is an error, or where it repeats a secret another one.
func withoutSecret(err error, secret string) error {
	if secret != "" && strings.Contains(err.Error(), secret) {
		return errors.New("GitLab did not take the token")
	}
	return err
}

// signs says whether a GitLab of a version knows signing tokens.
func signs(version string) bool {
	major, _, _ := strings.Cut(version, ".")
	n, err := strconv.Atoi(major)
	return err == nil && n >= 19
}

func freshSecret() string { return rand.Text() + rand.Text() }

// freshSigningToken is one in the form that GitLab takes: 32 bytes.
func freshSigningToken() string {
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails
	return "whsec_" + base64.StdEncoding.EncodeToString(key)
}
