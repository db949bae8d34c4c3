package forge_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/forge"
	"github.com/nexusgate/nexusgate/gate/forge/forgetest"
)

const signing = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="

func TestAProjectGetsOneHookHoweverOftenItIsSet(t *testing.T) {
	w := newLabWorld(t)
	wish := forge.HookWish{URL: "https://gate.example/webhook/gitlab", Signing: signing, Uses: []forge.Use{forge.SignOffs}}
	first, err := w.client.SetHook(t.Context(), w.repo(), wish)
	if err != nil || !first.Made || !first.Signed || first.Others != 0 {
		t.Fatalf("the hook is %+v, %v", first, err)
	}
	again, err := w.client.SetHook(t.Context(), w.repo(), forge.HookWish{URL: wish.URL, Signing: signing})
	if err != nil || again.Made || again.ID != first.ID || !again.Signed {
		t.Fatalf("the hook is %+v, %v", again, err)
	}
	hooks, err := w.client.Hooks(t.Context(), w.repo(), wish.URL)
	if err != nil || len(hooks.Hooks) != 1 {
		t.Fatalf("the hooks are %+v, %v", hooks, err)
	}
	want := []string{"Push Hook", "Merge Request Hook", "Pipeline Hook", "Job Hook"} // comments were for the first alone
	if h := hooks.Hooks[0]; !slices.Equal(h.Events, want) || !h.Signed || !h.Verify || !h.Ours || slices.Contains(h.Lacks, "Push Hook") {
		t.Errorf("the hook is %+v", h)
	}
}

func TestAnOlderGitLabSaysThatItDoesNotSign(t *testing.T) {
	w := newLabWorld(t)
	w.lab.Release("18.11.2")
	made, err := w.client.SetHook(t.Context(), w.repo(), forge.HookWish{URL: "https://gate.example/webhook/gitlab", Signing: signing})
	if err != nil || made.Signed {
		t.Errorf("the hook is %+v, %v", made, err)
	}
}

func TestWhoDoesNotMaintainAProjectSetsNoHook(t *testing.T) {
	w := newLabWorld(t)
	w.lab.Maintain(false)
	_, err := w.client.SetHook(t.Context(), w.repo(), forge.HookWish{URL: "https://gate.example/webhook/gitlab", Secret: "s3cret"})
	refused(t, err, true, "does not maintain")
}

func TestASecretThatGitLabRepeatsIsNotTold(t *testing.T) {
	w := newLabWorld(t)
	w.lab.Inject(forgetest.Fault{Operation: "create_hook", Status: http.StatusUnprocessableEntity, Body: `{"message":"token s3cret-word is bad"}`, Times: 1})
	_, err := w.client.SetHook(t.Context(), w.repo(), forge.HookWish{URL: "https://gate.example/webhook/gitlab", Secret: "s3cret-word"})
	if err == nil || strings.Contains(err.Error(), "s3cret-word") || !strings.Contains(err.Error(), "422") {
		t.Errorf("the error is %v", err)
	}
}

func TestTheAccountOfATokenIsReadWithWhatTheTokenMay(t *testing.T) {
	w := newLabWorld(t)
	w.lab.SetToken(forgetest.TokenSettings{Scopes: []string{"read_api"}, Expires: "2026-12-01"})
	a, err := w.client.Account(t.Context())
	if err != nil || a.Name == "" || a.Version != "19.0.0" || !a.Token.Told || !slices.Equal(a.Token.Scopes, []string{"read_api"}) || a.Token.Expires.Format("2006-01-02") != "2026-12-01" {
		t.Fatalf("the account is %+v, %v", a, err)
	}
	w.web.Set(forgetest.ProjectSettings{Must: true, Train: true, Topics: []string{"team-web"}})
	seen, err := w.client.Project(t.Context(), gate.Repo{Forge: gate.GitLab, Name: w.web.Name()}, a.ID)
	want := forge.ProjectSeen{
		Seen: forge.Seen{Repo: w.repo(), Branch: "main", Topics: []string{"team-web"}},
		Page: seen.Page, Role: forge.Maintainer, Must: true, Train: true, Is: true,
	}
	if diff := cmp.Diff(want, seen); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
	if seen, err := w.client.Project(t.Context(), gate.Repo{Forge: gate.GitLab, Name: "acme/nowhere"}, a.ID); err != nil || seen.Is {
		t.Errorf("no project is %+v, %v", seen, err)
	}
	if all, whole, err := w.client.Projects(t.Context(), 10); err != nil || !whole || len(all) != 1 {
		t.Errorf("the projects are %+v, %v, %v", all, whole, err)
	}
	w.lab.Rotate("another")
	if _, err := w.client.Account(t.Context()); err == nil {
		t.Error("a token that is not taken has an account")
	}
}
