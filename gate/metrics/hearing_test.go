package metrics_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/metrics"
)

// hearing are the lines of a scrape that say how well is heard.
func hearing(text string) []string {
	return slices.DeleteFunc(ours(text), func(line string) bool {
		return !slices.ContainsFunc([]string{"heard", "silent", "hooks", "missed", "sweep", "redeliver"}, func(word string) bool {
			return strings.Contains(line, word)
		})
	})
}

// swept is a storefront that was swept, and missed things.
func swept() readSide {
	standing := storefront()
	standing.Components[0].Forge, standing.Components[0].Silent = "gitlab", true
	standing.Components[0].Heard = time.Unix(1795348800, 0)
	h := gate.Hearing{Nexus: "storefront", Sweep: gate.Sweep{Ended: time.Unix(1795352400, 0), Repos: 2, Partial: 1}}
	h.Miss(gate.GitLab, "Pipeline Hook", 10*time.Minute)
	h.Miss(gate.GitLab, "head", 0)
	h.Spend(gate.GitLab, 12, 7)
	h.Hear(gate.RepoHear{Repo: gate.Repo{Forge: gate.GitLab, ID: 3, Name: "acme/secret-repo"}, Hooks: []gate.Hook{{ID: 1}}})
	noon := time.Unix(1795348800, 0)
	counts := gate.Counts{Pending: 1, PendingSince: noon, Owed: 1, OwedSince: noon, Errands: 1, ErrandsSince: noon}
	return readSide{standings: []gate.Standing{standing}, counts: counts, untaken: []gate.Untaken{{Forge: gate.GitLab, Reports: 1}}, hearing: h, again: gate.Redelivered{Asked: 5, Came: 3, GivenUp: 1, Waiting: 1}}
}

func TestScrapeSaysHowWellIsHeard(t *testing.T) {
	want := []string{
		`nexusgate_component_heard_timestamp_seconds{component="cart-api",nexus="storefront",team="cart"} 1.7953488e+09`,
		`nexusgate_component_silent{component="cart-api",nexus="storefront",team="cart"} 1`,
		`nexusgate_hooks_disabled{component="cart-api",nexus="storefront",team="cart"} 1`,
		`nexusgate_missed_deliveries_total{event="Pipeline Hook",forge="gitlab",nexus="storefront"} 1`,
		`nexusgate_missed_deliveries_total{event="head",forge="gitlab",nexus="storefront"} 1`,
		`nexusgate_missed_delivery_lag_seconds_sum{nexus="storefront"} 600`,
		`nexusgate_missed_delivery_lag_seconds_count{nexus="storefront"} 1`,
		`nexusgate_redeliveries_awaited 1`,
		`nexusgate_redeliveries_total{result="asked"} 5`,
		`nexusgate_redeliveries_total{result="came"} 3`,
		`nexusgate_redeliveries_total{result="given-up"} 1`,
		`nexusgate_sweep_partial_repositories{nexus="storefront"} 1`,
		`nexusgate_sweep_requests_total{answer="answered",forge="gitlab",nexus="storefront"} 5`,
		`nexusgate_sweep_requests_total{answer="unchanged",forge="gitlab",nexus="storefront"} 7`,
		`nexusgate_sweep_timestamp_seconds{nexus="storefront"} 1.7953524e+09`,
	}
	text := scrape(t, metrics.New(swept(), "v1"))
	if diff := cmp.Diff(want, hearing(text)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	for _, bucket := range []string{`le="300"} 0`, `le="900"} 1`, `le="259200"} 1`} {
		if !strings.Contains(text, `nexusgate_missed_delivery_lag_seconds_bucket{nexus="storefront",`+bucket) {
			t.Errorf("the lag has no bucket %s", bucket)
		}
	}
}

func TestWhatIsNotKnownOfHearingIsLeftOut(t *testing.T) {
	src := readSide{standings: []gate.Standing{storefront()}, elsewhere: true, err: errors.New("no store")}
	want := []string{`nexusgate_component_silent{component="cart-api",nexus="storefront",team="cart"} 0`}
	if diff := cmp.Diff(want, hearing(scrape(t, metrics.New(src, "v1")))); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
