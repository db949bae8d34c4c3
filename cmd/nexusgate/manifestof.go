package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/nexusgate/nexusgate/gate"
)

// manifest is a composition to deploy: what GET /api/v1/nexus/{name}/manifest answers, and what verify-manifest reads
// again. What changes from one asking to the next, with nothing else, is not in the lock file.
type manifest struct {
	Nexus       string              `json:"nexus"`
	Increment   int64               `json:"increment"`
	Digest      string              `json:"digest"` // of the composition
	Composition gate.Composition    `json:"composition"`
	Components  map[string]deployed `json:"components"`
	Outcome     gate.Outcome        `json:"outcome"` // as of now
	Exceptions  []string            `json:"exceptions"`
	Why         string              `json:"why"`
	At          time.Time           `json:"at"`
	Recorded    string              `json:"recorded,omitempty"`    // id of the verdict that was recorded and says the same
	Attestation string              `json:"attestation,omitempty"` // where the signed statement on that is, on the service

	locked bool // it was read from a lock file, which tells no folders
}

// deployed is where a component lies, and the commit of it that goes out.
type deployed struct {
	Repo   string `json:"repo"` // "github:acme/cart-api"
	Path   string `json:"path,omitempty"`
	Commit string `json:"commit"`
}

// apiManifest answers GET /api/v1/nexus/{name}/manifest?increment=last-done.
func (s *server) apiManifest(w http.ResponseWriter, r *http.Request) {
	m, err := s.manifest(r)
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	writeJSON(w, http.StatusOK, m)
}

func (s *server) manifest(r *http.Request) (manifest, error) {
	q := question{Nexus: r.PathValue("name"), Increment: r.URL.Query().Get("increment"), Environment: r.URL.Query().Get("environment")}
	if q.Increment == "" {
		q.Increment = gate.LastDoneIncrement
	}
	a, err := (&doorman{s: s}).asked(r, q)
	if err != nil {
		return manifest{}, err
	}
	answer, err := a.ask(r.Context())
	switch {
	case err != nil:
		return manifest{}, err
	case answer.Increment == 0:
		return manifest{}, refusing(http.StatusNotFound, "%s", strings.TrimSuffix(answer.Why, "."))
	}
	told := a.told(answer)
	m := manifest{
		Nexus: told.Nexus, Increment: told.Increment, Digest: told.Digest, Composition: told.Composition, Components: map[string]deployed{},
		Outcome: told.Outcome, Exceptions: told.Exceptions, Why: told.Why, At: s.config.now().UTC(), Recorded: told.Recorded, Attestation: told.Attestation,
	}
	d, _ := s.lanes.definition(m.Nexus)
	for name, commit := range m.Composition {
		of := deployed{Commit: commit}
		if c, is := d.Component(name); is {
			of.Repo, of.Path = c.Forge+":"+c.Repo, c.Path
		}
		m.Components[name] = of
	}
	return m, nil
}

// manifest asks a service for the manifest of an Increment.
func (c *apiClient) manifest(ctx context.Context, nexus, increment, environment string) (m manifest, err error) {
	query := url.Values{"increment": {increment}}
	if environment != "" {
		query.Set("environment", environment)
	}
	err = c.get(ctx, "/api/v1/nexus/"+url.PathEscape(nexus)+"/manifest?"+query.Encode(), &m)
	if err == nil {
		err = m.sound()
	}
	return m, err
}

// sound holds that a manifest names what it says it names.
func (m manifest) sound() error {
	switch {
	case len(m.Composition) == 0:
		return errors.New("the manifest names no component")
	case m.Digest != "" && m.Composition.Digest() != m.Digest:
		return fmt.Errorf("the manifest was altered: its components are the composition %s, and it says that they are %s", m.Composition.Digest(), m.Digest)
	case len(m.Components) > 0 && !maps.Equal(m.commits(), m.Composition):
		return errors.New("the manifest was altered: the commits of its components are not those of its composition")
	}
	return nil
}

// commits are those of the components, one by one.
func (m manifest) commits() gate.Composition {
	all := gate.Composition{}
	for name, c := range m.Components {
		all[name] = c.Commit
	}
	return all
}

// astray names a component that the manifest has elsewhere than the Nexus does; "" where there is none.
func (m manifest) astray(is manifest) string {
	for _, name := range slices.Sorted(maps.Keys(m.Components)) {
		says, lies := m.Components[name], is.Components[name]
		if !strings.EqualFold(says.Repo, lies.Repo) || !m.locked && says.Path != lies.Path {
			return fmt.Sprintf("%s lies at %s, and not at %s", name, lies.where(), says.where())
		}
	}
	return ""
}

func (d deployed) where() string { return strings.TrimSpace(d.Repo + " " + d.Path) }
