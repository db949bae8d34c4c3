package gate_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/nexusgate/nexusgate/gate"
)

// asks is an external status check that asks about a merge request of the web's.
func asks(number int, check int64) gate.CheckAsked {
	return gate.CheckAsked{Repo: webRepo, Number: number, Check: check, Name: "QA"}
}

// wantTold holds what the checks are told by a step.
func wantTold(t *testing.T, what string, step gate.Step, want ...gate.CheckAnswer) {
	t.Helper()
	var told []gate.CheckAnswer
	for _, e := range step.Errands {
		var a gate.CheckAnswer
		if err := json.Unmarshal(e.Body, &a); err != nil || e.Kind != gate.CheckErrand || e.Repo != webRepo {
			t.Fatalf("%s: an errand is %+v (%v)", what, e, err)
		}
		told = append(told, a)
	}
	if diff := cmp.Diff(want, told); diff != "" {
		t.Errorf("%s: the checks are told (-want +got):\n%s", what, diff)
	}
}

// ciEnds is the web's pipeline on a commit, with how it ended; "" while it runs.
func (h *house) ciEnds(commit, conclusion string) gate.Step {
	h.now = h.now.Add(1e9)
	e := gate.Evidence{
		Object: "run/" + commit, Kind: "pipeline", Name: "ci", Producer: gate.Producer{App: gate.GitHubActions}, Run: gate.Run{ID: 1, Attempt: 1, Created: morning},
		Trust: 3, Status: gate.Running, Observed: h.now,
	}
	if conclusion != "" {
		e.Status, e.Facts = gate.Completed, gate.Facts{"conclusion": conclusion}
	}
	return h.tell(gate.Reported{Repo: webRepo, Commit: commit, Evidence: e})
}

func TestACheckIsToldTheVerdictOnTheHead(t *testing.T) {
	h := newHouse(t, storefront)
	h.landed(webRepo, "000", "w1", "a")
	wantTold(t, "a merge request that is not known", h.tell(asks(7, 1)))
	h.restart()
	failed := func(commit string, check int64) gate.CheckAnswer {
		return gate.CheckAnswer{Number: 7, Commit: commit, Check: check}
	}
	passed := func(commit string, check int64) gate.CheckAnswer {
		return gate.CheckAnswer{Number: 7, Commit: commit, Check: check, Passed: true}
	}
	seen := gate.ChangeSeen{Repo: webRepo, Number: 7, State: gate.ChangeOpen, Head: "h1", Base: "main", UpdatedAt: h.now}
	wantTold(t, "it is opened", h.tell(seen), failed("h1", 1))
	wantTold(t, "another check", h.tell(asks(7, 2)), failed("h1", 2))
	h.tell(gate.ChangeRead{Repo: webRepo, Number: 7, Head: "h1", Paths: []string{"a"}, Complete: true})
	wantTold(t, "it runs", h.ciEnds("h1", ""))
	wantTold(t, "it passes", h.ciEnds("h1", "success"), passed("h1", 1), passed("h1", 2))
	h.restart()
	wantTold(t, "nothing is new", h.ciEnds("h1", "success"))
	wantTold(t, "it asks once more", h.tell(asks(7, 2)), passed("h1", 2))
	wantTold(t, "it fails after all", h.ciEnds("h1", "failure"), failed("h1", 1), failed("h1", 2))
	seen.Head, seen.Before, seen.UpdatedAt = "h2", "h1", h.now.Add(1e9)
	wantTold(t, "another head", h.tell(seen), failed("h2", 1), failed("h2", 2))
	seen.State, seen.UpdatedAt = gate.ChangeClosed, h.now.Add(2e9)
	wantTold(t, "it is closed", h.tell(seen))
	wantTold(t, "it asks of one that is closed", h.tell(asks(7, 1)))
}

func TestAMergeRequestIsAskedAboutByFewChecks(t *testing.T) {
	h := newHouse(t, storefront)
	h.landed(webRepo, "000", "w1", "a")
	h.opened(webRepo, 7, "h1", "a")
	told := 0
	for id := range int64(30) {
		told += len(h.tell(asks(7, id+1)).Errands)
	}
	if told != 20 {
		t.Errorf("%d of them were told", told)
	}
	strange := asks(7, 1)
	strange.Repo = gate.Repo{Forge: gate.GitLab, ID: 99, Name: "acme/strange"}
	if step := h.tell(strange); step.Result != gate.Unused {
		t.Errorf("one of a stranger's is %s", step.Result)
	}
}

func TestACheckThatGitLabTookNoWordForIsShown(t *testing.T) {
	h := newHouse(t, storefront)
	h.landed(webRepo, "000", "w1", "a")
	h.opened(webRepo, 7, "h1", "a")
	step := h.tell(asks(7, 1))
	if len(step.Errands) != 1 {
		t.Fatalf("it is told by %+v", step.Errands)
	}
	done := gate.ErrandDone{Nexus: "storefront", Key: step.Errands[0].Key, Kind: gate.CheckErrand, Repo: webRepo, At: h.now}
	warns := func(refused string) bool {
		done.Refused = refused
		h.tell(done)
		h.restart()
		s, _ := h.ledger.Standing("storefront", h.now)
		return slices.ContainsFunc(s.Warnings, func(w string) bool {
			return strings.Contains(w, "acme/web!7: its external status check QA could not be answered: grant it")
		})
	}
	if !warns("grant it") || warns("") {
		t.Error("it warns of what was taken, or not of what was refused")
	}
}
