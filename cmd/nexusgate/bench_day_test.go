package main_test

import (
	"cmp"
	"context"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/gate/forge/forgetest"
)

// The day of BenchmarkDay. Its clocks hurry, and so does everything that the teams do. What takes the
// service or a stand-in a moment takes four minutes for each second, so a report is held back for longer,
// and joins more changes, than on a clock that is right.
const (
	dayHurry   = 240
	dayChanges = 40
	dayHours   = 8
)

// BenchmarkDay counts what the forges are asked in a day's work of five teams: forty changes on GitHub and
// GitLab are proposed, tested, reviewed and mended; a merge queue or a train tests most of them once more,
// and they land; the sweeps go each hour and GitHub's log is read each five minutes. It tells the calls by
// operation, and how many of them were answered that nothing is new.
func BenchmarkDay(b *testing.B) {
	var sum tally
	for range b.N {
		sum = sum.plus(lived8(b))
	}
	n := float64(b.N)
	for name, value := range map[string]float64{
		"deliveries": sum.deliveries / n, "verdicts": sum.verdicts / n, "posts": sum.posts / n, "calls": sum.calls / n,
		"calls/delivery": sum.calls / sum.deliveries, "calls/verdict": sum.calls / sum.verdicts,
		"posts/verdict": sum.posts / sum.verdicts, "posts/delivery": sum.posts / sum.deliveries,
	} {
		b.ReportMetric(value, name)
	}
	b.ReportMetric(0, "ns/op") // a day is as long as it is
}

// workingDay is the day of five teams.
type workingDay struct {
	ctx   context.Context //nolint:containedctx // of the day
	teams *soakTeams
	mu    sync.Mutex // of what the teams share: chance, and the numbers of branches
	lands map[any]*sync.Mutex
}

// lived8 lets a day pass.
func lived8(b *testing.B) tally {
	b.Helper()
	clock := hurriedClock{origin: time.Now(), hurry: dayHurry}
	forges := newSoakForges(b, clock, 1, 1)
	defer forges.close()
	folder := b.TempDir()
	served := startHurried(b, hurriedSettings{
		Origin: clock.origin, Hurry: dayHurry, Store: "sqlite:" + filepath.Join(folder, "day.db"), Configs: forges.configs, Sweep: time.Hour,
	}, forges.env, filepath.Join(folder, "said"))
	defer served.end(b)
	forges.hook(served.root)
	d := &workingDay{ctx: b.Context(), teams: forges.nexuses[0], lands: map[any]*sync.Mutex{}}
	for _, repo := range d.teams.repos {
		d.lands[repo] = &sync.Mutex{}
	}
	for _, project := range d.teams.projects {
		d.lands[project] = &sync.Mutex{}
	}
	var work sync.WaitGroup
	for n := range dayChanges {
		begin := time.Duration(float64(dayHours-2) * float64(time.Hour) * float64(n) / dayChanges)
		work.Go(func() {
			d.pass(begin)
			if n%5 < 3 {
				d.pull(d.teams.repos[n%len(d.teams.repos)])
			} else {
				d.request(d.teams.projects[n%len(d.teams.projects)])
			}
		})
	}
	work.Wait()
	d.pass(time.Hour) // the last sweep, and what is still owed
	return d.told(b, scraped(b, served.root))
}

// pass lets so much of the day pass.
func (d *workingDay) pass(t time.Duration) { pauseFor(d.ctx, t/dayHurry) }

// draw is a chance that no two changes draw at once.
func (d *workingDay) draw(percent int) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.teams.chance(percent)
}

// between is a time between two.
func (d *workingDay) between(least, most time.Duration) time.Duration {
	d.mu.Lock()
	defer d.mu.Unlock()
	return least + time.Duration(d.teams.random.Int64N(int64(most-least)))
}

func (d *workingDay) branch() (name string, files map[string]string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.teams.work()
}

// pull is the day of a pull request.
func (d *workingDay) pull(repo *forgetest.Repo) {
	branch, files := d.branch()
	repo.Commit(branch, "Work", files)
	change := repo.OpenChange(branch, "main", "Work on "+branch, "ana")
	d.tested(repo, "pull_request", change.Head(), d.draw(80))
	if d.draw(50) {
		d.pass(d.between(10*time.Minute, 30*time.Minute))
		repo.Commit(branch, "Mended", map[string]string{"mended.go": branch})
		d.tested(repo, "pull_request", change.Head(), true)
	}
	d.pass(d.between(10*time.Minute, 40*time.Minute))
	change.Review("kim", "approved")
	change.Review("li", "approved")
	d.lands[repo].Lock()
	defer d.lands[repo].Unlock()
	if d.draw(70) {
		group := repo.MergeGroup(change)
		d.tested(repo, "merge_group", group.Head(), true)
		group.Land()
		return
	}
	d.tested(repo, "push", change.Merge("squash"), true)
}

// tested is a run of a workflow that takes some minutes.
func (d *workingDay) tested(repo *forgetest.Repo, trigger, commit string, well bool) {
	conclusion := map[bool]string{true: "success", false: "failure"}[well]
	run := repo.Run(forgetest.Workflow{
		Name: "ci", Path: ".github/workflows/ci.yml", Trigger: trigger, Jobs: []string{"test-unit", "test-race", "pack"},
	}, commit)
	run.Start()
	repo.Check("linter", "lint", commit, "completed", "success")
	for _, job := range []string{"test-unit", "test-race"} {
		d.pass(d.between(time.Minute, 3*time.Minute))
		run.FinishJob(job, conclusion)
	}
	d.pass(d.between(time.Minute, 3*time.Minute))
	run.Finish(conclusion)
}

// request is the day of a merge request.
func (d *workingDay) request(project *forgetest.Project) {
	branch, files := d.branch()
	project.Commit(branch, "Work", files)
	change := project.OpenChange(branch, "main", "Work on "+branch, "mia")
	d.finished(change.Pipeline(d.teams.jobs()...), d.draw(80))
	if d.draw(50) {
		d.pass(d.between(10*time.Minute, 30*time.Minute))
		project.Commit(branch, "Mended", map[string]string{"mended.ts": branch})
		d.finished(change.Pipeline(d.teams.jobs()...), true)
	}
	d.pass(d.between(10*time.Minute, 40*time.Minute))
	change.Approve("kim")
	d.lands[project].Lock()
	defer d.lands[project].Unlock()
	if d.draw(70) {
		d.finished(change.Train(d.teams.jobs()...), true)
	}
	d.finished(project.Pipeline("main", change.Merge("merge"), d.teams.jobs()...), true)
}

// finished is a pipeline that takes some minutes.
func (d *workingDay) finished(p *forgetest.Pipeline, well bool) {
	p.StartJob("test-unit")
	d.pass(d.between(2*time.Minute, 5*time.Minute))
	p.FinishJob("test-unit", map[bool]string{true: "success", false: "failed"}[well])
	d.pass(d.between(time.Minute, 3*time.Minute))
	p.Finish(map[bool]string{true: "success", false: "failed"}[well])
}

var aRequest = regexp.MustCompile(`(?m)^nexusgate_forge_requests_total\{code="([^"]*)",forge="([^"]*)",operation="([^"]*)"\} (\S+)$`)

// told is what the day came to. Its table goes to the log.
func (d *workingDay) told(b *testing.B, page string) tally {
	b.Helper()
	type line struct{ calls, unchanged float64 }
	lines := map[string]line{}
	for _, found := range aRequest.FindAllStringSubmatch(page, -1) {
		calls, err := strconv.ParseFloat(found[4], 64)
		if err != nil {
			b.Fatal(err)
		}
		name := found[2] + " " + found[3]
		one := lines[name]
		one.calls += calls
		if found[1] == "304" {
			one.unchanged += calls
		}
		lines[name] = one
	}
	var names []string
	for name := range lines {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int {
		return cmp.Or(cmp.Compare(lines[b].calls, lines[a].calls), cmp.Compare(a, b))
	})
	for _, name := range names {
		fmt.Printf("day: %-36s %6.0f calls, %5.0f of them unchanged\n", name, lines[name].calls, lines[name].unchanged)
	}
	return tally{
		deliveries: sumOf(page, "deliveries_total", `result="kept"`), verdicts: sumOf(page, "verdicts_total", ""),
		posts: sumOf(page, "forge_requests_total", `operation="(create|update)_(check_run|status)"`),
		calls: sumOf(page, "forge_requests_total", ""),
	}
}
