package forge_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/nexusgate/nexusgate/gate"
)

// parish is a repository that a definition lives in, on either forge.
type parish struct {
	*desk
	propose func(branch, author string) proposal
	undated func() // the forge tells no times of approvals; nil where it always does
}

// proposal is a change in it.
type proposal struct {
	number  int
	head    string
	approve func(user string)
	land    func(method string) string
}

func onBothParishes(t *testing.T, test func(*testing.T, *parish)) {
	onBothForges(t, func(t *testing.T, d *desk) {
		p := &parish{desk: d}
		switch d.repo.Forge {
		case gate.GitHub:
			p.propose = func(branch, author string) proposal {
				c := d.hub.OpenChange(branch, "main", "The definition", author)
				return proposal{c.Number, c.Head(), func(user string) { c.Review(user, "approved") }, c.Merge}
			}
		default:
			p.undated = d.lab.Undated
			p.propose = func(branch, author string) proposal {
				m := d.web.OpenChange(branch, "main", "The definition", author)
				return proposal{m.Number, m.Head(), m.Approve, m.Merge}
			}
		}
		test(t, p)
	})
}

// bring proposes a definition.
func (p *parish) bring(branch, author, source string) proposal {
	p.commit(branch, "The definition", map[string]string{"nexus.cue": source})
	p.Pass(time.Minute)
	return p.propose(branch, author)
}

func (p *parish) landing(t *testing.T, base, commit string) gate.LandingRead {
	t.Helper()
	p.Pass(time.Minute)
	return read[gate.LandingRead](t, p, gate.Want{
		Kind: gate.WantLanding, Repo: p.repo, Branch: "main", Base: base, Commit: commit, Path: "nexus.cue",
	})
}

// told is who brought a landing, in a line each: "1 kim h1 [lee approved]".
func told(read gate.LandingRead) []string {
	lines := []string{}
	for _, c := range read.Changes {
		said := []string{}
		for _, r := range c.Reviews {
			at := "an older head"
			if r.Commit == c.Head {
				at = "the head"
			}
			said = append(said, fmt.Sprintf("%s %s %s", r.Reviewer, r.State, at))
		}
		lines = append(lines, fmt.Sprintf("%d %s %s %v", c.Number, c.Author, c.Landed, said))
	}
	return lines
}

func wantTold(t *testing.T, when string, got gate.LandingRead, want ...string) {
	t.Helper()
	if diff := cmp.Diff(append([]string{}, want...), told(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", when, diff)
	}
}

func TestALandingIsReadWithTheChangeThatBroughtItHoweverItLanded(t *testing.T) {
	for _, method := range []string{"merge", "squash", "rebase", "ff"} {
		t.Run(method, func(t *testing.T) {
			onBothParishes(t, func(t *testing.T, p *parish) {
				base := p.head("main")
				c := p.bring("shorter", "ana", "1")
				at := p.Now()
				c.approve("lee")
				p.Pass(time.Minute)
				merged := p.Now()
				landed := c.land(method)
				got := p.landing(t, base, landed)
				url := got.Changes[0].URL
				want := gate.LandingRead{Repo: p.repo, Base: base, Commit: landed, Path: "nexus.cue", Changes: []gate.LandedChange{{
					Number: c.number, Title: "The definition", Author: "ana", URL: url, Head: c.head, Base: "main", Landed: landed, MergedAt: merged,
					Reviews: []gate.LandedReview{{Reviewer: "lee", State: gate.Approved, Commit: c.head, At: at}},
				}}}
				if diff := cmp.Diff(want, got); diff != "" || !strings.HasPrefix(url, "http") {
					t.Errorf("(-want +got):\n%s", diff)
				}
			})
		})
	}
}

func TestALandingIsReadWithAllChangesSinceTheBaseTheOldestFirst(t *testing.T) {
	onBothParishes(t, func(t *testing.T, p *parish) {
		p.bring("before", "kim", "0").land("squash")
		p.Pass(time.Minute)
		base := p.head("main")
		one := p.bring("one", "kim", "1").land("squash")
		p.Pass(time.Minute)
		two := p.bring("two", "joe", "2").land("merge")
		p.Pass(time.Minute)
		p.commit("main", "A bare push", map[string]string{"nexus.cue": "3"})
		p.commit("main", "A bare push of something else", map[string]string{"README.md": "3"})
		got := p.landing(t, base, p.head("main"))
		wantTold(t, "after the base", got, "2 kim "+one+" []", "3 joe "+two+" []")
		wantTold(t, "after the first", p.landing(t, one, two), "3 joe "+two+" []")
	})
}

func TestALandingIsNotReadWithChangesThatDidNotBringIt(t *testing.T) {
	onBothParishes(t, func(t *testing.T, p *parish) {
		first := p.bring("first", "kim", "1").land("squash")
		p.Pass(time.Minute)
		base := p.bring("second", "kim", "2").land("squash")
		p.Pass(time.Minute)
		p.bring("open", "kim", "3")
		p.commit("main", "A bare push", map[string]string{"nexus.cue": "4"})
		wantTold(t, "a bare push", p.landing(t, base, p.head("main")))
		wantTold(t, "a branch forced back to an old landing", p.landing(t, base, first))
		wantTold(t, "a base that the forge does not know", p.landing(t, unknown, p.head("main")))
	})
}

func TestAnApprovalOfAnEarlierHeadIsNoneOfTheHeadThatLanded(t *testing.T) {
	onBothParishes(t, func(t *testing.T, p *parish) {
		base := p.head("main")
		c := p.bring("shorter", "ana", "1")
		c.approve("kim")
		p.Pass(time.Minute)
		p.commit("shorter", "Pushed over", map[string]string{"nexus.cue": "2"})
		p.Pass(time.Minute)
		c.approve("lee")
		p.Pass(time.Minute)
		landed := c.land("squash")
		line := fmt.Sprintf("1 ana %s ", landed)
		wantTold(t, "with times", p.landing(t, base, landed), line+"[kim approved an older head lee approved the head]")
		if p.undated != nil {
			p.undated()
			wantTold(t, "without times", p.landing(t, base, landed), line+"[]")
		}
	})
}

func TestAnApprovalWithoutATimeCountsWhereThereWasOneHead(t *testing.T) {
	w := newLabWorld(t)
	w.lab.Undated()
	base := w.web.Head("main")
	w.web.Commit("shorter", "The definition", map[string]string{"nexus.cue": "1"})
	m := w.web.OpenChange("shorter", "main", "The definition", "ana")
	m.Approve("kim")
	landed := m.Merge("squash")
	got := read[gate.LandingRead](t, w.client, gate.Want{Kind: gate.WantLanding, Repo: w.repo(), Branch: "main", Base: base, Commit: landed, Path: "nexus.cue"})
	wantTold(t, "of one head", got, "1 ana "+landed+" [kim approved the head]")
}

func TestWhatReviewersTookBackOnGitHubIsReadSo(t *testing.T) {
	w := newHubWorld(t)
	base := w.cart.Head("main")
	w.cart.Commit("shorter", "The definition", map[string]string{"nexus.cue": "1"})
	c := w.cart.OpenChange("shorter", "main", "The definition", "ana")
	for _, said := range [][2]string{{"kim", "approved"}, {"lee", "commented"}, {"joe", "changes_requested"}, {"kim", "dismissed"}} {
		c.Review(said[0], said[1])
	}
	landed := c.Merge("squash")
	want := gate.Want{Kind: gate.WantLanding, Repo: w.repo(), Branch: "main", Base: base, Commit: landed, Path: "nexus.cue"}
	got := read[gate.LandingRead](t, w.client, want)
	wantTold(t, "taken back", got, "1 ana "+landed+" [kim withdrawn the head joe changes_requested the head]")
}

func TestReviewsAreReadToABound(t *testing.T) {
	for count, told := range map[int]int{300: 300, 301: 0} {
		w := newHubWorld(t)
		base := w.cart.Head("main")
		w.cart.Commit("shorter", "The definition", map[string]string{"nexus.cue": "1"})
		c := w.cart.OpenChange("shorter", "main", "The definition", "ana")
		for i := range count {
			c.Review(fmt.Sprintf("u%d", i), "approved")
		}
		landed := c.Merge("squash")
		want := gate.Want{Kind: gate.WantLanding, Repo: w.repo(), Branch: "main", Base: base, Commit: landed, Path: "nexus.cue"}
		if got := read[gate.LandingRead](t, w.client, want); len(got.Changes) != 1 || len(got.Changes[0].Reviews) != told {
			t.Errorf("of %d reviews %d are told, want %d", count, len(got.Changes[0].Reviews), told)
		}
	}
}

func TestAtMostTenChangesAreReadOfALanding(t *testing.T) {
	onBothParishes(t, func(t *testing.T, p *parish) {
		base, last := p.head("main"), ""
		for i := range 14 {
			last = p.bring(fmt.Sprintf("b%d", i), "kim", fmt.Sprint(i)).land("squash")
			p.Pass(time.Minute)
		}
		got := p.landing(t, base, last)
		if n := len(got.Changes); n != 10 || got.Changes[0].Number != 5 || got.Changes[9].Landed != last {
			t.Errorf("%d changes are read: %v; want the ten newest", n, told(got))
		}
	})
}
