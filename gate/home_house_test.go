package gate_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
)

// homeRepo is where the definition lives in these tests: no component of it does.
var homeRepo = gate.Repo{Forge: gate.GitHub, ID: 9, Name: "acme/nexus", Installation: 7}

const homeAt = "github:acme/nexus@main:nexus.cue"

// governedBy is the storefront with an Integration Team, and a deadline to tell versions by.
func governedBy(members, within string) string {
	source := strings.Replace(storefront, `within: "1h"`, `within: "`+within+`"`, 1)
	return source + `integrationTeam: {productOwner: "lee", members: [` + members + `]}` + "\n"
}

var (
	kims  = governedBy(`"kim"`, "1h")
	first = kims
)

// settled is what the service's child process makes of a source.
func settled(t testing.TB, source string) string {
	t.Helper()
	d, err := definition.Load(definition.File{Name: "nexus.cue", Source: []byte(source)})
	if err != nil {
		t.Fatal(err)
	}
	text, err := definition.Settle(d)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func givenHome(t testing.TB, source string) gate.NexusGiven {
	return gate.NexusGiven{File: "nexus.cue", Source: source, Settled: settled(t, source), Home: homeAt, Repo: homeRepo, Commit: "h0"}
}

func homeRead(t testing.TB, commit, source string) gate.NexusRead {
	return gate.NexusRead{Repo: homeRepo, Commit: commit, Path: "nexus.cue", Source: source, Settled: settled(t, source)}
}

// loaded is a definition as it reads.
func loaded(t testing.TB, source string) *definition.Definition {
	t.Helper()
	d, err := definition.Load(definition.File{Name: "nexus.cue", Source: []byte(source)})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// newHome is a Nexus whose definition lives in a repository of its own, and whose head was read.
func newHome(t *testing.T, source string) *house {
	t.Helper()
	h := emptyHouse(t)
	if step := h.tell(givenHome(t, source)); step.Result != gate.Applied {
		t.Fatal("the definition was not taken")
	}
	h.tell(gate.HeadRead{Repo: homeRepo, Branch: "main", Commit: "h0", At: h.now})
	h.now = h.now.Add(time.Minute)
	return h
}

// proposes opens a change to the home that brings a source.
func (h *house) proposes(number int, author, head, source string) {
	h.t.Helper()
	change := seen(homeRepo, number, head, h.now)
	change.Author = author
	h.tell(change)
	h.tell(gate.ChangeRead{Repo: homeRepo, Number: number, Head: head, Paths: []string{"nexus.cue"}, Complete: true})
	h.tell(homeRead(h.t, head, source))
}

func (h *house) approves(number int, login, head string) {
	h.tell(gate.Reviewed{Repo: homeRepo, Number: number, Reviewer: login, State: gate.Approved, Commit: head, At: h.now})
}

// lands merges a change to the home, and has its content read there.
func (h *house) lands(number int, author, head, before, after, source string) {
	h.t.Helper()
	h.now = h.now.Add(time.Minute)
	h.merges(number, author, head, after)
	h.tell(push(homeRepo, before, after, h.now, "nexus.cue"))
	h.tell(homeRead(h.t, after, source))
}

// merges tells that a change to the definition was merged.
func (h *house) merges(number int, author, head, landed string) {
	h.tell(mergedAs(number, author, head, landed, h.now))
	h.tell(gate.ChangeRead{Repo: homeRepo, Number: number, Head: head, Paths: []string{"nexus.cue"}, Complete: true})
}

func mergedAs(number int, author, head, landed string, at time.Time) gate.ChangeSeen {
	change := seen(homeRepo, number, head, at)
	change.Author, change.State, change.Landed = author, gate.ChangeMerged, landed
	return change
}

func (h *house) proposal(number int) gate.Verdict {
	return h.said["definition "+homeRepo.Key()+"#"+strconv.Itoa(number)]
}

// within is the deadline of the one criterion in force: it tells the versions of these tests apart.
func (h *house) within() time.Duration { return h.standing().Definition.Criteria[0].Within }

func (h *house) wantWithin(when string, want time.Duration) {
	h.t.Helper()
	if got := h.within(); got != want {
		h.t.Errorf("%s the criterion's deadline is %s, want %s; warnings: %q", when, got, want, h.standing().Warnings)
	}
}

func (h *house) wantWarning(part string) {
	h.t.Helper()
	if all := strings.Join(h.standing().Warnings, "\n"); !strings.Contains(all, part) {
		h.t.Errorf("nothing warns of %q; warnings:\n%s", part, all)
	}
}

func (h *house) wantNoWarning(part string) {
	h.t.Helper()
	if all := strings.Join(h.standing().Warnings, "\n"); strings.Contains(all, part) {
		h.t.Errorf("something warns of %q; warnings:\n%s", part, all)
	}
}
