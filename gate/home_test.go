package gate_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
)

const unspoken = "landed without a word of the Integration Team"

func TestAHomesHeadIsReadAndListenedTo(t *testing.T) {
	h := emptyHouse(t)
	h.tell(givenHome(t, first))
	if !wants(h, gate.WantHead, "acme/nexus") {
		t.Errorf("nobody wants the head of the home; wants: %v", h.ledger.Wants())
	}
	if got := h.ledger.Homes(); got[homeAt] != "storefront" || len(h.ledger.Sources()) != 0 {
		t.Errorf("homes %v, sources %v; want the one home and no file", got, h.ledger.Sources())
	}
	h.tell(gate.HeadRead{Repo: homeRepo, Branch: "main", Commit: "h0", At: h.now})
	if wants(h, gate.WantHead, "acme/nexus") || wants(h, gate.WantNexus, "h0") {
		t.Errorf("the head that was first read is still wanted: %v", h.ledger.Wants())
	}
	h.tell(push(homeRepo, "h0", "h1", h.now.Add(time.Minute), "README.md"))
	if wants(h, gate.WantNexus, "h1") {
		t.Error("the definition is wanted at a landing that does not touch it")
	}
	h.wantNoWarning("nexus.cue at")
}

func TestALandingThatTheIntegrationTeamWroteOrApprovedComesIntoForce(t *testing.T) {
	for _, c := range []struct{ name, author, approver string }{
		{"written by a member", "kim", ""},
		{"approved by the Product Owner", "ana", "lee"},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHome(t, first)
			h.proposes(3, c.author, "aaa", governedBy(`"kim"`, "2h"))
			if c.approver != "" {
				h.approves(3, c.approver, "aaa")
			}
			h.lands(3, c.author, "aaa", "h0", "h1", governedBy(`"kim"`, "2h"))
			h.wantWithin("after the landing", 2*time.Hour)
			want := gate.Version{
				Nexus: "storefront", Digest: h.versions[1].Digest, File: "nexus.cue", Commit: "h1", Change: "acme/nexus#3",
				Author: c.author, At: h.now,
			}
			if c.approver != "" {
				want.Approvers = []string{c.approver}
			}
			if diff := cmp.Diff(want, h.versions[1]); diff != "" {
				t.Errorf("its version (-want +got):\n%s", diff)
			}
		})
	}
}

func TestALandingThatNobodyVouchesForLeavesTheDefinitionInForce(t *testing.T) {
	h := newHome(t, first)
	h.proposes(3, "ana", "aaa", governedBy(`"kim"`, "2h"))
	h.approves(3, "bob", "aaa")
	h.lands(3, "ana", "aaa", "h0", "h1", governedBy(`"kim"`, "2h"))
	h.wantWithin("after a stranger's landing", time.Hour)
	h.wantWarning("nexus.cue at h1 " + unspoken)
	h.approves(3, "kim", "aaa")
	h.wantWithin("once a member approved it late", 2*time.Hour)
	h.wantNoWarning(unspoken)
}

func TestAPushPastEveryChangeIsNotVouchedForUnlessThereIsNoIntegrationTeam(t *testing.T) {
	h := newHome(t, first)
	h.tell(push(homeRepo, "h0", "h1", h.now, "nexus.cue"))
	h.tell(homeRead(t, "h1", governedBy(`"kim"`, "2h")))
	h.wantWithin("after a bare push", time.Hour)
	h.wantWarning(unspoken)

	nobodys := strings.Replace(storefront, `"1h"`, `"3h"`, 1)
	free := newHome(t, storefront)
	free.tell(push(homeRepo, "h0", "h1", free.now, "nexus.cue"))
	free.tell(homeRead(t, "h1", nobodys))
	free.wantWithin("where there is no such team", 3*time.Hour)
}

func TestAnApprovalOfAnotherHeadDoesNotVouch(t *testing.T) {
	h := newHome(t, first)
	h.proposes(3, "ana", "aaa", governedBy(`"kim"`, "2h"))
	h.approves(3, "kim", "aaa")
	h.now = h.now.Add(time.Minute)
	h.proposes(3, "ana", "bbb", governedBy(`"ana"`, "9h"))
	h.lands(3, "ana", "bbb", "h0", "h1", governedBy(`"ana"`, "9h"))
	h.wantWithin("after the approved head was pushed over", time.Hour)
}

func TestWhatAVouchedLandingBringsStaysUnderOneThatDoesNotTouchIt(t *testing.T) {
	h := newHome(t, first)
	h.proposes(3, "kim", "aaa", governedBy(`"kim"`, "2h"))
	h.now = h.now.Add(time.Minute)
	h.tell(mergedAs(3, "kim", "aaa", "h1", h.now))
	h.tell(push(homeRepo, "h0", "h1", h.now, "nexus.cue"))
	h.tell(push(homeRepo, "h1", "h2", h.now.Add(time.Second), "README.md"))
	h.wantWithin("before it is read", time.Hour)
	h.tell(homeRead(t, "h1", governedBy(`"kim"`, "2h")))
	h.wantWithin("under a stranger's README", 2*time.Hour)
	h.wantNoWarning("nexus.cue at")
}

func TestAVouchedLandingThatLeavesTheFileAloneDoesNotBringWhatLandedBefore(t *testing.T) {
	h := newHome(t, first)
	h.tell(push(homeRepo, "h0", "h1", h.now, "nexus.cue"))
	h.now = h.now.Add(time.Minute)
	h.tell(mergedAs(4, "kim", "ccc", "h2", h.now))
	h.tell(gate.ChangeRead{Repo: homeRepo, Number: 4, Head: "ccc", Paths: []string{"README.md"}}) // and more than a forge lists
	unlisted := push(homeRepo, "h1", "h2", h.now)
	h.tell(unlisted)
	strangers := governedBy(`"mallory"`, "9h")
	for _, commit := range []string{"h1", "h2", "ccc"} {
		h.tell(homeRead(t, commit, strangers))
	}
	h.wantWithin("after a member's change to something else", time.Hour)
	h.wantWarning("nexus.cue at h1 " + unspoken)
	h.proposes(5, "kim", "ddd", governedBy(`"kim"`, "2h"))
	h.lands(5, "kim", "ddd", "h2", "h3", governedBy(`"kim"`, "2h"))
	h.wantWithin("after a member's change to the file", 2*time.Hour)
	h.wantNoWarning(unspoken)
}

func TestAnOldDefinitionDoesNotComeBackByAForcedPush(t *testing.T) {
	h := newHome(t, first)
	h.proposes(3, "kim", "aaa", governedBy(`"kim"`, "2h"))
	h.lands(3, "kim", "aaa", "h0", "h1", governedBy(`"kim"`, "2h"))
	h.now = h.now.Add(time.Minute)
	back := push(homeRepo, "h1", "h0", h.now)
	back.Forced = true
	h.tell(back)
	h.wantWithin("after the branch was forced back", 2*time.Hour)
	h.wantWarning(unspoken)
}

func TestALandingIsVouchedForByTheTeamThatWasInForceBeforeIt(t *testing.T) {
	h := newHome(t, first)
	h.proposes(3, "mallory", "aaa", governedBy(`"mallory"`, "9h"))
	h.lands(3, "mallory", "aaa", "h0", "h1", governedBy(`"mallory"`, "9h"))
	h.wantWithin("after a stranger made herself a member", time.Hour)
}

func TestAFaultyLandingLeavesTheDefinitionInForceAndSaysWhere(t *testing.T) {
	another := strings.Replace(first, `name: "storefront"`, `name: "market"`, 1)
	for _, c := range []struct {
		name, want string
		read       func(t *testing.T) gate.NexusRead
	}{
		{"faults", "nexus.cue:3:5: it does not read", func(*testing.T) gate.NexusRead {
			return gate.NexusRead{Repo: homeRepo, Commit: "h1", Path: "nexus.cue", Source: "}", Faults: definition.Faults{{Pos: definition.Pos{File: "nexus.cue", Line: 3, Column: 5}, Message: "it does not read"}}}
		}},
		{"another name", "a Nexus keeps its name", func(t *testing.T) gate.NexusRead { return homeRead(t, "h1", another) }},
		{"gone", "the file is gone", func(*testing.T) gate.NexusRead {
			return gate.NexusRead{Repo: homeRepo, Commit: "h1", Path: "nexus.cue", Absent: true}
		}},
		{"what it computes to does not read", "reading what nexus.cue computes to", func(t *testing.T) gate.NexusRead {
			read := homeRead(t, "h1", governedBy(`"kim"`, "2h"))
			read.Settled = "{}"
			return read
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHome(t, first)
			h.now = h.now.Add(time.Minute)
			h.merges(3, "kim", "aaa", "h1")
			h.tell(push(homeRepo, "h0", "h1", h.now, "nexus.cue"))
			h.tell(c.read(t))
			h.wantWithin("after the landing", time.Hour)
			h.wantWarning("nexus.cue at h1 is not in force")
			h.wantWarning(c.want)
		})
	}
}

func TestAHomeDoesNotTakeAnotherNexussComponents(t *testing.T) {
	h := newHome(t, first)
	other := strings.NewReplacer(`"storefront"`, `"other"`, "cart-api", "till", "acme/pay", "acme/drawer", "acme/web", "acme/shop").Replace(storefront)
	greedy := strings.Replace(first, "acme/pay", "acme/drawer", 1)
	read := func(head string) gate.NexusRead {
		read := homeRead(t, head, greedy)
		read.Claimed = gate.ClaimedFrom(loaded(t, greedy), map[string]*definition.Definition{"other": loaded(t, other), "storefront": loaded(t, greedy)})
		return read
	}
	h.proposes(3, "kim", "aaa", first)
	h.tell(read("aaa"))
	h.wantState("the proposal", h.proposal(3), "definition", gate.Error)
	if !wants(h, gate.WantNexus, "aaa") {
		t.Error("what is proposed is not read again while another Nexus claims its component")
	}
	h.lands(3, "kim", "aaa", "h0", "h1", first)
	h.tell(read("h1"))
	h.wantWarning("belongs to the Nexus other already")
	if !wants(h, gate.WantNexus, "h1") {
		t.Error("what landed is not read again while another Nexus claims its component")
	}
	h.tell(homeRead(t, "h1", greedy)) // the other has let go of it
	h.wantNoWarning("belongs to the Nexus other already")
	if wants(h, gate.WantNexus, "h1") {
		t.Error("what landed is read again though nobody claims anything of it any more")
	}
}

func TestTheHomesBranchBeingDeletedLeavesTheDefinitionInForce(t *testing.T) {
	h := newHome(t, first)
	h.tell(push(homeRepo, "h0", "", h.now))
	h.wantWithin("afterwards", time.Hour)
	h.wantWarning("the branch main was deleted or renamed")
}

func TestAHomeIsNotGivenAnewNorRetiredBySomethingElse(t *testing.T) {
	h := newHome(t, first)
	h.tell(givenHome(t, governedBy(`"mallory"`, "9h")))
	h.wantWithin("after it was given again", time.Hour)
	h.tell(gate.NexusRetired{Nexus: "storefront"})
	if homes := h.ledger.Homes(); len(homes) != 0 {
		t.Errorf("homes after it was retired: %v", homes)
	}
	h.tell(givenHome(t, governedBy(`"kim"`, "9h")))
	h.wantWithin("after it was taken up anew", 9*time.Hour)
}

func TestADefinitionInForceOutlivesTheHistoryThatBroughtIt(t *testing.T) {
	h := newHome(t, first)
	h.proposes(3, "kim", "aaa", governedBy(`"kim", "joe"`, "2h"))
	h.lands(3, "kim", "aaa", "h0", "h1", governedBy(`"kim", "joe"`, "2h"))
	h.proposes(4, "joe", "bbb", governedBy(`"joe"`, "3h"))
	h.lands(4, "joe", "bbb", "h1", "h2", governedBy(`"joe"`, "3h"))
	h.wantWithin("after a new member's change", 3*time.Hour)
	h.tell(gate.InstallationSeen{Installation: 7, Active: false, At: h.now})
	h.tell(gate.InstallationSeen{Installation: 7, Active: true, At: h.now.Add(time.Minute)})
	h.tell(gate.HeadRead{Repo: homeRepo, Branch: "main", Commit: "h2", At: h.now.Add(2 * time.Minute)})
	h.wantWithin("after a while in which nobody told of its landings", 3*time.Hour)
	h.wantNoWarning("nexus.cue at")
}

func TestTheDefinitionOfAHomeSurvivesARestart(t *testing.T) {
	h := newHome(t, first)
	h.proposes(3, "kim", "aaa", governedBy(`"kim"`, "2h"))
	h.lands(3, "kim", "aaa", "h0", "h1", governedBy(`"kim"`, "2h"))
	h.proposes(4, "ana", "bbb", governedBy(`"kim"`, "3h"))
	before := h.proposal(4)
	h.restart()
	if step, empty := h.ledger.Wake(h.now); !empty && len(step.Verdicts)+len(step.Owed)+len(step.Versions) > 0 {
		t.Errorf("after a restart %d verdicts, %d reports and %d versions come anew; want none", len(step.Verdicts), len(step.Owed), len(step.Versions))
	}
	h.wantWithin("after a restart", 2*time.Hour)
	if got := h.standing().Proposals; len(got) != 1 || got[0].Says.ID != before.ID {
		t.Errorf("the proposals after a restart are %v, want the one of before", got)
	}
}

func TestLongHistoriesAreFollowedFromTheMiddle(t *testing.T) {
	h := newHome(t, first)
	last := "h0"
	for i := range 150 {
		next := "h" + strconv.Itoa(i+1)
		source := governedBy(`"kim"`, strconv.Itoa(i+1)+"m")
		h.lands(100+i, "kim", "x"+next, last, next, source)
		last = next
	}
	h.wantWithin("after 150 landings", 150*time.Minute)
	if n := slices.IndexFunc(h.versions, func(v gate.Version) bool { return v.Commit == "h150" }); n != len(h.versions)-1 || len(h.versions) != 151 {
		t.Errorf("there are %d versions, the last landing's at %d", len(h.versions), n)
	}
	h.lands(400, "mallory", "evil", last, "h999", governedBy(`"mallory"`, "9h"))
	h.wantWithin("after a stranger's", 150*time.Minute)
	for i := range 100 {
		h.now = h.now.Add(time.Second)
		h.tell(push(homeRepo, "h"+strconv.Itoa(999+i), "h"+strconv.Itoa(1000+i), h.now, "README.md"))
	}
	h.wantWarning("nexus.cue at h999 " + unspoken)
}

func TestAHomesRepositoryThatIsRenamedIsStillListenedTo(t *testing.T) {
	h := newHome(t, first)
	renamed := homeRepo
	renamed.Name = "acme/constitution"
	h.tell(gate.RepositorySeen{Repo: renamed, OldName: "acme/nexus", At: h.now})
	h.wantWarning("the repository is now github:acme/constitution")
	h.now = h.now.Add(time.Minute)
	h.merges(3, "kim", "aaa", "h1")
	h.tell(push(renamed, "h0", "h1", h.now, "nexus.cue"))
	h.tell(homeRead(t, "h1", governedBy(`"kim"`, "2h")))
	h.wantWithin("after a landing under its new name", 2*time.Hour)
}

func TestAnotherRepositoryThatTakesTheHomesNameIsNotTheHome(t *testing.T) {
	h := newHome(t, first)
	rival := homeRepo
	rival.ID = 99
	h.tell(push(rival, "h0", "h1", h.now, "nexus.cue"))
	h.wantWarning("another repository now bears the name")
	if wants(h, gate.WantNexus, "h1") {
		t.Error("the rival's definition is wanted")
	}
	rival.Name = "acme/other"
	h.tell(gate.RepositorySeen{Repo: rival, OldName: "acme/nexus", At: h.now})
	h.wantNoWarning("another repository")
}

func TestADeletedHomeIsWarnedOf(t *testing.T) {
	h := newHome(t, first)
	h.tell(gate.RepositorySeen{Repo: homeRepo, Gone: true, At: h.now})
	h.wantWithin("afterwards", time.Hour)
	h.wantWarning("the repository was deleted")
}

func TestAComponentAndTheDefinitionMayShareARepository(t *testing.T) {
	source := strings.Replace(first, "github:acme/pay", "github:acme/nexus", 1)
	h := newHome(t, source)
	h.tell(gate.FileRead{Repo: homeRepo, Commit: "h0", Path: ".nexus/done.cue", Absent: true})
	h.proposes(3, "kim", "aaa", strings.Replace(source, `"1h"`, `"2h"`, 1))
	h.wantOutcome("the proposal", h.proposal(3), gate.Done)
	h.wantOutcome("the change itself", h.change(homeRepo, 3), gate.Awaiting)
	h.lands(3, "kim", "aaa", "h0", "h1", strings.Replace(source, `"1h"`, `"2h"`, 1))
	h.wantWithin("after the landing", 2*time.Hour)
	if got := h.standing().Head.Composition["pay"]; got != "h1" {
		t.Errorf("the component is at %q, want h1", got)
	}
}

func TestADefinitionOnGitLabFollowsItsChain(t *testing.T) {
	lab := gate.Repo{Forge: gate.GitLab, ID: 9, Name: "acme/nexus"}
	h := emptyHouse(t)
	given := givenHome(t, first)
	given.Home, given.Repo = "gitlab:acme/nexus@main:nexus.cue", lab
	h.tell(given)
	h.tell(gate.HeadRead{Repo: lab, Branch: "main", Commit: "h0", At: h.now})
	h.now = h.now.Add(time.Minute)
	change := mergedAs(3, "kim", "aaa", "h1", h.now)
	change.Repo = lab
	h.tell(push(lab, "h0", "h1", h.now, "nexus.cue"))
	h.tell(change)
	h.tell(gate.ChangeRead{Repo: lab, Number: 3, Head: "aaa", Paths: []string{"nexus.cue"}, Complete: true})
	read := homeRead(t, "h1", governedBy(`"kim"`, "2h"))
	read.Repo = lab
	h.tell(read)
	h.wantWithin("after the landing", 2*time.Hour)
	if v := h.versions[len(h.versions)-1]; v.Change != "acme/nexus!3" {
		t.Errorf("it came by %q, want acme/nexus!3", v.Change)
	}
}

func TestAProposalsContentIsLetGoWithItsHead(t *testing.T) {
	h := newHome(t, first)
	for i := range 5 {
		h.now = h.now.Add(time.Minute)
		h.proposes(3, "mallory", "x"+strconv.Itoa(i), governedBy(`"mallory"`, strconv.Itoa(i+2)+"h"))
	}
	h.tell(homeRead(t, "x1", governedBy(`"mallory"`, "3h"))) // late, of a head that is none any more
	kept := 0
	for _, d := range h.docs {
		if strings.Contains(string(d.Body), "mallory") && strings.HasPrefix(d.Key, "commit ") {
			kept++
		}
	}
	if kept != 1 {
		t.Errorf("%d proposed definitions are kept, want that of the head alone", kept)
	}
}

func TestADefinitionTooLargeToWeighIsAFault(t *testing.T) {
	h := newHome(t, first)
	var b strings.Builder
	b.WriteString(first)
	b.WriteString("teams: web: components: {\n")
	for i := range 450 {
		b.WriteString("\t\"c" + strconv.Itoa(i) + "\": repo: \"github:acme/c" + strconv.Itoa(i) + "\"\n")
	}
	b.WriteString("}\ndone: {\n")
	for i := range 450 {
		b.WriteString("\t\"r" + strconv.Itoa(i) + "\": {why: \"w\", on: \"commit\", evidence: \"junit\", must: failed: 0}\n")
	}
	b.WriteString("}\n")
	h.proposes(3, "mallory", "aaa", b.String())
	h.wantState("the proposal", h.proposal(3), "definition", gate.Error)
	if got := h.proposal(3).Findings[0].Got; !strings.Contains(got, "at most 200000 are weighed") {
		t.Errorf("it says %q, want how many rules are weighed", got)
	}
}
