package forgetest_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/bradleyfalzon/ghinstallation/v2"

	"github.com/nexusgate/nexusgate/gate/forge/forgetest"
)

// poster makes check runs with annotations, and says why each is refused, "" where it is not.
func poster(t *testing.T) func(...forgetest.Annotation) string {
	t.Helper()
	hub := newGitHub(t)
	home := hub.AddRepo("acme/nexus")
	server := httptest.NewServer(hub)
	t.Cleanup(server.Close)
	over, err := ghinstallation.New(http.DefaultTransport, hub.AppID, home.Installation(), hub.PrivateKey())
	if err != nil {
		t.Fatal(err)
	}
	over.BaseURL = server.URL
	return func(notes ...forgetest.Annotation) string {
		body, err := json.Marshal(map[string]any{
			"name": "Definition of Done", "head_sha": home.Head("main"),
			"output": map[string]any{"title": "t", "summary": "s", "annotations": notes},
		})
		if err != nil {
			t.Fatal(err)
		}
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL+"/repos/acme/nexus/check-runs", bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		answer, err := (&http.Client{Transport: over}).Do(request)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		said, err := io.ReadAll(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		if answer.StatusCode == http.StatusCreated {
			return ""
		}
		return string(said)
	}
}

func TestGitHubRefusesAnnotationsThatAreNone(t *testing.T) {
	post := poster(t)
	sound := forgetest.Annotation{Path: "nexus.cue", StartLine: 1, EndLine: 1, StartColumn: 3, EndColumn: 3, Level: "failure", Message: "no"}
	for says, spoil := range map[string]func(*forgetest.Annotation){
		"":                               func(*forgetest.Annotation) {},
		"wants a path":                   func(a *forgetest.Annotation) { a.Path = "" },
		"and a message":                  func(a *forgetest.Annotation) { a.Message = "" },
		"no lines 0 to 1":                func(a *forgetest.Annotation) { a.StartLine = 0 },
		"no lines 1 to 0":                func(a *forgetest.Annotation) { a.EndLine = 0 },
		"only an annotation of one line": func(a *forgetest.Annotation) { a.EndLine = 2 },
		"no columns 3 to 2":              func(a *forgetest.Annotation) { a.EndColumn = 2 },
		"annotation_level":               func(a *forgetest.Annotation) { a.Level = "error" },
		"too long":                       func(a *forgetest.Annotation) { a.Message = string(make([]byte, 64<<10+1)) },
	} {
		a := sound
		spoil(&a)
		if got := post(a); (got == "") != (says == "") || !strings.Contains(got, says) {
			t.Errorf("an annotation is refused with %q, not %q", got, says)
		}
	}
	many := make([]forgetest.Annotation, 51)
	for i := range many {
		many[i] = sound
	}
	if got := post(many...); !strings.Contains(got, "more than 50") {
		t.Errorf("51 annotations are refused with %q", got)
	}
}
