package dashboard_test

import (
	"errors"
	"flag"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/dashboard"
)

var update = flag.Bool("update", false, "write the golden files anew")

// oneNexus is a read side with the storefront alone, changed by mutate.
func oneNexus(mutate ...func(*gate.Standing)) *readSide {
	s := storefront()
	for _, m := range mutate {
		m(&s)
	}
	r := &readSide{names: []string{"storefront"}, standings: map[string]gate.Standing{"storefront": s}, verdicts: map[string]gate.Verdict{s.HeadSays.ID: s.HeadSays}}
	for _, c := range s.Components {
		r.verdicts[c.Says.ID] = c.Says
	}
	for _, c := range s.Proposals {
		r.verdicts[c.Says.ID] = c.Says
	}
	return r
}

// threeNexuses is a read side with several.
func threeNexuses() *readSide {
	r := oneNexus()
	done := storefront()
	done.Head.Number, done.HeadSays.Outcome, done.HeadSays.Findings = 7, gate.Done, []gate.Finding{finding("sbom", "", "", gate.Met)}
	name := *done.Definition
	name.Name = "back office/2"
	done.Definition = &name
	fresh := gate.Standing{Definition: storefront().Definition}
	r.names = []string{"storefront", "back office/2", "fresh"}
	r.standings["back office/2"], r.standings["fresh"] = done, fresh
	return r
}

func options() dashboard.Options {
	return dashboard.Options{
		Now:      func() time.Time { return noon },
		Version:  "v1.2.3",
		NotFound: func(err error) bool { return errors.Is(err, errNowhere) },
	}
}

func get(t *testing.T, r dashboard.Reader, path string) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	dashboard.New(r, options()).ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	return w
}

var hashed = regexp.MustCompile(`(/assets/\w+)\.[0-9a-f]{8}\.`)

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	got = hashed.ReplaceAllString(got, "$1.")
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs, -want +got (make golden writes it anew):\n%s", file, diff)
	}
}

func TestGoldenPagesAreUnchanged(t *testing.T) {
	for name, page := range map[string]struct {
		reader *readSide
		path   string
		status int
	}{
		"nexus.html":     {oneNexus(), "/", 200},
		"nexuses.html":   {threeNexuses(), "/", 200},
		"teams.html":     {oneNexus(), "/nexus/storefront/teams", 200},
		"fresh.html":     {threeNexuses(), "/nexus/fresh", 200},
		"component.html": {oneNexus(), "/nexus/storefront/components/cart-api", 200},
		"refused.html":   {oneNexus(), "/nexus/storefront/components/search-index", 200},
		"verdict.html":   {oneNexus(), "/verdicts/01JD9YHEAD", 200},
		"fault.html":     {oneNexus(), "/verdicts/nothing", 404},
		"head.json":      {oneNexus(), "/api/v1/nexus/storefront/increments/head", 200},
		"component.json": {oneNexus(), "/api/v1/nexus/storefront/components/search-index", 200},
		"verdict.json":   {oneNexus(), "/api/v1/verdicts/01JD9Ysearch-index", 200},
	} {
		t.Run(name, func(t *testing.T) {
			w := get(t, page.reader, page.path)
			if w.Code != page.status {
				t.Errorf("%s answers %d, want %d", page.path, w.Code, page.status)
			}
			golden(t, name, w.Body.String())
		})
	}
}
