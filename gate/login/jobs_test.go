package login_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"log/slog"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/forge/forgetest"
	"github.com/nexusgate/nexusgate/gate/login"
)

const audience = "https://done.example.com"

// noon is when each test of jobs begins.
var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// The keys of all forges, for they take a while to make.
var (
	hubKey = sync.OnceValue(makeKey)
	labKey = sync.OnceValue(makeKey)
)

func makeKey() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err) // the machine has no randomness left
	}
	return key
}

// ci is two forges at work, and who knows their jobs. All of them go by one clock.
type ci struct {
	*testing.T
	past     atomic.Int64 // the clock, past noon
	hub      *forgetest.GitHub
	lab      *forgetest.GitLab
	cart     *forgetest.Repo
	web      *forgetest.Project
	run      *forgetest.Run
	pipeline *forgetest.Pipeline
	jobs     *login.Jobs
}

func newCI(t *testing.T, change ...func(*login.JobOptions)) *ci {
	t.Helper()
	c := &ci{T: t}
	var err error
	if c.hub, err = forgetest.NewGitHub(forgetest.Options{Now: c.now, Key: hubKey(), Signs: hubKey()}); err != nil {
		t.Fatal(err)
	}
	if c.lab, err = forgetest.NewGitLab(forgetest.Options{Now: c.now, Signs: labKey()}); err != nil {
		t.Fatal(err)
	}
	hub, lab := httptest.NewServer(c.hub), httptest.NewServer(c.lab)
	t.Cleanup(func() { hub.Close(); lab.Close() })
	c.hub.ServedAt(hub.URL)
	c.lab.ServedAt(lab.URL)
	c.cart, c.web = c.hub.AddRepo("acme/cart-api"), c.lab.AddProject("acme/web")
	c.run = c.cart.Run(forgetest.Workflow{Name: "ci", Path: ".github/workflows/ci.yml"}, c.cart.Head("main"))
	c.pipeline = c.web.Pipeline("main", c.web.Head("main"), forgetest.Job{Name: "unit"})
	o := login.JobOptions{
		GitHub: []string{c.hub.Issuer().URL()}, GitLab: []string{c.lab.Issuer().URL()}, Audience: audience,
		Now: c.now, Log: slog.New(slog.DiscardHandler),
	}
	for _, f := range change {
		f(&o)
	}
	if c.jobs, err = login.NewJobs(o); err != nil {
		t.Fatal(err)
	}
	return c
}

func (c *ci) now() time.Time { return noon.Add(time.Duration(c.past.Load())) }

func (c *ci) wait(d time.Duration) { c.past.Add(int64(d)) }

// hubToken is the token of a job on GitHub, with claims over its own.
func (c *ci) hubToken(over map[string]any) string { return c.run.Token(audience, over) }

func (c *ci) labToken(over map[string]any) string { return c.pipeline.Token("unit", audience, over) }

func (c *ci) verified(token string) gate.Job {
	c.Helper()
	j, err := c.jobs.Verify(c.Context(), token)
	if err != nil {
		c.Fatal(err)
	}
	return j
}

// refused wants a token refused for a reason, in words that say what to do and do not repeat the token.
func (c *ci) refused(what, token string, want login.Reason) {
	c.Helper()
	j, err := c.jobs.Verify(c.Context(), token)
	var r *login.Refusal
	switch {
	case err == nil:
		c.Errorf("%s: it is taken as %+v", what, j)
	case !errors.As(err, &r):
		c.Errorf("%s: it is refused, and not by a refusal: %v", what, err)
	case r.Reason != want:
		c.Errorf("%s: it is refused as %s, want %s: %v", what, r.Reason, want, err)
	case j != (gate.Job{}):
		c.Errorf("%s: it is refused, and tells of %+v", what, j)
	case r.Why == "" || r.Fix == "" || r.Passing() != (want == login.Unreachable):
		c.Errorf("%s: the refusal does not say what to do: %+v", what, r)
	case strings.Contains(err.Error(), "\n") || len(err.Error()) > 2000 || len(token) > 9 && strings.Contains(err.Error(), token[len(token)-9:]):
		c.Errorf("%s: the refusal is not fit for a log: %v", what, err)
	}
}

func TestAJobIsWhoItsTokenSays(t *testing.T) {
	c := newCI(t)
	c.run.Rerun()
	hub := c.verified(c.hubToken(map[string]any{"jti": "one", "actor": "ana", "environment": "production", "run_id": "31"}))
	if diff := cmp.Diff(gate.Job{
		Forge: gate.GitHub, Issuer: c.hub.Issuer().URL(), Repo: gate.Repo{Forge: gate.GitHub, ID: c.cart.ID, Name: "acme/cart-api"},
		Commit: c.cart.Head("main"), Ref: "refs/heads/main", RefType: "branch", RefProtected: true, Event: "push",
		Workflow: "acme/cart-api/.github/workflows/ci.yml@refs/heads/main", Run: 31, Attempt: 2, Environment: "production", Actor: "ana",
		Token: "one", Expires: noon.Add(6 * time.Minute),
	}, hub); diff != "" {
		t.Errorf("of GitHub (-want +got):\n%s", diff)
	}
	lab := c.verified(c.labToken(map[string]any{"jti": "two", "user_login": "li", "job_id": "302"}))
	if diff := cmp.Diff(gate.Job{
		Forge: gate.GitLab, Issuer: c.lab.Issuer().URL(), Repo: gate.Repo{Forge: gate.GitLab, ID: c.web.ID, Name: "acme/web"},
		Commit: c.web.Head("main"), Ref: "refs/heads/main", RefType: "branch", RefProtected: true, Event: "push",
		Workflow: strings.TrimPrefix(c.lab.Issuer().URL(), "http://") + "/acme/web//.gitlab-ci.yml@refs/heads/main",
		Run:      c.pipeline.ID, Job: 302, Actor: "li", Token: "two", Expires: noon.Add(time.Hour + time.Minute),
	}, lab); diff != "" {
		t.Errorf("of GitLab (-want +got):\n%s", diff)
	}
}

func TestNumbersMayBeTexts(t *testing.T) {
	c := newCI(t)
	j := c.verified(c.hubToken(map[string]any{"repository_id": 7, "run_id": 8, "run_attempt": 3, "ref_protected": false, "sub": 9}))
	if j.Repo.ID != 7 || j.Run != 8 || j.Attempt != 3 || j.RefProtected {
		t.Errorf("with numbers it is %+v", j)
	}
	j = c.verified(c.labToken(map[string]any{"job_project_id": 7, "project_id": "7", "pipeline_id": 8, "job_id": 9, "ref_protected": ""}))
	if j.Repo.ID != 7 || j.Run != 8 || j.Job != 9 || j.RefProtected || j.Fork {
		t.Errorf("with numbers it is %+v", j)
	}
}

func TestWhereAJobOfGitLabRunsIsToldInSeveralWays(t *testing.T) {
	c := newCI(t)
	for name, k := range map[string]struct {
		over map[string]any
		want gate.Job
	}{
		"a version that tells one project": {map[string]any{"job_project_id": nil, "job_project_path": nil, "project_id": "7", "project_path": "a/b"}, gate.Job{Repo: gate.Repo{ID: 7, Name: "a/b"}, Ref: "refs/heads/main"}},
		"a fork's code in the project":     {map[string]any{"job_project_id": "7", "job_project_path": "a/b", "project_id": "9"}, gate.Job{Repo: gate.Repo{ID: 7, Name: "a/b"}, Fork: true, Ref: "refs/heads/main"}},
		"a version that tells no path":     {map[string]any{"ref_path": nil, "job_project_id": "7", "project_id": "7", "job_project_path": "a/b"}, gate.Job{Repo: gate.Repo{ID: 7, Name: "a/b"}, Ref: "refs/heads/main"}},
		"a tag without its path":           {map[string]any{"ref_path": nil, "ref_type": "tag", "ref": "v1", "job_project_id": "7", "project_id": "7", "job_project_path": "a/b"}, gate.Job{Repo: gate.Repo{ID: 7, Name: "a/b"}, Ref: "refs/tags/v1"}},
	} {
		k.want.Repo.Forge = gate.GitLab
		if j := c.verified(c.labToken(k.over)); j.Repo != k.want.Repo || j.Fork != k.want.Fork || j.Ref != k.want.Ref {
			t.Errorf("%s: it runs in %+v (a fork: %v) on %s", name, j.Repo, j.Fork, j.Ref)
		}
	}
}

func TestAValidTokenOfAnotherRepositoryCountsForNothing(t *testing.T) {
	c := newCI(t)
	pay := c.hub.AddRepo("acme/pay")
	other := c.verified(pay.Run(forgetest.Workflow{Name: "ci", Path: ".github/workflows/ci.yml"}, pay.Head("main")).Token(audience, nil))
	fork := c.verified(c.labToken(map[string]any{"project_id": "99", "pipeline_source": "merge_request_event"}))
	ours := gate.Repo{Forge: gate.GitHub, ID: c.cart.ID, Name: "acme/cart-api"}
	web := gate.Repo{Forge: gate.GitLab, ID: c.web.ID, Name: "acme/web"}
	for what, b := range map[string]gate.Bearing{"of another repository": other.Bears(ours, "main"), "of a fork": fork.Bears(web, "main")} {
		if b.On != "" || b.Why == "" {
			t.Errorf("a job %s counts for %+v", what, b)
		}
	}
	if b := c.verified(c.hubToken(nil)).Bears(ours, "main"); b.Commit != c.cart.Head("main") || !b.Landed {
		t.Errorf("a job of ours counts for %+v", b)
	}
}

func TestWhoeverGoesAwayKeepsNobodyFromAnAnswer(t *testing.T) {
	c := newCI(t)
	token := c.hubToken(nil)
	c.hub.Inject(forgetest.Fault{Operation: "read_keys", Delay: 50 * time.Millisecond})
	gone, leave := context.WithCancel(t.Context())
	leave()
	_, err := c.jobs.Verify(gone, token)
	var r *login.Refusal
	if !errors.As(err, &r) || r.Reason != login.Unreachable || !errors.Is(err, context.Canceled) {
		t.Errorf("whoever goes away is told %v", err)
	}
	c.verified(token)
	if asked := c.hub.Requests()["read_keys"]; asked != 1 {
		t.Errorf("the issuer was asked for its keys %d times, want once", asked)
	}
}

func TestAForgesIssuerFollowsFromItsAPI(t *testing.T) {
	for _, c := range []struct {
		forge     gate.Forge
		api, want string
	}{
		{gate.GitHub, "", "https://token.actions.githubusercontent.com"},
		{gate.GitHub, "https://api.github.com/", "https://token.actions.githubusercontent.com"},
		{gate.GitHub, "https://api.octocorp.ghe.com", "https://token.actions.octocorp.ghe.com"},
		{gate.GitHub, "https://GHE.example/api/v3/", "https://ghe.example/_services/token"},
		{gate.GitHub, "http://127.0.0.1:4010", "http://127.0.0.1:4010/_services/token"},
		{gate.GitLab, "", "https://gitlab.com"},
		{gate.GitLab, "https://gitlab.example.com/", "https://gitlab.example.com"},
		{gate.GitLab, "https://example.com/gitlab/api/v4", "https://example.com/gitlab"},
	} {
		if got, err := login.Issuer(c.forge, c.api); err != nil || got != c.want {
			t.Errorf("the issuer of %s at %q is %q (error %v), want %q", c.forge, c.api, got, err, c.want)
		}
	}
	if got, err := login.Issuer(gate.GitHub, "ghe.example"); err == nil {
		t.Errorf("an address without a scheme has the issuer %q", got)
	}
}

func TestIssuersThatCannotBeTrustedAreRefusedAtTheStart(t *testing.T) {
	for name, o := range map[string]login.JobOptions{
		"no audience":               {GitHub: []string{"https://a.example.com"}},
		"an issuer over plain http": {Audience: audience, GitLab: []string{"http://gitlab.example.com"}},
		"no issuer":                 {Audience: audience, GitHub: []string{""}},
		"an issuer of both forges":  {Audience: audience, GitHub: []string{"https://a.example.com"}, GitLab: []string{"https://a.example.com/"}},
	} {
		if _, err := login.NewJobs(o); err == nil {
			t.Errorf("%s: it starts", name)
		}
	}
}
