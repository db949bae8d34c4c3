package gate_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
)

func TestALayerThatComesIntoForceIsAVersionWithWhoBroughtIt(t *testing.T) {
	h := newHouse(t, reviewed)
	h.landed(cartRepo, "000", "c1", "cart.go")
	if diff := cmp.Diff([]string{"storefront nexus.cue given to the service as a file"}, shortVersions(h.versions)); diff != "" {
		t.Errorf("versions after the start (-want +got):\n%s", diff)
	}
	h.now = h.now.Add(time.Minute)
	h.opened(cartRepo, 17, "aaa", ".nexus/done.cue")
	h.tell(gate.Reviewed{Repo: cartRepo, Number: 17, Reviewer: "kim", State: gate.Approved, Commit: "aaa", At: h.now})
	merged := seen(cartRepo, 17, "aaa", h.now.Add(time.Second))
	merged.State, merged.Landed = gate.ChangeMerged, "c2"
	h.tell(merged)
	h.tell(push(cartRepo, "c1", "c2", h.now, ".nexus/done.cue"))
	h.tell(layer(cartRepo, "c2", tightens))
	v := h.versions[len(h.versions)-1]
	want := gate.Version{
		Nexus: "storefront", Component: "cart-api", Digest: v.Digest, File: "github:acme/cart-api:.nexus/done.cue",
		Commit: "c2", Change: "acme/cart-api#17", Author: "ana", Approvers: []string{"kim"}, At: h.now,
	}
	if diff := cmp.Diff(want, v); diff != "" || len(h.versions) != 2 {
		t.Errorf("the last of %d versions (-want +got):\n%s", len(h.versions), diff)
	}
}

func TestALayerThatIsRefusedOrRemovedIsTakenAway(t *testing.T) {
	h := newHouse(t, reviewed)
	h.tell(push(cartRepo, "000", "c1", h.now, ".nexus/done.cue"))
	h.tell(layer(cartRepo, "c1", tightens))
	h.now = h.now.Add(time.Minute)
	h.tell(push(cartRepo, "c1", "c2", h.now, ".nexus/done.cue"))
	h.tell(layer(cartRepo, "c2", relaxes))
	got := shortVersions(h.versions)
	if last := got[len(got)-1]; len(got) != 3 || !strings.HasPrefix(last, "cart-api taken away refused: ") {
		t.Errorf("versions are %q, want the last to say that cart-api's was refused", got)
	}
}

func TestAVerdictsDigestRebuildsTheVeryRulesItWasMadeBy(t *testing.T) {
	h := newHouse(t, reviewed)
	h.tell(push(cartRepo, "000", "c1", h.now, ".nexus/done.cue"))
	h.tell(layer(cartRepo, "c1", tightens))
	h.tell(gate.NexusGiven{File: "nexus.cue", Source: strings.Replace(reviewed, "approvals: >=1", "approvals: >=3", 1)})
	for _, digest := range h.manifests {
		n, err := gate.Rebuild(h.manifest(digest), h.find)
		if err != nil || n.Digest != digest {
			t.Fatalf("rebuilding %s: %v", digest, err)
		}
	}
	for key, v := range h.said {
		if !slices.Contains(h.manifests, v.Definition) {
			t.Errorf("the verdict on %s names %s, and no such manifest was told", key, v.Definition)
		}
	}
	n, err := gate.Rebuild(h.manifest(h.standing().Digest), h.find)
	if err != nil {
		t.Fatal(err)
	}
	g, _ := n.Component("cart-api")
	if diff := cmp.Diff(ruleTexts(h.standing().Components[0].Rules), ruleTexts(g.Rules)); diff != "" {
		t.Errorf("the overtaken layer's rules, rebuilt (-in force +rebuilt):\n%s", diff)
	}
}

func TestRebuildSaysWhichSourceIsNotToBeFound(t *testing.T) {
	h := newHouse(t, storefront)
	lost := func(string) (gate.DefinitionSource, error) {
		return gate.DefinitionSource{}, fmt.Errorf("it is not kept")
	}
	if _, err := gate.Rebuild(h.manifest(h.standing().Digest), lost); err == nil || !strings.Contains(err.Error(), "nexus.cue: it is not kept") {
		t.Errorf("the error is %v, want one that names nexus.cue", err)
	}
}

// shortVersions are versions in a line each: component, or else the Nexus, file and note.
func shortVersions(all []gate.Version) []string {
	lines := make([]string, len(all))
	for i, v := range all {
		words := []string{v.Nexus, v.File, v.Note}
		if v.Component != "" {
			words[0] = v.Component
		}
		if v.Digest == "" {
			words[1] = "taken away"
		}
		lines[i] = strings.TrimSpace(strings.Join(words, " "))
	}
	return lines
}

// ruleTexts are rules as lines: each layer's leaves.
func ruleTexts(rules []definition.Rule) []string {
	var lines []string
	for _, r := range rules {
		for _, c := range []*definition.Criterion{r.Nexus, r.Team} {
			if c != nil {
				lines = append(lines, fmt.Sprint(c.ID, c.Level, c.Must))
			}
		}
	}
	return lines
}
