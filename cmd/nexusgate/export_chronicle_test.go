package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/forge/forgetest"
	"github.com/nexusgate/nexusgate/webhook"
)

// Chronicle is what both forges told while the demo's story, and a sequel to it, was told to them alone:
// with no service there, it is the same whenever it is recorded.
type Chronicle struct {
	Given      Told // the definition, as it was first read from its home
	Deliveries []Told
	End        time.Time       // when it was all over
	Ended      map[string]bool // heads of merge groups that were dropped or landed

	clients map[gate.Forge]client
	mu      sync.Mutex
	read    map[string]readAnswer
}

// Told is a delivery and what it decodes to.
type Told struct {
	gate.Delivery
	Events []gate.Event
}

// As is the same once more, under another id.
func (d Told) As(id string) Told {
	d.ID, d.Events = id, slices.Clone(d.Events)
	for i, e := range d.Events {
		if report, is := e.(gate.Reported); is {
			report.Evidence.Delivery = id
			d.Events[i] = report
		}
	}
	return d
}

type readAnswer struct {
	event gate.Event
	err   error
}

// chronicleClock moves with every look, so that some three things happen in one second, until it is stopped.
type chronicleClock struct {
	mu  sync.Mutex
	now time.Time
	by  time.Duration
}

func (c *chronicleClock) look() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(c.by)
	return c.now
}

func (c *chronicleClock) stop() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now, c.by = c.now.Add(time.Minute).Truncate(time.Second), 0
	return c.now
}

// NewChronicle tells the story. The forges stay as they are at its end, and answer what is read of them.
func NewChronicle(t testing.TB) *Chronicle {
	t.Helper()
	clock := &chronicleClock{now: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC), by: 300 * time.Millisecond}
	forges, err := startStandIns(t.Context(), clock.look)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(forges.close)
	tale := &story{forges: forges, out: io.Discard, today: clock.look(), alone: true}
	tale.found()
	first := tale.nexus.Head(storyHome.Branch)
	if err := tale.tell(t.Context()); err != nil {
		t.Fatal(err)
	}
	tale.sequel()
	c := &Chronicle{End: clock.stop(), read: map[string]readAnswer{}, Ended: map[string]bool{}}
	if c.clients, err = forges.settings().clients(clock.look, unobserved{}, nil, nil); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(c.give(tale, first), c.record(gate.FromGitHub, forges.hub.Deliveries()), c.record(gate.FromGitLab, forges.lab.Deliveries())); err != nil {
		t.Fatal(err)
	}
	return c
}

// give reads the definition at the commit at which the service would first have found it.
func (c *Chronicle) give(tale *story, first string) error {
	repo := gate.Repo{Forge: gate.GitHub, Name: tale.nexus.Name(), ID: tale.nexus.ID, Installation: tale.nexus.Installation()}
	said, err := c.Read(gate.Want{Kind: gate.WantNexus, Repo: repo, Commit: first, Path: storyHome.Path})
	if err != nil {
		return err
	}
	layer := said.(gate.NexusRead)
	e := gate.NexusGiven{
		File: homeFile(repo, storyHome.Path), Source: layer.Source, Settled: layer.Settled, Home: storyHome.String(), Repo: repo, Commit: first,
	}
	d, err := gate.Own("000000", e, c.End)
	c.Given = Told{d, []gate.Event{e}}
	return err
}

// record decodes what a forge told, as the lane does. What bears on nothing is left out.
func (c *Chronicle) record(from gate.Source, log []forgetest.Delivery) error {
	trust := map[gate.Source]definition.Trust{gate.FromGitHub: definition.Webhook, gate.FromGitLab: definition.Token}
	for _, told := range log {
		d := gate.Delivery{
			ID: fmt.Sprintf("%06d", len(c.Deliveries)+1), Source: from, Event: told.Event, Key: told.ID,
			Trust: trust[from], Received: c.End, Body: told.Body,
		}
		events, err := webhook.Decode(d)
		if err != nil {
			return err
		}
		for _, e := range events {
			if group, is := e.(gate.GroupSeen); is && group.Destroyed {
				c.Ended[group.Head] = true
			}
		}
		if len(events) > 0 {
			c.Deliveries = append(c.Deliveries, Told{d, events})
		}
	}
	return nil
}

// Read answers what a verdict waits for from the forges as they are at the end, each question once.
func (c *Chronicle) Read(w gate.Want) (gate.Event, error) {
	covers := w.Covers
	w.Covers = nil
	c.mu.Lock()
	defer c.mu.Unlock()
	a, asked := c.read[w.Key()]
	if !asked {
		a.event, a.err = c.ask(w)
		c.read[w.Key()] = a
	}
	if head, is := a.event.(gate.HeadRead); is {
		head.Covers = covers
		return head, nil
	}
	return a.event, a.err
}

func (c *Chronicle) ask(w gate.Want) (gate.Event, error) {
	e, err := c.clients[w.Repo.Forge].Read(context.Background(), w)
	file, is := e.(gate.FileRead)
	if err != nil || w.Kind != gate.WantNexus || !is {
		return e, err
	}
	q := settleQuestion{File: homeFile(file.Repo, file.Path), Source: []byte(file.Source)}
	said := q.settle()
	return gate.NexusRead{
		Repo: file.Repo, Commit: file.Commit, Path: file.Path, Source: file.Source, Settled: said.Settled, Faults: said.Faults,
		Absent: file.Absent, Cut: file.Cut,
	}, nil
}

// sequel is what the story has no room for: what is run again, queued, forced, reopened and taken back.
func (t *story) sequel() {
	t.queue()
	t.rerun()
	t.force()
	t.reopen()
	t.takeBack()
}

// queue: a merge queue drops a group of changes, and lands them in another.
func (t *story) queue() {
	t.catalog.Commit("two-words", "Two words", map[string]string{"words.go": "package main"})
	t.catalog.Commit("spelling", "Spelling", map[string]string{"spelling.go": "package main"})
	one := t.catalog.OpenChange("two-words", "main", "Find it in two words", "noor")
	two := t.catalog.OpenChange("spelling", "main", "Find it misspelt", "raj")
	for _, change := range []*forgetest.Change{one, two} {
		t.run(t.catalog, "pull_request", change.Head(), "success")
		change.Review("kim", "approved")
	}
	dropped := t.catalog.MergeGroup(one, two)
	t.run(t.catalog, "merge_group", dropped.Head(), "failure")
	dropped.Drop("invalidated")
	landed := t.catalog.MergeGroup(one, two)
	t.run(t.catalog, "merge_group", landed.Head(), "success")
	landed.Land()
	waiting := t.cart.OpenChange("two-pairs-of-eyes", "main", "Once more", "ana")
	t.cart.MergeGroup(waiting)
}

// rerun: a red run is run again until it is green, and a green one is under way once more.
func (t *story) rerun() {
	flow := forgetest.Workflow{Name: "ci", Path: ".github/workflows/ci.yml", Trigger: "push", Jobs: hubJobs}
	head := t.payment.Commit("main", "One tap", map[string]string{"tap.go": "package main"})
	run := t.payment.Run(flow, head)
	run.Start()
	run.Finish("failure")
	run.Rerun()
	run.Start()
	run.FinishJob("test", "success")
	run.Finish("success")
	head = t.catalog.Commit("main", "Synonyms", map[string]string{"synonyms.go": "package main"})
	again := t.catalog.Run(flow, head)
	again.Start()
	again.Finish("success")
	again.Rerun()
	again.Start()
}

// force: history is rewritten on a change and on an integration branch.
func (t *story) force() {
	t.checkout.Commit("rounding", "Rounding", map[string]string{"round.go": "package main"})
	change := t.checkout.OpenChange("rounding", "main", "Round half up", "raj")
	t.run(t.checkout, "pull_request", change.Head(), "success")
	change.Review("kim", "approved")
	t.checkout.ForcePush("rounding", "Rounding, once more", map[string]string{"round.go": "package main // half even"})
	t.run(t.checkout, "pull_request", change.Head(), "failure")
	t.checkout.ForcePush("main", "As if nothing had been", map[string]string{"main.go": "package main // anew"})
	t.run(t.checkout, "push", t.checkout.Head("main"), "success")
	before := t.mobile.Head("main")
	t.mobile.Commit("main", "A mistake", map[string]string{"mistake.ts": "export {}"})
	t.mobile.ForcePush("main", before)
	t.web.DeleteBranch("page")
}

// reopen: a pipeline that was red and one that was green are reopened by a retry; a child hangs on.
func (t *story) reopen() {
	t.search.Commit("main", "Faster", map[string]string{"fast.ts": "export {}"})
	red := t.search.Pipeline("main", t.search.Head("main"), labJobs...)
	red.FinishJob("test", "failed")
	red.Finish("success")
	red.Retry("test")
	red.StartJob("test")
	red.Finish("success")
	red.Child(forgetest.Job{Name: "e2e"}).Finish("failed")
	t.web.Commit("menu", "A menu", map[string]string{"menu.ts": "export {}"})
	change := t.web.OpenChange("menu", "main", "A menu", "mia")
	green := change.Pipeline(labJobs...)
	green.Finish("success")
	green.Retry("test")
	change.Approve("kim")
	change.Unapprove("kim")
	change.Approve("li")
	t.web.Commit("menu", "Another menu", map[string]string{"menu.ts": "export const menu = 1"})
}

// takeBack: reviews are dismissed, changes closed, sent elsewhere and opened against what moved.
func (t *story) takeBack() {
	t.payment.Commit("refunds", "Refunds", map[string]string{"refund.go": "package main"})
	change := t.payment.OpenChange("refunds", "main", "Refunds", "noor")
	change.Review("kim", "changes_requested")
	change.Review("li", "approved")
	change.Review("kim", "dismissed")
	t.payment.Commit("next", "The next one", map[string]string{"next.go": "package main"})
	change.Retarget("next")
	change.Retarget("main")
	t.run(t.payment, "pull_request", change.Head(), "success")
	t.cart.Commit("gift", "Gifts", map[string]string{"gift.go": "package main"})
	t.cart.OpenChange("gift", "main", "Gifts", "raj").Close()
	t.search.Commit("typo", "A typo", map[string]string{"typo.ts": "export {}"})
	t.search.OpenChange("typo", "main", "A typo", "mia").Close()
	t.cart.Status("jenkins", "ci/build", t.cart.Head("main"), "failure")
	t.cart.Check("linter", "lint", t.cart.Head("main"), "completed", "success")
	t.nexus.CommitAs("raj", "main", "Without a word", map[string]string{storyHome.Path: t.landed() + "\n// a word\n"})
}

// unobserved is for clients that nobody watches.
type unobserved struct{}

func (unobserved) Requested(string, string, string)           {}
func (unobserved) Granted(string, int64, int, int, time.Time) {}
