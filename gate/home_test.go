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
	unlisted := push(homeRepo, "h1", "h2", h.now)
	h.tell(unlisted)
	strangers := governedBy(`"mallory"`, "9h")
	h.tell(homeRead(t, "h1", strangers))
	h.tell(homeRead(t, "h2", strangers))
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
			h.tell(mergedAs(3, "kim", "aaa", "h1", h.now))
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
	h.tell(gate.NexusGiven{File: "other.cue", Source: strings.NewReplacer(`"storefront"`, `"other"`, "cart-api", "till", "acme/pay", "acme/drawer", "acme/web", "acme/shop").Replace(storefront)})
	greedy := strings.Replace(first, "acme/pay", "acme/drawer", 1)
	h.proposes(3, "kim", "aaa", greedy)
	h.wantState("the proposal", h.proposal(3), "definition", gate.Error)
	h.lands(3, "kim", "aaa", "h0", "h1", greedy)
	h.wantWarning("belongs to the Nexus other already")
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
