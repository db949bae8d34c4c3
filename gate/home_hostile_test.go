package gate_test

import (
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
)

// labHome is a home on GitLab, where a plain token's holder may write any body.
var labHome = gate.Repo{Forge: gate.GitLab, ID: 9, Name: "acme/nexus"}

func newLabHome(t *testing.T) *house {
	t.Helper()
	h := emptyHouse(t)
	given := givenHome(t, first)
	given.Home, given.Repo = "gitlab:acme/nexus@main:nexus.cue", labHome
	h.tell(given)
	h.tell(gate.HeadRead{Repo: labHome, Branch: "main", Commit: "h0", At: h.now})
	h.now = h.now.Add(time.Minute)
	return h
}

// tokens brings events by a plain token.
func (h *house) tokens(events ...gate.Event) gate.Step {
	h.told++
	return h.note(h.ledger.Apply(gate.Delivery{ID: "token" + time.Duration(h.told).String(), Source: gate.FromGitLab, Trust: definition.Token, Received: h.now}, events, h.now))
}

func TestAPlainTokensHolderDoesNotSpeakOfTheHomeUnderAnotherName(t *testing.T) {
	h := newLabHome(t)
	forged := labHome
	forged.Name = "mallory/toys" // whose token the holder has; the id is the home's
	change := mergedAs(3, "kim", "aaa", "h1", h.now)
	change.Repo = forged
	h.tokens(change)
	h.tokens(push(forged, "h0", "h1", h.now, "nexus.cue"))
	h.wantWarning("deliveries that a plain token brought call it gitlab:mallory/toys")
	read := homeRead(t, "h1", governedBy(`"mallory"`, "9h"))
	read.Repo = labHome
	h.tell(read)
	h.wantWithin("after a forged landing", time.Hour)
	h.tokens(gate.RepositorySeen{Repo: forged, Gone: true, At: h.now})
	h.wantNoWarning("deleted")
}

func TestAnOldLandingDoesNotVouchForItsCommitComingBack(t *testing.T) {
	h := newHome(t, first)
	h.lands(3, "kim", "aaa", "h0", "h1", governedBy(`"kim"`, "2h"))
	h.lands(4, "kim", "bbb", "h1", "h2", governedBy(`"kim"`, "1m"))
	h.wantWithin("after two landings of a member", time.Minute)
	h.now = h.now.Add(time.Minute)
	back := push(homeRepo, "h2", "h1", h.now)
	back.Forced = true
	h.tell(back)
	h.wantWithin("after the branch was forced back to the first", time.Minute)
	h.wantWarning(unspoken)
	h.tell(gate.InstallationSeen{Installation: 7, Active: false, At: h.now})
	h.tell(gate.InstallationSeen{Installation: 7, Active: true, At: h.now.Add(time.Minute)})
	h.tell(gate.HeadRead{Repo: homeRepo, Branch: "main", Commit: "h1", At: h.now.Add(2 * time.Minute)})
	h.wantWithin("after its head was read there", time.Minute)
}

func TestAWordTakenBackAfterTheLandingChangesNothing(t *testing.T) {
	for _, state := range []gate.ReviewState{gate.Withdrawn, gate.ChangesRequested} {
		t.Run(string(state), func(t *testing.T) {
			h := newHome(t, first)
			h.proposes(3, "ana", "aaa", governedBy(`"kim"`, "1m"))
			h.approves(3, "kim", "aaa")
			h.lands(3, "ana", "aaa", "h0", "h1", governedBy(`"kim"`, "1m"))
			h.wantWithin("after the landing", time.Minute)
			h.now = h.now.Add(time.Hour)
			h.tell(gate.Reviewed{Repo: homeRepo, Number: 3, Reviewer: "kim", State: state, Commit: "aaa", At: h.now})
			h.wantWithin("after the approval was dismissed", time.Minute)
			h.wantNoWarning(unspoken)
		})
	}
}

func TestAWordTakenBackBeforeTheLandingDoesNotVouch(t *testing.T) {
	h := newHome(t, first)
	h.proposes(3, "ana", "aaa", governedBy(`"kim"`, "1m"))
	h.approves(3, "kim", "aaa")
	h.now = h.now.Add(time.Minute)
	h.tell(gate.Reviewed{Repo: homeRepo, Number: 3, Reviewer: "kim", State: gate.Withdrawn, Commit: "aaa", At: h.now})
	h.lands(3, "ana", "aaa", "h0", "h1", governedBy(`"kim"`, "1m"))
	h.wantWithin("after the landing", time.Hour)
}

func TestAMembersChangeOfUnknownPathsDoesNotVouchBeforeTheyAreRead(t *testing.T) {
	h := newHome(t, first)
	strangers := governedBy(`"mallory"`, "9h")
	h.now = h.now.Add(time.Minute)
	h.tell(mergedAs(10, "mallory", "evil", "c1", h.now))
	h.tell(mergedAs(11, "kim", "readme", "h1", h.now))
	h.tell(push(homeRepo, "h0", "h1", h.now, "nexus.cue", "README.md"))
	h.tell(homeRead(t, "h1", strangers))
	h.wantWithin("while the paths of the member's change are not known", time.Hour)
	if !wants(h, gate.WantChange, "readme") {
		t.Errorf("nobody wants its paths: %v", h.ledger.Wants())
	}
	h.tell(gate.ChangeRead{Repo: homeRepo, Number: 11, Head: "readme", Paths: []string{"README.md"}, Complete: true})
	h.wantWithin("once they are known", time.Hour)
	h.wantWarning(unspoken)
}

func TestAStrangersChangeDoesNotLandInTheShadowOfAMembers(t *testing.T) {
	h := newHome(t, first)
	h.proposes(10, "mallory", "evil", governedBy(`"mallory"`, "9h"))
	h.proposes(11, "kim", "good", governedBy(`"kim"`, "2h"))
	h.now = h.now.Add(time.Minute)
	h.tell(mergedAs(10, "mallory", "evil", "c1", h.now))
	h.tell(mergedAs(11, "kim", "good", "c2", h.now))
	h.tell(push(homeRepo, "h0", "c2", h.now, "nexus.cue")) // both at once, as a queue's group does
	h.tell(homeRead(t, "c2", governedBy(`"kim", "mallory"`, "9h")))
	h.wantWithin("after both landed in one push", time.Hour)
	h.wantWarning(unspoken)
	h.approves(10, "lee", "evil")
	h.wantWithin("once the other is approved as well", 9*time.Hour)
}

func TestNobodyApprovesTheirOwnChangeUnderAnotherCase(t *testing.T) {
	h := newHome(t, first)
	next := excepting(first, "kim", "lee", "2026-12-10")
	h.proposes(3, "kim", "aaa", next)
	h.approves(3, "KIM", "aaa")
	h.lands(3, "kim", "aaa", "h0", "h1", next)
	h.wantVoid("approved by its author", "nobody of the Integration Team has approved the change")
}

func TestAChangeOfMorePathsThanAreListedVouchesForWhatItProposedAlone(t *testing.T) {
	h := newHome(t, first)
	h.tell(mergedAs(3, "kim", "aaa", "h1", h.now))
	h.tell(gate.ChangeRead{Repo: homeRepo, Number: 3, Head: "aaa", Paths: []string{"README.md"}})
	h.tell(push(homeRepo, "h0", "h1", h.now, "nexus.cue"))
	h.tell(homeRead(t, "aaa", first))
	h.tell(homeRead(t, "h1", governedBy(`"mallory"`, "9h")))
	h.wantWithin("after another content landed", time.Hour)
	h.wantWarning(unspoken)
	h.lands(4, "kim", "bbb", "h1", "h2", governedBy(`"kim"`, "2h"))
	h.wantWithin("after a member's next landing", 2*time.Hour)
}
