package main_test

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/store"
)

// grounded has every verdict of a store come out the very same from what is kept of its ground.
func grounded(t *testing.T, dsn string) {
	t.Helper()
	ctx := context.Background()
	s, err := store.OpenToRead(ctx, dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	nexuses := map[string]*gate.Nexus{}
	lanes, err := s.Lanes(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range lanes {
		err := s.Grounds(ctx, l.Name, time.Time{}, func(g gate.Ground, evidence func(string) (*gate.Evidence, error)) error {
			kept, err := s.Verdict(ctx, g.Verdict)
			if err != nil {
				return err
			}
			n, err := inForceThen(ctx, s, nexuses, g.Definition)
			if err != nil {
				return err
			}
			kase, err := gate.CaseOf(g, n, evidence, func(id string) ([]gate.Finding, error) {
				v, err := s.Verdict(ctx, id)
				return v.Findings, err
			})
			if again := gate.Judge(kase, g.At); err == nil && again.ID != g.Verdict {
				t.Errorf("the verdict on %s comes out another from its ground (-kept +again):\n%s", g.Subject.Name, cmp.Diff(kept, again))
			}
			return err
		})
		if err != nil {
			t.Errorf("the grounds of %s: %v", l.Name, err)
		}
		if _, without, err := s.CountGrounds(ctx, l.Name, time.Time{}); err != nil || without > 0 {
			t.Errorf("%d verdicts of %s have no ground (error %v)", without, l.Name, err)
		}
	}
}

// inForceThen is the Nexus as it was by the digest of its manifest.
func inForceThen(ctx context.Context, s *store.Store, known map[string]*gate.Nexus, digest string) (*gate.Nexus, error) {
	if n, ok := known[digest]; ok {
		return n, nil
	}
	kept, err := s.Definition(ctx, digest)
	if err != nil {
		return nil, err
	}
	var m gate.Manifest
	if err := json.Unmarshal([]byte(kept.Source), &m); err != nil {
		return nil, err
	}
	known[digest], err = gate.Rebuild(m, func(digest string) (gate.DefinitionSource, error) { return s.Definition(ctx, digest) })
	return known[digest], err
}

// candidate writes a definition, changed at some places, beside the one in force.
func (h *house) candidate(pairs ...string) string {
	h.t.Helper()
	path := filepath.Join(h.t.TempDir(), "candidate.cue")
	if err := os.WriteFile(path, []byte(strings.NewReplacer(pairs...).Replace(shop)), 0o600); err != nil {
		h.t.Fatal(err)
	}
	return path
}

// impactOf is what the command answers in JSON.
type impactOf struct {
	Nexus               string
	Verdicts, Differing int
	Judged              []gate.Retried
	Findings            []gate.FindingTurn
	Outcomes            []gate.OutcomeTurn
	Unknown             []gate.Unknown
	Joining, Leaving    []string
	Moved               []string
	Left, Groundless    int
}

func (h *house) impact(want int, args ...string) (i impactOf) {
	h.t.Helper()
	out, stderr, code := said(h.t, append([]string{"impact", "--store", h.settings.Store, "--format", "json"}, args...)...)
	if code != want {
		h.t.Fatalf("impact %q exits with %d and says\n%s%s", args, code, out, stderr)
	}
	if err := json.Unmarshal([]byte(out), &i); err != nil {
		h.t.Fatal(err)
	}
	return i
}

// TestTheImpactOfACandidateIsToldFromAStoreAtWork asks while the service runs, and after.
func TestTheImpactOfACandidateIsToldFromAStoreAtWork(t *testing.T) {
	t.Parallel()
	h := open(t, shop)
	h.green()
	h.later()
	build(h.pay, "push", h.pay.Head("main"), "failure")
	change := propose(h.cart, "basket")
	approve(h.cart, change)
	change.Review("kim", "approved")
	h.eventually("the Increment is not done", func() bool { return h.standing().Head.Outcome == gate.NotDone })
	h.rest()

	same := h.impact(0, "--nexus", h.candidate())
	if same.Verdicts == 0 || same.Differing != 0 || len(same.Findings)+len(same.Outcomes)+len(same.Unknown) > 0 {
		t.Errorf("under the very same definition the impact is %+v", same)
	}
	advisory := h.candidate(`fix: "Mend what is red"`, `level: "advisory"`,
		"done: {", "done: {\n\tscan: {why: \"No hole\", on: \"commit\", evidence: \"vulnerabilities\", must: critical: 0}")
	h.wantImpact(h.impact(1, "--nexus", advisory))
	out, _, code := said(t, "impact", "--store", h.settings.Store, "--nexus", advisory)
	for _, want := range []string{
		"shop: ", " verdicts judged again, from ", "\ncart\n", "\npay\n", "  ci    unmet, required → advisory  ", "  scan  new: waiting ", "as in verdict ",
		"\noutcomes that would have turned\n", "components of cart ", "  done → awaiting  ", "  not-done → awaiting  ",
	} {
		if code != 1 || !strings.Contains(out, want) {
			t.Errorf("impact exits with %d and lacks %q:\n%s", code, want, out)
		}
	}
	if later := h.impact(0, "--nexus", advisory, "--since", "2100-01-01"); later.Verdicts != 0 {
		t.Errorf("since 2100 there are %d verdicts", later.Verdicts)
	}
	if err := h.stop(); err != nil {
		t.Fatal(err)
	}
	before := fileOf(t, h.settings.Store)
	if after := h.impact(1, "--nexus", advisory); after.Verdicts < same.Verdicts { // the last may have come since
		t.Errorf("of %d verdicts %d are judged again after the service has ended", same.Verdicts, after.Verdicts)
	}
	if !bytes.Equal(before, fileOf(t, h.settings.Store)) {
		t.Error("the store is another one after the impact was told")
	}
}

// wantImpact holds what a candidate with an advisory pipeline and a scan would have changed.
func (h *house) wantImpact(i impactOf) {
	h.t.Helper()
	has := func(what string, so bool) {
		if !so {
			h.t.Errorf("the impact lacks %s: %+v", what, i)
		}
	}
	found, turned := map[string]bool{}, map[string]bool{}
	for _, f := range i.Findings {
		found[strings.Join([]string{f.Team, f.Criterion, string(f.From), string(f.To), f.Level}, " ")] = f.Count > 0 && f.Example != ""
	}
	for _, o := range i.Outcomes {
		turned[strings.Join([]string{string(o.Kind), o.Team, string(o.From), string(o.To)}, " ")] = o.Count > 0 && o.Example != ""
	}
	has("the red pipeline of payment", found["pay ci unmet unmet required → advisory"])
	has("the new criterion", found["web scan  waiting "])
	has("components that would have waited", turned["component pay not-done awaiting"] && turned["component web done awaiting"])
	has("the Increments", turned["increment  not-done awaiting"] && turned["increment  done awaiting"])
}

func fileOf(t *testing.T, dsn string) []byte {
	t.Helper()
	text, err := os.ReadFile(strings.TrimPrefix(dsn, "sqlite:"))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// TestTheImpactTellsWhatItCannotKnow has a candidate that brings, takes away and moves components.
func TestTheImpactTellsWhatItCannotKnow(t *testing.T) {
	t.Parallel()
	h := open(t, shop)
	h.green()
	h.rest()
	path := h.candidate(`web: components: web: repo: "gitlab:acme/web"`, `web: components: front: repo: "gitlab:acme/front"`,
		`repo: "github:acme/payment"`, `{repo: "github:acme/payment", branch: "next"}`, `within: "45m", fix`, `paths: ["src/**"], fix`)
	i := h.impact(1, "--nexus", path)
	if diff := cmp.Diff([][]string{{"front"}, {"web"}, {"payment"}}, [][]string{i.Joining, i.Leaving, i.Moved}); diff != "" {
		t.Errorf("joining, leaving and moved (-want +got):\n%s", diff)
	}
	if i.Left == 0 || len(i.Unknown) == 0 || i.Unknown[0].Criterion != "ci" {
		t.Errorf("%d verdicts were left out, and not known is %+v", i.Left, i.Unknown)
	}
	out, _, _ := said(t, "impact", "--store", h.settings.Store, "--nexus", path)
	for _, want := range []string{"\nnot judged\n", "cart ci: which commits touched its paths", "front would join", "web would leave", "payment would be another repository"} {
		if !strings.Contains(out, want) {
			t.Errorf("impact lacks %q:\n%s", want, out)
		}
	}
}

// TestTheImpactOfATeamsLayer lays a team's file over what is in force, and one that would be refused.
func TestTheImpactOfATeamsLayer(t *testing.T) {
	t.Parallel()
	h := open(t, shop)
	h.green()
	h.rest()
	over := strings.TrimSuffix(h.configFile, "nexus.cue") + "web.cue"
	for source, want := range map[string]string{
		"done: scan: {why: \"No hole\", on: \"commit\", evidence: \"vulnerabilities\", must: critical: 0, within: \"1m\"}\n": "scan",
		"done: ci: level: \"advisory\"\n": "definition-of-done",
	} {
		if err := os.WriteFile(over, []byte(source), 0o600); err != nil {
			t.Fatal(err)
		}
		i := h.impact(1, "--nexus", h.candidate(), "--team", "web="+over)
		for _, f := range i.Findings {
			if f.Team != "web" || f.Criterion != want {
				t.Errorf("it turns %+v, want %s of web alone", f, want)
			}
		}
		if len(i.Findings) == 0 {
			t.Errorf("nothing turns with %s", source)
		}
	}
	for want, args := range map[string][]string{
		`keeps no Nexus "shp"; it has shop, and the candidate's name says which one it is for`: {"--nexus", h.candidate(`"shop"`, `"shp"`)},
		"--since yesterday: write a day, as 2026-11-01":                                        {"--nexus", h.candidate(), "--since", "yesterday"},
		"candidate.cue has faults; nexusgate vet":                                              {"--nexus", h.candidate("must:", "most:")},
	} {
		if _, stderr, code := said(t, append([]string{"impact", "--store", h.settings.Store}, args...)...); code != 3 || !strings.Contains(stderr, want) {
			t.Errorf("impact %q exits with %d and says %s, want %s", args, code, stderr, want)
		}
	}
}
