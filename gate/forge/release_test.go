package forge_test

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/forge"
)

func releaseErrand(t *testing.T, repo gate.Repo, r gate.ReleaseReport) forge.Errand {
	t.Helper()
	body, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	return forge.Errand{Errand: gate.Errand{
		Nexus: "storefront", Key: "release " + repo.Key() + " " + r.Commit, Kind: gate.ReleaseErrand, Repo: repo, Body: body,
	}}
}

// alarm is said of a commit that was released and is not done.
func alarm(commit string) gate.ReleaseReport {
	return gate.ReleaseReport{
		Commit: commit, Tag: "v1.0", Outcome: gate.NotDone, Title: "v1.0 is released, and is in no done Increment",
		Why: []string{"v1.0: It is red <b>@all</b>."}, Page: "https://done.example.com/nexus/shop",
	}
}

func TestATagIsReadDownToItsCommit(t *testing.T) {
	hub, lab := newHubWorld(t), newLabWorld(t)
	hub.cart.Tag("v1/light", hub.cart.Head("main"))
	hub.cart.Annotate("v1/heavy", hub.cart.Head("main"))
	lab.web.Tag("v1/light", lab.web.Head("main"))
	lab.web.Annotate("v1/heavy", lab.web.Head("main"))
	for _, d := range []struct {
		from   reader
		repo   gate.Repo
		commit string
		now    time.Time
	}{{hub.client, hub.repo(), hub.cart.Head("main"), hub.Now()}, {lab.client, lab.repo(), lab.web.Head("main"), lab.Now()}} {
		want := gate.TagRead{Repo: d.repo, Tag: "v1/light", Object: d.commit, Commit: d.commit, At: d.now, Covers: []string{"d1"}}
		light := read[gate.TagRead](t, d.from, gate.Want{Kind: gate.WantTag, Repo: d.repo, Tag: "v1/light", Covers: []string{"d1"}})
		if diff := cmp.Diff(want, light); diff != "" {
			t.Errorf("%s: %s", d.repo.Forge, diff)
		}
		heavy := read[gate.TagRead](t, d.from, gate.Want{Kind: gate.WantTag, Repo: d.repo, Tag: "v1/heavy"})
		if heavy.Commit != d.commit || heavy.Object == d.commit || heavy.Object == "" {
			t.Errorf("%s: an annotated one is %+v", d.repo.Forge, heavy)
		}
		if gone := read[gate.TagRead](t, d.from, gate.Want{Kind: gate.WantTag, Repo: d.repo, Tag: "v2"}); !gone.Absent || gone.Commit != "" {
			t.Errorf("%s: one that is not there is %+v", d.repo.Forge, gone)
		}
		_, err := d.from.Read(t.Context(), gate.Want{Kind: gate.WantTag, Repo: d.repo, Tag: "../heads/main"})
		refused(t, err, true, "not a clean path")
	}
}

func TestACheckRunSaysHowAReleaseStands(t *testing.T) {
	w := newHubWorld(t)
	commit := w.cart.Head("main")
	for range 2 {
		if done, err := w.client.Run(t.Context(), releaseErrand(t, w.repo(), alarm(commit))); err != nil || done.Refused != "" || done.Run == 0 {
			t.Fatal(done, err)
		}
	}
	runs := w.hub.CheckRuns("acme/cart-api", commit)
	if len(runs) != 1 || runs[0].Name != "Release" || runs[0].Conclusion != "failure" || runs[0].Title != alarm(commit).Title ||
		!strings.HasPrefix(runs[0].ExternalID, gate.Mark) || runs[0].DetailsURL != alarm(commit).Page {
		t.Errorf("the check runs are %+v", runs)
	}
	if said := runs[0].Summary; !strings.Contains(said, "It is red") || strings.Contains(said, " <b>@all") || !strings.Contains(said, "ends by itself") {
		t.Errorf("it says %q", said)
	}
	for outcome, want := range map[gate.Outcome]string{gate.Done: "success", "": "cancelled", gate.Awaiting: ""} {
		r := alarm(commit)
		r.Outcome = outcome
		if _, err := w.client.Run(t.Context(), releaseErrand(t, w.repo(), r)); err != nil {
			t.Fatal(err)
		}
		if runs = w.hub.CheckRuns("acme/cart-api", commit); len(runs) != 1 || runs[0].Conclusion != want {
			t.Errorf("%q is shown as %+v", outcome, runs)
		}
	}
}

func TestAReleaseOfWhatIsNoCommitIsRefused(t *testing.T) {
	hub, lab := newHubWorld(t), newLabWorld(t)
	for _, d := range []struct {
		repo gate.Repo
		run  func(context.Context, forge.Errand) (gate.ErrandDone, error)
	}{{hub.repo(), hub.client.Run}, {lab.repo(), lab.client.Run}} {
		if done, err := d.run(t.Context(), releaseErrand(t, d.repo, alarm("main"))); err != nil || !strings.Contains(done.Refused, "not a commit id") {
			t.Errorf("%s: it comes to %+v (%v)", d.repo.Forge, done, err)
		}
	}
}

func TestACommitStatusSaysHowAReleaseStands(t *testing.T) {
	w := newLabWorld(t)
	commit := w.web.Head("main")
	w.web.Tag("v1.0", commit)
	for _, outcome := range []gate.Outcome{gate.Awaiting, gate.NotDone, gate.Done} {
		r := alarm(commit)
		r.Outcome = outcome
		if done, err := w.client.Run(t.Context(), releaseErrand(t, w.repo(), r)); err != nil || done.Refused != "" {
			t.Fatal(done, err)
		}
	}
	var states []string
	for _, s := range w.web.Statuses(commit) {
		states = append(states, s.Name+" "+s.Ref+" "+s.State)
		if s.Description != alarm(commit).Title {
			t.Errorf("it says %q", s.Description)
		}
	}
	if want := []string{"Release v1.0 pending", "Release v1.0 failed", "Release v1.0 success"}; !slices.Equal(states, want) {
		t.Errorf("the statuses are %q, want %q", states, want)
	}
}

func TestASweepTellsTheNewestReleasesWhereTheyAreWatched(t *testing.T) {
	hub, lab := newHubWorld(t), newLabWorld(t)
	for i := range forge.SweptReleases + 2 {
		tag := "v" + string(rune('a'+i))
		hub.Pass(time.Minute)
		lab.Pass(time.Minute)
		hub.cart.Publish(tag, hub.cart.Head("main"))
		lab.web.Publish(tag, lab.web.Head("main"))
	}
	for _, d := range []struct {
		with sweeper
		repo gate.Repo
		told said
	}{
		{hub.client, hub.repo(), heard(t, gate.FromGitHub, hub.hub.Deliveries())},
		{lab.client, lab.repo(), heard(t, gate.FromGitLab, lab.lab.Deliveries())},
	} {
		of := ofMain(d.repo)
		if none := found(t, sweep(t, d.with, of)); len(none.of) != 0 {
			t.Errorf("%s: where none is watched it finds %v", d.repo.Forge, none.of)
		}
		of.Releases = true
		got := found(t, sweep(t, d.with, of)).of
		delete(d.told.of, "release va")
		delete(d.told.of, "release vb")
		if diff := cmp.Diff(d.told.of, got); diff != "" || len(got) != forge.SweptReleases {
			t.Errorf("%s: of %d (-told +found):\n%s", d.repo.Forge, len(got), diff)
		}
	}
}
