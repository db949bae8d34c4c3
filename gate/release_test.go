package gate_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/nexusgate/nexusgate/gate"
)

// watched is storefront with its releases watched.
const watched = storefront + `
release: tags: "v*.*.*"
`

func published(repo gate.Repo, tag, commit string, at time.Time) gate.ReleaseSeen {
	return gate.ReleaseSeen{Repo: repo, Tag: tag, Commit: commit, At: at}
}

func tagged(repo gate.Repo, tag, before, after string, at time.Time) gate.TagSeen {
	e := gate.TagSeen{Repo: repo, Tag: tag, Before: before, After: after, Commit: after, PushedAt: at}
	if repo.Forge == gate.GitLab {
		e.PushedAt = time.Time{}
	}
	return e
}

// release is the one release there is.
func (h *house) release() gate.Release {
	h.t.Helper()
	all := h.ledger.Releases("storefront")
	if len(all) != 1 {
		h.t.Fatalf("there are %d releases: %+v", len(all), all)
	}
	return all[0]
}

// says judges the one release by an answer of the door, and tells it where that is news.
func (h *house) says(outcome gate.Outcome, why string) (reports []gate.ReleaseReport) {
	h.t.Helper()
	r := h.release()
	e, news := r.Judge(gate.Answer{Outcome: outcome, Increment: 3, Why: why}, "https://done.example.com", h.now)
	if !news {
		return nil
	}
	return h.reports(h.tell(e))
}

// reports are what a step has the forges show on commits.
func (h *house) reports(step gate.Step) (reports []gate.ReleaseReport) {
	h.t.Helper()
	for _, e := range step.Errands {
		var r gate.ReleaseReport
		if err := json.Unmarshal(e.Body, &r); err != nil || e.Kind != gate.ReleaseErrand {
			h.t.Fatalf("an errand %+v: %v", e, err)
		}
		if want := "release " + e.Repo.Key() + " " + r.Commit; e.Key != want {
			h.t.Errorf("its key is %q, want %q", e.Key, want)
		}
		reports = append(reports, r)
	}
	return reports
}

func (h *house) wantReports(what string, got []gate.ReleaseReport, want ...string) {
	h.t.Helper()
	var said []string
	for _, r := range got {
		said = append(said, r.Commit+" "+string(r.Outcome)+": "+r.Title)
	}
	if diff := cmp.Diff(want, said); diff != "" {
		h.t.Errorf("%s: what is shown (-want +got):\n%s", what, diff)
	}
}

func TestAReleaseOfADoneIncrementIsSoundFromThenOn(t *testing.T) {
	h := newHouse(t, watched)
	h.landed(cartRepo, "000", "c1")
	h.tell(tagged(cartRepo, "1.0", "", "c1", h.now))
	if all := h.ledger.Releases("storefront"); len(all) != 0 {
		t.Errorf("a tag alone is a release: %+v", all)
	}
	h.tell(published(cartRepo, "1.0", "", h.now))
	r := h.release()
	if r.Commit != "c1" || !r.Open() || r.Strays || r.Moved != "" || !cmp.Equal(r.Components, []string{"cart-api"}) {
		t.Errorf("it is %+v", r)
	}
	h.wantReports("done", h.says(gate.Done, "Integrated Increment 3 is done."), "c1 done: 1.0 is released from Integrated Increment 3, which is done")
	h.restart()
	if r = h.release(); r.Open() || r.Judged.Alarm || r.Times != 1 {
		t.Errorf("after a restart it is %+v", r)
	}
}

func TestAReleaseThatIsNotDoneRaisesAnAlarmUntilItIs(t *testing.T) {
	h := newHouse(t, watched)
	h.landed(cartRepo, "000", "c1")
	h.tell(published(cartRepo, "1.0", "c1", h.now))
	h.wantReports("not done", h.says(gate.NotDone, "It is red."), "c1 not-done: 1.0 is released, and is in no done Increment")
	raised := h.now
	if again := h.says(gate.NotDone, "It is red."); again != nil {
		t.Errorf("it is said again: %+v", again)
	}
	h.after(30 * time.Second)
	if soon := h.says(gate.NotDone, "It is redder."); soon != nil {
		t.Errorf("other words come at once: %+v", soon)
	}
	h.after(time.Minute)
	h.wantReports("other words", h.says(gate.NotDone, "It is redder."), "c1 not-done: 1.0 is released, and is in no done Increment")
	h.wantReports("run again", h.says(gate.Awaiting, "It runs."), "c1 not-done: 1.0 is released, and is in no done Increment")
	h.after(time.Minute)
	h.wantReports("done", h.says(gate.Done, "It is done."), "c1 done: 1.0 is released from Integrated Increment 3, which is done")
	if r := h.release(); !r.Raised.Equal(raised) || !r.Ended.Equal(h.now) || r.Judged.Alarm || r.Open() {
		t.Errorf("raised at %s and done at %s, it is %+v", raised, h.now, r)
	}
}

func TestWhatIsAwaitedIsAnAlarmAfterAWhile(t *testing.T) {
	h := newHouse(t, watched)
	h.landed(cartRepo, "000", "c1")
	h.tell(published(cartRepo, "1.0", "c1", h.now))
	h.wantReports("at first", h.says(gate.Awaiting, "It runs."), "c1 awaiting: 1.0 is released, and its Increment is awaited")
	h.after(gate.ReleaseGrace - time.Second)
	if still := h.says(gate.Awaiting, "It runs."); still != nil {
		t.Errorf("within the grace it is said again: %+v", still)
	}
	h.after(time.Second)
	h.wantReports("after the grace", h.says(gate.Awaiting, "It runs."), "c1 not-done: 1.0 is released, and is in no done Increment")
	if r := h.release(); !r.Raised.Equal(h.now) || !r.Judged.Alarm {
		t.Errorf("it is %+v", r)
	}
}

func TestATagThatMovesAfterItsReleaseIsAnAlarm(t *testing.T) {
	h := newHouse(t, watched)
	h.landed(cartRepo, "000", "c1")
	h.landed(cartRepo, "c1", "c2")
	h.tell(tagged(cartRepo, "1.0", "", "c1", h.now))
	h.tell(published(cartRepo, "1.0", "", h.now))
	h.says(gate.Done, "It is done.")
	h.after(time.Minute)
	h.tell(tagged(cartRepo, "1.0", "c1", "c2", h.now))
	if r := h.release(); r.Moved != "c1" || r.Commit != "c2" || !r.Open() {
		t.Errorf("it is %+v", r)
	}
	h.wantReports("moved", h.says(gate.Done, "It is done."),
		"c1 : No release names this commit any more", "c2 not-done: 1.0 is released, and is in no done Increment")
	if why := h.release().Judged.Why; why != "The tag was moved after it was released, from c1 to c2. It is done." {
		t.Errorf("it says %q", why)
	}
	h.after(time.Minute)
	h.tell(tagged(cartRepo, "1.0", "c2", "c1", h.now))
	h.wantReports("moved back", h.says(gate.Done, "It is done."),
		"c2 : No release names this commit any more", "c1 done: 1.0 is released from Integrated Increment 3, which is done")
}

func TestATagThatWasMovedBeforeItsReleaseIsNone(t *testing.T) {
	h := newHouse(t, watched)
	h.landed(cartRepo, "000", "c1")
	h.landed(cartRepo, "c1", "c2")
	h.tell(tagged(cartRepo, "1.0", "", "c1", h.now))
	h.tell(published(cartRepo, "1.0", "", h.now.Add(2*time.Minute)))
	h.says(gate.Done, "It is done.")
	h.tell(tagged(cartRepo, "1.0", "c1", "c2", h.now.Add(time.Minute)))
	if r := h.release(); r.Moved != "" || r.Commit != "c2" {
		t.Errorf("it is %+v", r)
	}
}

func TestAReleaseThatIsTakenBackIsNoAlarm(t *testing.T) {
	for what, end := range map[string]gate.Event{
		"taken back":      gate.ReleaseSeen{Repo: cartRepo, Tag: "1.0", At: morning.Add(time.Hour), Withdrawn: true},
		"its tag deleted": tagged(cartRepo, "1.0", "c1", "", morning.Add(2*time.Hour)),
	} {
		h := newHouse(t, watched)
		h.landed(cartRepo, "000", "c1")
		h.now = morning.Add(time.Hour)
		h.tell(tagged(cartRepo, "1.0", "", "c1", h.now))
		h.tell(published(cartRepo, "1.0", "", h.now))
		h.says(gate.NotDone, "It is red.")
		h.wantReports(what, h.reports(h.tell(end)), "c1 : No release names this commit any more")
		if again := h.tell(end); len(again.Errands) != 0 {
			t.Errorf("%s: twice it is told by %+v", what, again.Errands)
		}
		if all := h.ledger.Releases("storefront"); len(all) != 0 {
			t.Errorf("%s: there are %+v", what, all)
		}
		if all := h.standing().Releases; len(all) != 0 {
			t.Errorf("%s: shown are %+v", what, all)
		}
	}
}

func TestATagOfThePatternIsAReleaseByItself(t *testing.T) {
	h := newHouse(t, watched)
	h.landed(webRepo, "000", "w1")
	h.tell(tagged(webRepo, "v1", "", "w1", h.now))
	h.tell(tagged(webRepo, "v1.2.3", "", "w1", h.now))
	if r := h.release(); r.Tag != "v1.2.3" || r.Commit != "w1" || !r.Published.IsZero() {
		t.Errorf("it is %+v", r)
	}
	h.says(gate.NotDone, "It is red.")
	h.tell(gate.NexusGiven{File: "nexus.cue", Source: storefront})
	if all := h.ledger.Releases("storefront"); len(all) != 0 {
		t.Errorf("once no release is watched there are %+v", all)
	}
	if step := h.tell(tagged(webRepo, "v1.2.4", "", "w1", h.now)); step.Result != gate.Unused {
		t.Errorf("then a tag is %s", step.Result)
	}
}

func TestWhatWasReleasedBeforeItIsWatchedIsHistory(t *testing.T) {
	h := newHouse(t, storefront)
	h.landed(cartRepo, "000", "c1")
	h.tell(published(cartRepo, "1.0", "c1", h.now))
	h.after(time.Hour)
	h.tell(gate.NexusGiven{File: "nexus.cue", Source: watched})
	h.tell(published(cartRepo, "1.0", "c1", morning))
	if all := h.ledger.Releases("storefront"); len(all) != 0 {
		t.Errorf("there are %+v", all)
	}
	h.tell(published(cartRepo, "1.1", "c1", h.now))
	if r := h.release(); r.Tag != "1.1" {
		t.Errorf("it is %+v", r)
	}
}

func TestAReleaseOfACommitThatNeverLandedSaysSo(t *testing.T) {
	h := newHouse(t, watched)
	h.landed(cartRepo, "000", "c1")
	h.tell(published(cartRepo, "1.0", "elsewhere", h.now))
	r := h.release()
	e, _ := r.Judge(gate.Answer{Outcome: gate.Awaiting, Why: "No Increment holds it."}, "", h.now)
	if want := "It is at elsewhere, where no integration branch is known to have stood. No Increment holds it."; !r.Strays || e.Why != want {
		t.Errorf("it says %q, want %q", e.Why, want)
	}
}

func TestWhatATagNamesIsReadWhereNobodyToldIt(t *testing.T) {
	h := newHouse(t, watched)
	h.landed(cartRepo, "000", "c1")
	h.tell(published(cartRepo, "1.0", "", h.now))
	if e, news := ptr(h.release()).Judge(gate.Answer{Outcome: gate.Done}, "", h.now); !news || e.Outcome != gate.Awaiting || e.Commit != "" {
		t.Errorf("while it is not known it says %+v", e)
	}
	h.restart()
	want := h.wantedTag()
	h.tell(gate.TagRead{Repo: cartRepo, Tag: "1.0", Object: "t1", Commit: "c1", At: h.now, Covers: want.Covers})
	if r := h.release(); r.Commit != "c1" {
		t.Errorf("once it was read it is %+v", r)
	}
	for _, w := range h.ledger.Wants() {
		if w.Kind == gate.WantTag {
			t.Errorf("it is read again: %+v", w)
		}
	}
}

func ptr[T any](v T) *T { return &v }

// wantedTag is the one tag to be read.
func (h *house) wantedTag() (want gate.Want) {
	h.t.Helper()
	for _, w := range h.ledger.Wants() {
		if w.Kind == gate.WantTag {
			want = w
		}
	}
	if want.Kind == "" {
		h.t.Fatal("no tag is to be read")
	}
	return want
}

func TestAReleaseIsForgottenWithWhatIsOld(t *testing.T) {
	h := newHouse(t, watched)
	h.landed(cartRepo, "000", "c1")
	h.tell(published(cartRepo, "1.0", "c1", h.now))
	h.says(gate.NotDone, "It is red.")
	h.after(80 * 24 * time.Hour)
	h.tell(gate.Pruned{Before: h.now.Add(-90 * 24 * time.Hour)})
	if r := h.release(); !r.Judged.Alarm {
		t.Errorf("within the retention it is %+v", r)
	}
	h.after(20 * 24 * time.Hour)
	h.tell(gate.Pruned{Before: h.now.Add(-90 * 24 * time.Hour)})
	h.tell(published(cartRepo, "1.0", "c1", morning))
	if all := h.ledger.Releases("storefront"); len(all) != 0 {
		t.Errorf("long after there are %+v", all)
	}
}

func TestOneReportTellsOfAllReleasesOfACommit(t *testing.T) {
	h := newHouse(t, watched)
	h.landed(cartRepo, "000", "c1")
	for _, tag := range []string{"1.0", "final"} {
		h.tell(published(cartRepo, tag, "c1", h.now))
	}
	all := h.ledger.Releases("storefront")
	done, _ := all[0].Judge(gate.Answer{Outcome: gate.Done, Increment: 3, Why: "It is done."}, "", h.now)
	red, _ := all[1].Judge(gate.Answer{Outcome: gate.NotDone, Increment: 3, Why: "It is red."}, "", h.now)
	h.tell(done)
	reports := h.reports(h.tell(red))
	h.wantReports("both", reports, "c1 not-done: final is released, and is in no done Increment (and 1 more)")
	if got := strings.Join(reports[0].Why, "|"); got != "final: It is red.|1.0: It is done." {
		t.Errorf("it says %q", got)
	}
}

func TestWhatIsSaidOfAReleaseIsLogged(t *testing.T) {
	for _, e := range []gate.Event{
		gate.ReleaseJudged{Nexus: "storefront", Key: "github:1 1.0", Published: morning, Commit: "c1", Components: []string{"cart-api"}, Outcome: gate.NotDone, Alarm: true, Why: "Why."},
		gate.TagRead{Repo: cartRepo, Tag: "1.0", Object: "t1", Commit: "c1", At: morning, Covers: []string{"000002"}},
	} {
		d, err := gate.Own("d1", e, morning)
		if err != nil {
			t.Fatal(err)
		}
		events, err := gate.DecodeOwn(d)
		if diff := cmp.Diff([]gate.Event{e}, events); diff != "" || err != nil {
			t.Errorf("it comes back (%v, -want +got):\n%s", err, diff)
		}
	}
}
