package main_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/gate"
)

// A definition that lives in a repository, on either forge.

// governed is the shop with an Integration Team, and a deadline to tell its versions by.
func governed(within string) string {
	return strings.Replace(shop, `within: "45m", fix: "Mend`, `within: "`+within+`", fix: "Mend`, 1) +
		"integrationTeam: {productOwner: \"ana\", scrumMaster: \"li\", members: [\"kim\"]}\n"
}

// faulty is the same with a word that is none.
func faulty(within string) string { return strings.Replace(governed(within), "fix:", "fixx:", 1) }

// homestead is a repository that a definition lives in.
type homestead struct {
	home    string
	push    func(source string) string // straight onto main
	propose func(branch, author, source string) proposed
}

// proposed is a change to the definition.
type proposed struct {
	head    string
	approve func(user string)
	land    func() string
	shows   func() string // of the check on it, "" where there is none
	says    func() string
}

// homely furnishes a house whose definition lives on a forge, and does not start the service.
func homely(t *testing.T, forge, source string) (*house, homestead) {
	t.Helper()
	h := furnish(t, shop)
	h.settings.Configs = nil
	s := h.homesteadOnGitHub()
	if forge == "gitlab" {
		s = h.homesteadOnGitLab()
	}
	h.settings.Homes = []string{s.home}
	s.push(source)
	return h, s
}

func nexusFile(source string) map[string]string { return map[string]string{"nexus.cue": source} }

func (h *house) homesteadOnGitHub() homestead {
	repo := h.hub.AddRepo("acme/nexus")
	return homestead{
		home: "github:acme/nexus@main",
		push: func(source string) string { return repo.Commit("main", "The definition", nexusFile(source)) },
		propose: func(branch, author, source string) proposed {
			repo.Commit(branch, "The definition", nexusFile(source))
			change := repo.OpenChange(branch, "main", "The definition", author)
			return proposed{
				head:    change.Head(),
				approve: func(user string) { change.Review(user, "approved") },
				land:    func() string { return change.Merge("squash") },
				shows: func() string {
					if runs := h.checks(repo, change.Head(), gate.DefinitionCheck); len(runs) > 0 {
						return face(runs[len(runs)-1])
					}
					return ""
				},
				says: func() string {
					var b strings.Builder
					for _, run := range h.checks(repo, change.Head(), gate.DefinitionCheck) {
						fmt.Fprintln(&b, run.Title, run.Summary, run.Text, run.Annotations)
					}
					return b.String()
				},
			}
		},
	}
}

func (h *house) homesteadOnGitLab() homestead {
	project := h.lab.AddProject("acme/nexus")
	return homestead{
		home: "gitlab:acme/nexus@main",
		push: func(source string) string { return project.Commit("main", "The definition", nexusFile(source)) },
		propose: func(branch, author, source string) proposed {
			project.Commit(branch, "The definition", nexusFile(source))
			change := project.OpenChange(branch, "main", "The definition", author)
			latest := func() (state, description string) {
				for _, s := range project.Statuses(change.Head()) {
					if s.Name == gate.DefinitionCheck {
						state, description = s.State, s.Description
					}
				}
				return state, description
			}
			return proposed{
				head:    change.Head(),
				approve: change.Approve,
				land:    func() string { return change.Merge("squash") },
				shows:   func() string { state, _ := latest(); return faces[state] },
				says:    func() string { _, description := latest(); return description },
			}
		},
	}
}

// faces are GitLab's states by what GitHub shows for the same.
var faces = map[string]string{"success": "success", "failed": "failure", "pending": "in_progress"}

// within waits until the definition in force has that deadline.
func (h *house) within(want time.Duration) {
	h.t.Helper()
	h.eventually("the definition with the deadline "+want.String()+" is in force", func() bool { return h.deadline() == want })
}

// deadline is that of the pipeline by the definition in force, and 0 where none is.
func (h *house) deadline() time.Duration {
	if d, ok := h.server.Definition("shop"); ok {
		for _, c := range d.Criteria {
			if c.ID == "ci" {
				return c.Within
			}
		}
	}
	return 0
}

// warns waits until the Nexus warns of something.
func (h *house) warns(of string) {
	h.t.Helper()
	h.eventually("the Nexus warns of "+of, func() bool {
		return strings.Contains(strings.Join(h.standing().Warnings, "\n"), of)
	})
}

// onBoth runs a test on each forge.
func onBoth(t *testing.T, test func(t *testing.T, forge string)) {
	t.Helper()
	for _, forge := range []string{"github", "gitlab"} {
		t.Run(forge, func(t *testing.T) {
			t.Parallel()
			test(t, forge)
		})
	}
}

func TestADefinitionIsReadFromItsHomeAndFollowsWhatLandsThere(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, forge string) {
		h, s := homely(t, forge, governed("45m"))
		h.start()
		h.within(45 * time.Minute)
		h.rest()
		if status, body := h.get("/readyz"); status != http.StatusOK || body != "ready\n" {
			t.Errorf("/readyz answers %d: %s", status, body)
		}
		change := s.propose("shorter", "kim", governed("30m"))
		h.later()
		change.land()
		h.within(30 * time.Minute)
		h.green()
		h.rest()
		if err := h.stop(); err != nil {
			t.Fatal(err)
		}
		if out, stderr, code := said(t, "replay", "--store", h.settings.Store); code != 0 || !strings.HasSuffix(out, ": the same\n") {
			t.Errorf("replay exits with %d and says %s%s", code, out, stderr)
		}
	})
}

func TestALandingWithFaultsOrWithoutAWordOfTheTeamLeavesTheDefinitionInForce(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, forge string) {
		h, s := homely(t, forge, governed("45m"))
		h.start()
		h.within(45 * time.Minute)
		h.rest()
		bad := s.propose("faulty", "kim", faulty("30m"))
		h.later()
		bad.land()
		h.warns("done.ci.fixx is no field here; did you mean fix?")
		h.later()
		stranger := s.propose("stranger", "mallory", governed("9h"))
		h.later()
		stranger.land()
		h.warns("landed without a word of the Integration Team")
		if got := h.deadline(); got != 45*time.Minute {
			t.Errorf("the deadline in force is %s", got)
		}
		h.later()
		mending := s.propose("mending", "kim", governed("30m"))
		h.later()
		mending.land()
		h.within(30 * time.Minute)
	})
}

func TestAChangeToTheDefinitionGetsACheckThatWaitsForTheIntegrationTeam(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, forge string) {
		h, s := homely(t, forge, governed("45m"))
		h.start()
		h.within(45 * time.Minute)
		h.rest()
		change := s.propose("shorter", "mallory", governed("30m"))
		h.eventually("the check waits, and says what differs", func() bool {
			return change.shows() == "in_progress" &&
				(forge == "gitlab" || strings.Contains(change.says(), "ci: within shortened from 45m to 30m"))
		})
		h.later()
		change.approve("kim")
		h.eventually("the check is green", func() bool { return change.shows() == "success" })
		change.land()
		h.within(30 * time.Minute)
	})
}

func TestAChangeWithFaultsGetsThemAtTheirLines(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, forge string) {
		h, s := homely(t, forge, governed("45m"))
		h.start()
		h.within(45 * time.Minute)
		change := s.propose("faulty", "kim", faulty("30m"))
		h.eventually("the check is red", func() bool { return change.shows() == "failure" })
		if forge == "github" && !strings.Contains(change.says(), "{nexus.cue 13 13 ") {
			t.Errorf("no annotation is at the line of the fault:\n%s", change.says())
		}
	})
}

// endless is a definition that never finishes computing.
var endless = "import \"list\"\n" + governed("30m") + harmful["that never finishes"].more

func TestADefinitionThatNeverFinishesIsAFaultOfTheChangeThatProposesIt(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, forge string) {
		h, s := homely(t, forge, governed("45m"))
		h.settings.ComputeWithin = 2 * time.Second
		h.patience = 4 * patience // on a busy machine it is computed again and again before it is a fault
		h.start()
		h.within(45 * time.Minute)
		change := s.propose("endless", "mallory", endless)
		h.eventually("the check is red", func() bool { return change.shows() == "failure" })
		if said := change.says(); forge == "github" && !strings.Contains(said, "took more than 2s; write it more simply") {
			t.Errorf("the check does not say what is wrong:\n%s", said)
		}
		if got := h.deadline(); got != 45*time.Minute {
			t.Errorf("the deadline in force is %s", got)
		}
	})
}

func TestDefinitionsThatNeverFinishHoldNothingUp(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, forge string) {
		h, s := homely(t, forge, governed("45m"))
		h.settings.ComputeWithin = 10 * patience
		h.start()
		h.within(45 * time.Minute)
		h.rest()
		for _, branch := range []string{"a", "b", "c", "d", "e", "f"} {
			s.propose(branch, "mallory", endless+"// "+branch+"\n")
		}
		other := propose(h.cart, "guest")
		approve(h.cart, other)
		h.check(h.cart, other.Head(), gate.DoneCheck, "success")
	})
}

func TestARestartGoesOnWithTheDefinitionAndSeesWhatLandedMeanwhile(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, forge string) {
		h, s := homely(t, forge, strings.Replace(shop, "45m", "40m", 1)) // of no Integration Team
		h.start()
		h.within(40 * time.Minute)
		h.rest()
		if err := h.stop(); err != nil {
			t.Fatal(err)
		}
		h.later()
		s.push(strings.Replace(shop, "45m", "20m", 1))
		h.start()
		h.within(20 * time.Minute)
	})
}

func TestAMembersChangeThatLandsWhileTheServiceIsDownComesIntoForceWhenItStarts(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, forge string) {
		h, s := homely(t, forge, governed("45m"))
		h.start()
		h.within(45 * time.Minute)
		h.rest()
		h.later()
		s.propose("shorter", "kim", governed("40m")).land()
		h.within(40 * time.Minute)
		h.rest()
		if err := h.stop(); err != nil {
			t.Fatal(err)
		}
		h.later()
		approved := s.propose("shortest", "mallory", governed("20m"))
		h.later()
		approved.approve("li")
		h.later()
		approved.land()
		h.ahead.Add(120) // what lands within a minute may have landed together
		s.propose("stranger", "mallory", governed("9h")).land()
		h.start()
		h.within(20 * time.Minute)
		h.warns("landed without a word of the Integration Team")
		h.rest()
		if err := h.stop(); err != nil {
			t.Fatal(err)
		}
		if out, stderr, code := said(t, "replay", "--store", h.settings.Store); code != 0 || !strings.HasSuffix(out, ": the same\n") {
			t.Errorf("replay exits with %d and says %s%s", code, out, stderr)
		}
	})
}

func TestAHomeThatCannotBeReadIsTriedAgainAndTheServiceSaysWhatItWaitsFor(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, forge string) {
		h, s := homely(t, forge, faulty("45m"))
		h.hub.Down()
		h.lab.Down()
		h.start()
		h.eventually("it says that the forge does not answer", func() bool {
			status, body := h.get("/readyz")
			return status == http.StatusServiceUnavailable && strings.Contains(body, "waiting for the definition of "+s.home+":nexus.cue: reading the head")
		})
		if status, _ := h.get("/healthz"); status != http.StatusOK {
			t.Errorf("/healthz answers %d", status)
		}
		h.hub.Heal()
		h.lab.Heal()
		h.eventually("it says that there are faults", func() bool {
			_, body := h.get("/readyz")
			return strings.Contains(body, "the definition has faults")
		})
		h.later()
		s.push(governed("45m"))
		h.within(45 * time.Minute)
	})
}

func TestANexusMovesFromAFileToAHomeAndBackWithoutBeingRetired(t *testing.T) {
	t.Parallel()
	h, s := homely(t, "github", governed("30m"))
	h.settings.Configs, h.settings.Homes = []string{h.configFile}, nil
	h.start()
	h.within(45 * time.Minute)
	h.rest()
	h.settings.Configs, h.settings.Homes = nil, []string{s.home}
	h.restart()
	h.within(30 * time.Minute)
	h.rest()
	h.settings.Configs, h.settings.Homes = []string{h.configFile}, nil
	h.restart()
	h.within(45 * time.Minute)
	h.rest()
	if retired, err := h.server.Kept(t.Context(), "retired"); err != nil || retired != 0 {
		t.Errorf("the Nexus was retired %d times (%v)", retired, err)
	}
}

func TestANexusWhoseHomeIsNoLongerGivenIsRetired(t *testing.T) {
	t.Parallel()
	h, _ := homely(t, "github", strings.Replace(governed("30m"), `name: "shop"`, `name: "store"`, 1))
	h.start()
	h.eventually("it is in force", func() bool { _, ok := h.server.Standing("store"); return ok })
	h.rest()
	h.settings.Configs, h.settings.Homes = []string{h.configFile}, nil
	h.restart()
	h.within(45 * time.Minute)
	h.eventually("it is retired", func() bool { _, ok := h.server.Standing("store"); return !ok })
}

func TestAHomeThatClaimsWhatAnotherNexusHasIsNotTakenUp(t *testing.T) {
	t.Parallel()
	h, s := homely(t, "github", strings.Replace(governed("30m"), `name: "shop"`, `name: "store"`, 1))
	h.settings.Configs = []string{h.configFile}
	h.start()
	h.within(45 * time.Minute)
	h.eventually("it says so, and serves the other", func() bool {
		status, body := h.get("/readyz")
		return status == http.StatusOK && strings.Contains(body, s.home) && strings.Contains(body, "belongs to the Nexus shop already")
	})
	if _, ok := h.server.Standing("store"); ok {
		t.Error("it is taken up")
	}
}
