package main_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/forge/forgetest"
)

// mill is the Nexus of the kill test: five teams on both forges, a monorepo among their repositories.
// No deadline passes while the test runs, so that what is said does not depend on when it is asked.
const mill = `
name: "mill"
teams: {
	cart: components: "cart-api": repo: "github:acme/cart-api"
	pay: components: {
		ledger: {repo: "github:acme/payment", path: "ledger"}
		wallet: {repo: "github:acme/payment", path: "wallet"}
	}
	find: components: catalog: repo: "github:globex/catalog"
	web: components: web: repo: "gitlab:acme/web"
	mobile: components: mobile: repo: "gitlab:acme/mobile"
}
done: {
	ci: {
		why: "The pipeline is green", on: "commit", evidence: "pipeline", name: "ci"
		from: app: ["github-actions", "gitlab-ci"], must: conclusion: "success", within: "9000h"
	}
	jobs: {
		why: "Every test job is green", on: "commit", evidence: "job", name: "test*"
		must: conclusion: "success", within: "9000h"
	}
	money: {
		why: "What moves money is built once more", on: "commit", evidence: "pipeline", name: "ci"
		paths: ["**/money.*"], must: conclusion: "success", within: "9000h"
	}
	reviewed: {
		why: "Somebody else has read it", on: "change", evidence: "review"
		must: {approvals: >=1, changesRequested: 0}, within: "9000h"
	}
	lint: {
		why: "The linter is silent", on: "change", evidence: "check", name: "lint", from: app: "linter"
		must: conclusion: "success", within: "9000h", appliesTo: teams: ["cart", "pay", "find"]
	}
}
`

// mills are so many such Nexuses, each with owners of its own, so that there are several lanes: by name.
func mills() map[string]string {
	all := map[string]string{"mill": mill}
	for _, other := range []string{"bakery", "dairy"} {
		all[other] = strings.NewReplacer(`"mill"`, fmt.Sprintf("%q", other), "acme/", other+"/", "globex/", "globex-"+other+"/").Replace(mill)
	}
	return all
}

// letter is a delivery as a forge sent it.
type letter struct {
	source    gate.Source
	id, event string
	body      []byte
}

// stepping is a clock that goes on by a second whenever somebody looks at it, so that no two things
// happen at once and none of them lies ahead of our own clock.
type stepping struct {
	mu  sync.Mutex
	now time.Time
}

func (c *stepping) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(time.Second)
	return c.now
}

// tale is what happens in the repositories of the mill.
type tale struct {
	random   *rand.Rand
	hub      *forgetest.GitHub
	lab      *forgetest.GitLab
	repos    []*forgetest.Repo
	projects []*forgetest.Project
	branches int
}

// aPlace is where a component of a mill lies.
var aPlace = regexp.MustCompile(`"(github|gitlab):([^"]+)"`)

// tell lets people and pipelines work until so many webhooks were sent, and gives them in their order.
func (r *round) tell(random *rand.Rand, letters int) []letter {
	t := &tale{random: random, hub: r.hub, lab: r.lab}
	mills := mills()
	for _, name := range r.names {
		for _, place := range aPlace.FindAllStringSubmatch(mills[name], -1) {
			switch forge, repo := place[1], place[2]; {
			case slices.Contains(r.repos, repo): // a monorepo
			case forge == "github":
				r.repos, t.repos = append(r.repos, repo), append(t.repos, r.hub.AddRepo(repo))
			default:
				t.projects = append(t.projects, r.lab.AddProject(repo))
			}
		}
	}
	for len(r.hub.Deliveries())+len(r.lab.Deliveries()) < letters {
		t.change(pick(random, t.repos))
		if random.IntN(2) == 0 {
			t.merge(pick(random, t.projects))
		}
	}
	return t.letters()
}

func pick[T any](random *rand.Rand, of []T) T { return of[random.IntN(len(of))] }

// chance is true so many times in a hundred.
func (t *tale) chance(percent int) bool { return t.random.IntN(100) < percent }

// work is what a person changes.
func (t *tale) work() (branch string, files map[string]string) {
	t.branches++
	path := pick(t.random, []string{"ledger/main.go", "wallet/main.go", "ledger/money.go", "wallet/money.go", "README.md"})
	files = map[string]string{path: fmt.Sprint("work ", t.branches)}
	if t.chance(4) {
		layer := pick(t.random, []string{
			"done: ci: within: \"8000h\"\n", "done: reviewed: must: approvals: >=2\n", "done: ci: level: \"advisory\"\n", "done: {\n",
		})
		files[pick(t.random, []string{".nexus/done.cue", "ledger/.nexus/done.cue"})] = layer
	}
	return fmt.Sprint("work-", t.branches), files
}

// change is the life of a pull request.
func (t *tale) change(repo *forgetest.Repo) {
	branch, files := t.work()
	repo.Commit(branch, "Work", files)
	change := repo.OpenChange(branch, "main", "Work on "+branch, "ana")
	if t.chance(20) {
		repo.ForcePush(branch, "Work, again", files)
	}
	t.run(repo, "pull_request", change.Head())
	repo.Check("linter", "lint", change.Head(), "completed", pick(t.random, []string{"success", "success", "success", "failure"}))
	change.Review("kim", pick(t.random, []string{"approved", "approved", "changes_requested", "commented"}))
	change.Review("li", pick(t.random, []string{"approved", "commented", "dismissed"}))
	switch {
	case t.chance(15):
		change.Close()
		repo.DeleteBranch(branch)
	case t.chance(15):
		group := repo.MergeGroup(change)
		t.run(repo, "merge_group", group.Head())
		if t.chance(80) {
			group.Land()
		} else {
			group.Drop("invalidated")
		}
	case t.chance(80):
		landed := change.Merge(pick(t.random, []string{"merge", "squash", "rebase"}))
		if t.chance(50) {
			t.run(repo, "push", landed)
		}
	}
}

// run is the life of a workflow's run, with its re-runs.
func (t *tale) run(repo *forgetest.Repo, trigger, commit string) {
	run := repo.Run(forgetest.Workflow{
		Name: "ci", Path: ".github/workflows/ci.yml", Trigger: trigger, Jobs: []string{"test-unit", "test-race", "pack"},
	}, commit)
	for {
		run.Start()
		if t.chance(5) {
			return // it is running still
		}
		run.FinishJob("test-unit", pick(t.random, []string{"success", "success", "failure"}))
		run.Finish(pick(t.random, []string{"success", "success", "success", "failure", "cancelled"}))
		if !t.chance(30) {
			return
		}
		run.Rerun()
	}
}

// merge is the life of a merge request.
func (t *tale) merge(project *forgetest.Project) {
	branch, files := t.work()
	project.Commit(branch, "Work", files)
	change := project.OpenChange(branch, "main", "Work on "+branch, "mia")
	t.pipeline(change.Pipeline(t.jobs()...))
	change.Approve("kim")
	if t.chance(20) {
		change.Unapprove("kim")
	}
	switch {
	case t.chance(15):
		change.Close()
	case t.chance(80):
		landed := change.Merge(pick(t.random, []string{"merge", "squash"}))
		if t.chance(50) {
			t.pipeline(project.Pipeline("main", landed, t.jobs()...))
		}
	}
}

func (t *tale) jobs() []forgetest.Job {
	return []forgetest.Job{{Name: "test-unit"}, {Name: "test-race"}, {Name: "style", AllowFailure: true}, {Name: "deploy", Manual: true, AllowFailure: true}}
}

func (t *tale) pipeline(p *forgetest.Pipeline) {
	p.StartJob("test-unit")
	p.FinishJob("test-unit", pick(t.random, []string{"success", "success", "failed"}))
	if t.chance(30) {
		p.Retry("test-unit")
		p.StartJob("test-unit")
	}
	if t.chance(90) {
		p.Finish(pick(t.random, []string{"success", "success", "success", "failed"}))
	}
}

// letters are the webhooks of both forges, each forge's in its order.
func (t *tale) letters() []letter {
	var hub, lab, both []letter
	for _, d := range t.hub.Deliveries() {
		hub = append(hub, letter{gate.FromGitHub, d.ID, d.Event, d.Body})
	}
	for _, d := range t.lab.Deliveries() {
		lab = append(lab, letter{gate.FromGitLab, d.ID, d.Event, d.Body})
	}
	for len(hub)+len(lab) > 0 {
		from := &hub
		if t.random.IntN(len(hub)+len(lab)) >= len(hub) {
			from = &lab
		}
		both, *from = append(both, (*from)[0]), (*from)[1:]
	}
	return both
}

// mixed is an order in which deliveries might really come: roughly that of sending, a few much too
// late, and some of them twice.
func mixed(random *rand.Rand, letters []letter) []letter {
	type placed struct {
		letter
		at int
	}
	var all []placed
	for i, l := range letters {
		at := i + random.IntN(40)
		if random.IntN(50) == 0 {
			at += random.IntN(len(letters))
		}
		all = append(all, placed{l, at})
		if random.IntN(20) == 0 {
			all = append(all, placed{l, at + random.IntN(len(letters))})
		}
	}
	slices.SortStableFunc(all, func(a, b placed) int { return cmp.Compare(a.at, b.at) })
	order := make([]letter, len(all))
	for i, p := range all {
		order[i] = p.letter
	}
	return order
}
