package forgetest_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"

	"github.com/nexusgate/nexusgate/gate/forge/forgetest"
)

const audience = "https://done.example.com"

// said are the claims of a token that an issuer stands for, at whatever time.
func said(t *testing.T, i *forgetest.Issuer, token string) map[string]any {
	t.Helper()
	provider, err := oidc.NewProvider(t.Context(), i.URL())
	if err != nil {
		t.Fatal(err)
	}
	id, err := provider.Verifier(&oidc.Config{ClientID: audience, SkipExpiryCheck: true}).Verify(t.Context(), token)
	if err != nil {
		t.Fatal(err)
	}
	claims := map[string]any{}
	if err := id.Claims(&claims); err != nil {
		t.Fatal(err)
	}
	return claims
}

func wantClaims(t *testing.T, what string, got, want map[string]any) {
	t.Helper()
	for name, value := range want {
		if got[name] != value {
			t.Errorf("%s: its token says %s %v, want %v", what, name, got[name], value)
		}
	}
}

func servedHub(t *testing.T) (*forgetest.GitHub, *forgetest.Repo) {
	t.Helper()
	hub := newGitHub(t)
	s := httptest.NewServer(hub)
	t.Cleanup(s.Close)
	hub.ServedAt(s.URL)
	return hub, hub.AddRepo("acme/cart")
}

func TestAJobOfGitHubSaysWhereItRuns(t *testing.T) {
	hub, cart := servedHub(t)
	ci := forgetest.Workflow{Name: "ci", Path: ".github/workflows/ci.yml"}
	push := cart.Run(ci, cart.Head("main"))
	push.Rerun()
	wantClaims(t, "a push", said(t, hub.Issuer(), push.Token(audience, nil)), map[string]any{
		"iss": hub.Issuer().URL(), "repository": "acme/cart", "sha": cart.Head("main"), "ref": "refs/heads/main", "event_name": "push", "run_attempt": "2",
		"job_workflow_ref": "acme/cart/.github/workflows/ci.yml@refs/heads/main", "head_ref": "",
	})

	head := cart.Commit("guest", "Guest carts", map[string]string{"a": "1"})
	pull := cart.OpenChange("guest", "main", "Guest carts", "ana")
	ci.Trigger = "pull_request"
	change := said(t, hub.Issuer(), cart.Run(ci, head).Token(audience, nil))
	wantClaims(t, "a pull request", change, map[string]any{"ref": "refs/pull/1/merge", "head_ref": "guest", "base_ref": "main"})
	if sha := change["sha"]; sha == head || sha == cart.Head("main") || len(sha.(string)) != 40 {
		t.Errorf("a pull request's job runs on %v, want a merge that no branch holds", sha)
	}

	group := cart.MergeGroup(pull)
	ci.Trigger = "merge_group"
	wantClaims(t, "a merge group", said(t, hub.Issuer(), cart.Run(ci, group.Head()).Token(audience, nil)), map[string]any{
		"ref": group.Ref(), "sha": group.Head(), "event_name": "merge_group",
	})
	wantClaims(t, "another", said(t, hub.Issuer(), push.Token(audience, map[string]any{"ref": "refs/heads/x", "environment": "production", "sha": nil})), map[string]any{
		"ref": "refs/heads/x", "environment": "production", "sha": nil,
	})
}

func TestARunnerAsksForTheTokenOfItsJob(t *testing.T) {
	hub, cart := servedHub(t)
	address, secret := cart.Run(forgetest.Workflow{Name: "ci", Path: "ci.yml"}, cart.Head("main")).TokenRequest()
	ask := func(bearer string) (status int, token string) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address+"&audience="+audience, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+bearer)
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		var given struct{ Value string }
		if err := json.NewDecoder(answer.Body).Decode(&given); err != nil {
			t.Fatal(err)
		}
		return answer.StatusCode, given.Value
	}
	status, token := ask(secret)
	if status != http.StatusOK {
		t.Fatalf("it is answered %d", status)
	}
	first := said(t, hub.Issuer(), token)
	wantClaims(t, "the runner's", first, map[string]any{"repository": "acme/cart", "event_name": "push"})
	_, token = ask(secret)
	if second := said(t, hub.Issuer(), token); second["jti"] == first["jti"] {
		t.Error("it is given the same token twice")
	}
	if status, _ := ask("somebody's"); status != http.StatusUnauthorized {
		t.Errorf("without its secret it is answered %d", status)
	}
}

func TestAJobOfGitLabSaysWhereItRuns(t *testing.T) {
	lab := newGitLab(t)
	s := httptest.NewServer(lab)
	t.Cleanup(s.Close)
	lab.ServedAt(s.URL)
	web := lab.AddProject("acme/web")
	unit := forgetest.Job{Name: "unit"}
	pushed := said(t, lab.Issuer(), web.Pipeline("main", web.Head("main"), unit).Token("unit", audience, nil))
	wantClaims(t, "a push", pushed, map[string]any{
		"iss": s.URL, "project_path": "acme/web", "sha": web.Head("main"), "ref": "main", "ref_path": "refs/heads/main", "ref_protected": "true",
		"ci_config_ref_uri": strings.TrimPrefix(s.URL, "http://") + "/acme/web//.gitlab-ci.yml@refs/heads/main",
	})
	if pushed["project_id"] != pushed["job_project_id"] {
		t.Errorf("it is of project %v and runs in %v", pushed["project_id"], pushed["job_project_id"])
	}
	head := web.Commit("guest", "Guest carts", map[string]string{"a": "1"})
	merge := web.OpenChange("guest", "main", "Guest carts", "ana")
	wantClaims(t, "a merge request", said(t, lab.Issuer(), merge.Pipeline(unit).Token("unit", audience, nil)), map[string]any{
		"pipeline_source": "merge_request_event", "ref": "guest", "ref_path": "refs/heads/guest", "ref_protected": "false", "sha": head,
	})
	results := said(t, lab.Issuer(), merge.Results(unit).Token("unit", audience, nil))
	if results["sha"] == head || results["ref"] != "guest" {
		t.Errorf("what it would become runs on %v of %v", results["sha"], results["ref"])
	}
	if token := web.Pipeline("main", web.Head("main"), unit).Token("lint", audience, nil); token != "" {
		t.Errorf("a job that is not there is given %q", token)
	}
}

func TestAnIssuerRotatesItsKeysAndLies(t *testing.T) {
	hub, cart := servedHub(t)
	run := cart.Run(forgetest.Workflow{Name: "ci", Path: "ci.yml"}, cart.Head("main"))
	old := run.Token(audience, nil)
	verifies := func(token string) bool {
		t.Helper()
		provider, err := oidc.NewProvider(t.Context(), hub.Issuer().URL())
		if err != nil {
			t.Fatal(err)
		}
		_, err = provider.Verifier(&oidc.Config{ClientID: audience, SkipExpiryCheck: true}).Verify(t.Context(), token)
		return err == nil
	}
	hub.Issuer().Rotate(true)
	if !verifies(old) || !verifies(run.Token(audience, nil)) {
		t.Error("after a rotation that keeps the old key, the old or the new does not verify")
	}
	hub.Issuer().Rotate(false)
	if verifies(old) || !verifies(run.Token(audience, nil)) {
		t.Error("after a rotation that keeps no key, the old verifies or the new does not")
	}
	claims := map[string]any{"iss": hub.Issuer().URL(), "aud": audience, "exp": time.Now().Add(time.Hour).Unix()}
	if verifies(hub.Issuer().Forge(claims)) || !verifies(hub.Issuer().Sign(claims)) {
		t.Error("what is forged verifies, or what is signed does not")
	}
	hub.Issuer().Tell(map[string]any{"issuer": "https://elsewhere.example.com"})
	if _, err := oidc.NewProvider(t.Context(), hub.Issuer().URL()); err == nil {
		t.Error("an issuer that says it is another is believed")
	}
}
