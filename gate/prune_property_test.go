package gate_test

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
)

// yearNexus has what evidence is carried by: a monorepo, criteria of some paths, and a landing's own.
const yearNexus = `
name: "storefront"
teams: {
	cart: components: {
		"cart-api": {repo: "github:acme/cart-api", branch: "main", path: "api"}
		"cart-ui": {repo: "github:acme/cart-api", branch: "main", path: "ui"}
	}
	pay: components: pay: {repo: "github:acme/pay", branch: "main"}
	web: components: web: {repo: "gitlab:acme/web", branch: "main"}
}
integrationTeam: {productOwner: "lee", members: ["kim"]}
done: {
	ci: {
		why: "The pipeline is green", on: "commit", evidence: "pipeline", name: "ci"
		from: app: ["github-actions", "gitlab-ci"]
		must: conclusion: "success"
		within: "%dh"
	}
	docs: {why: "The docs are built", on: "commit", evidence: "check", name: "docs", from: app: "builder", paths: ["docs/**"], must: conclusion: "success", appliesTo: components: ["pay"]}
	reviewed: {why: "Another has read it", on: "change", evidence: "review", must: {approvals: >=1, changesRequested: 0}}
	landed: {why: "Nothing lands by itself", on: "commit", evidence: "landing", must: viaChange: true, level: "advisory"}
}
`

// year is the life of a Nexus, told to two ledgers: one forgets what is old, and the other nothing.
type year struct {
	t       testing.TB
	random  *rand.Rand
	now     time.Time
	told    int
	forgets *gate.Ledger
	keeps   *gate.Ledger    // nil where only the other is measured
	heard   func(gate.Step) // what becomes of each step of the one that forgets, if somebody asks
	docs    map[string]gate.Doc
	last    gate.Step

	heads    map[gate.Repo]string
	open     map[gate.Repo][]gate.ChangeSeen
	numbers  map[gate.Repo]int
	paths    map[string][]string // by commit: what it changes of the one before
	trees    map[string]string
	sources  map[string]string // of the home, by commit
	verdicts int
}

const pruneAge = 30 * 24 * time.Hour

var yearRepos = []gate.Repo{cartRepo, payRepo, webRepo, homeRepo}

func newYear(t testing.TB, seed uint64, compared bool) *year {
	y := &year{
		t: t, random: rand.New(rand.NewPCG(seed, 7)), now: morning, forgets: gate.NewLedger(), docs: map[string]gate.Doc{},
		heads: map[gate.Repo]string{}, open: map[gate.Repo][]gate.ChangeSeen{}, numbers: map[gate.Repo]int{},
		paths: map[string][]string{}, trees: map[string]string{}, sources: map[string]string{},
	}
	if compared {
		y.keeps = gate.NewLedger()
	}
	first := fmt.Sprintf(yearNexus, 1)
	y.sources["h0"], y.heads[homeRepo] = first, "h0"
	y.tell(givenHome(t, first))
	y.tell(gate.HeadRead{Repo: homeRepo, Branch: "main", Commit: "h0", At: y.now})
	for _, repo := range yearRepos[:3] {
		y.land(repo, "", nil)
	}
	return y
}

// tell brings the same to both, and holds that both say the same.
func (y *year) tell(events ...gate.Event) {
	y.t.Helper()
	y.told++
	d := gate.Delivery{ID: fmt.Sprintf("%07d", y.told), Source: gate.FromGitHub, Trust: definition.Webhook, Received: y.now}
	step := y.forgets.Apply(d, events, y.now)
	y.take(step)
	if y.keeps != nil {
		y.compare(step, y.keeps.Apply(d, events, y.now))
	}
}

func (y *year) take(step gate.Step) {
	if y.last = keepDocs(y.docs, step); y.heard != nil {
		y.heard(step)
	}
}

func (y *year) compare(forgets, keeps gate.Step) {
	y.t.Helper()
	y.verdicts += len(keeps.Verdicts)
	if diff := cmp.Diff(keeps.Verdicts, forgets.Verdicts); diff != "" {
		y.t.Fatalf("on %s, what the one that forgets says is another (-keeps +forgets):\n%s", y.now, diff)
	}
	if diff := cmp.Diff(keeps.Owed, forgets.Owed); diff != "" {
		y.t.Fatalf("on %s, the one that forgets reports otherwise (-keeps +forgets):\n%s", y.now, diff)
	}
}

func (y *year) wake() {
	step, empty := y.forgets.Wake(y.now)
	if !empty {
		y.take(step)
	}
	if y.keeps != nil {
		other, _ := y.keeps.Wake(y.now)
		y.compare(step, other)
	}
}

// answer reads what is wanted, until nothing is. Both want the same.
func (y *year) answer() {
	for range 50 {
		wants := y.forgets.Wants()
		if y.keeps != nil {
			if diff := cmp.Diff(y.keeps.Wants(), wants); diff != "" {
				y.t.Fatalf("on %s, the one that forgets asks for other things (-keeps +forgets):\n%s", y.now, diff)
			}
		}
		if len(wants) == 0 {
			return
		}
		for _, w := range wants {
			y.tell(y.read(w))
		}
	}
	y.t.Fatalf("on %s, what is read is wanted again: %+v", y.now, y.forgets.Wants())
}

func (y *year) read(w gate.Want) gate.Event {
	switch w.Kind {
	case gate.WantHead:
		return gate.HeadRead{Repo: w.Repo, Branch: w.Branch, Commit: y.heads[w.Repo], At: y.now, Covers: w.Covers}
	case gate.WantFile:
		return gate.FileRead{Repo: w.Repo, Commit: w.Commit, Path: w.Path, Absent: true}
	case gate.WantCommit:
		return gate.CommitRead{Repo: w.Repo, Commit: w.Commit, Tree: y.trees[w.Commit]}
	case gate.WantPaths:
		return gate.PathsRead{Repo: w.Repo, Base: w.Base, Head: w.Commit, Paths: y.paths[w.Commit], Complete: true}
	case gate.WantChange:
		return gate.ChangeRead{Repo: w.Repo, Number: w.Number, Head: w.Commit, Paths: y.paths[w.Commit], Complete: true}
	case gate.WantNexus:
		return homeRead(y.t, w.Commit, y.sources[w.Commit])
	case gate.WantLanding:
		return gate.LandingRead{Repo: w.Repo, Base: w.Base, Commit: w.Commit, Path: w.Path}
	case gate.WantTag:
		return gate.TagRead{Repo: w.Repo, Tag: w.Tag, Absent: true, At: y.now, Covers: w.Covers}
	case gate.WantThing:
		return gate.ThingRead{Ref: gate.ParseRef(w.Path), Absent: true, At: y.now}
	}
	y.t.Fatalf("an unknown want %+v", w)
	return nil
}

func (y *year) sha(repo gate.Repo) string {
	return fmt.Sprintf("%d-%06d-%04x", repo.ID, y.told, y.random.IntN(1<<16))
}

// day is what a day brings.
func (y *year) day(work int) {
	for range work {
		y.now = y.now.Add(time.Duration(1+y.random.IntN(int(8*time.Hour/time.Minute)/work)) * time.Minute)
		y.wake()
		y.act()
		y.answer()
	}
	y.now = y.now.Add(16 * time.Hour)
	y.wake()
	y.answer()
}

func (y *year) act() {
	repo := yearRepos[y.random.IntN(len(yearRepos))]
	switch n := y.random.IntN(10); {
	case len(y.open[repo]) == 0 || n < 3 && len(y.open[repo]) < 6:
		y.propose(repo)
	case n < 4:
		y.close(repo)
	case n < 5:
		y.evidence(repo, y.heads[repo]) // once more
	case n < 6 && repo != homeRepo:
		y.land(repo, "", nil) // by itself
	default:
		at := y.random.IntN(len(y.open[repo]))
		y.merge(repo, at)
	}
}

func (y *year) propose(repo gate.Repo) {
	y.numbers[repo]++
	head := y.sha(repo)
	y.paths[head], y.trees[head] = y.somePaths(repo), "tree of "+head
	if repo == homeRepo {
		y.sources[head] = fmt.Sprintf(yearNexus, 1+y.random.IntN(20))
	}
	c := seen(repo, y.numbers[repo], head, y.now)
	y.open[repo] = append(y.open[repo], c)
	y.tell(c)
	y.evidence(repo, head)
	if y.random.IntN(3) > 0 {
		y.tell(gate.Reviewed{Repo: repo, Number: c.Number, Reviewer: "kim", State: gate.Approved, Commit: head, At: y.now})
	}
}

func (y *year) somePaths(repo gate.Repo) []string {
	if repo == homeRepo {
		return []string{"nexus.cue"}
	}
	all := []string{"api/a.go", "api/b.go", "ui/a.ts", "docs/a.md", "go.mod"}
	if y.random.IntN(40) > 0 {
		all = slices.Delete(all, 2, 4) // the pages and the docs are seldom touched
	}
	return all[:1+y.random.IntN(len(all))]
}

func (y *year) evidence(repo gate.Repo, sha string) {
	result := "success"
	if y.random.IntN(5) == 0 {
		result = "failure"
	}
	id := int64(y.told)
	if repo.Forge == gate.GitLab {
		y.tell(pipeline(repo, sha, "push", id, y.now, map[string]string{"build": result})...)
		return
	}
	ran := run(repo, sha, "push", id, 1, y.now, result)
	ran.Evidence.Run.Created = y.now
	y.tell(ran)
	if y.random.IntN(2) == 0 {
		y.tell(check(repo, sha, "builder", "docs", id, y.now, result))
	}
}

func (y *year) close(repo gate.Repo) {
	at := y.random.IntN(len(y.open[repo]))
	c := y.open[repo][at]
	c.State, c.UpdatedAt = gate.ChangeClosed, y.now
	y.open[repo] = slices.Delete(y.open[repo], at, at+1)
	y.tell(c)
}

func (y *year) merge(repo gate.Repo, at int) {
	c := y.open[repo][at]
	y.open[repo] = slices.Delete(y.open[repo], at, at+1)
	y.land(repo, y.trees[c.Head], y.paths[c.Head])
	c.State, c.UpdatedAt, c.Landed = gate.ChangeMerged, y.now, y.heads[repo]
	if y.sources[c.Landed] = y.sources[c.Head]; y.random.IntN(2) == 0 {
		y.trees[c.Landed] = "tree of " + c.Landed // it was merged with what had landed meanwhile
	}
	y.tell(c)
	if y.random.IntN(3) > 0 {
		y.evidence(repo, c.Landed)
	}
}

// land pushes to main.
func (y *year) land(repo gate.Repo, tree string, paths []string) {
	after := y.sha(repo)
	if y.paths[after], y.trees[after] = paths, tree; paths == nil {
		y.paths[after], y.trees[after] = y.somePaths(repo), "tree of "+after
	}
	p := push(repo, y.heads[repo], after, y.now, y.paths[after]...)
	if y.heads[repo] = after; y.random.IntN(10) == 0 {
		p.Paths, p.PathsKnown = nil, false
	}
	y.sources[after] = y.sources[p.Before]
	y.tell(p)
}

// prune has one of the two forget; it says and owes nothing by it, and nothing else after a restart.
func (y *year) prune() {
	y.t.Helper()
	d, err := gate.Own(fmt.Sprintf("%07d-prune", y.told), gate.Pruned{Before: y.now.Add(-pruneAge)}, y.now)
	if err != nil {
		y.t.Fatal(err)
	}
	events, err := gate.DecodeOwn(d)
	if err != nil {
		y.t.Fatal(err)
	}
	step := y.forgets.Apply(d, events, y.now)
	if len(step.Verdicts)+len(step.Owed)+len(step.Increments) > 0 || step.Result != gate.Applied {
		y.t.Fatalf("to forget is %s, makes %d verdicts and owes %d reports", step.Result, len(step.Verdicts), len(step.Owed))
	}
	y.take(step)
	if y.random.IntN(4) == 0 {
		y.forgets = restored(y.t, y.docs, y.last)
		if step, empty := y.forgets.Wake(y.now); !empty && len(step.Verdicts)+len(step.Owed) > 0 {
			y.t.Fatalf("after it forgot and a restart it says more: %+v", step.Verdicts)
		}
	}
}

func (y *year) bytes() (sum int) {
	for _, d := range y.docs {
		sum += len(d.Body)
	}
	return sum
}

func TestToForgetWhatIsOldTurnsNothing(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	y := newYear(t, seed, true)
	days := 150
	if testing.Short() {
		days = 60 // the first are forgotten after thirty
	}
	for day := range days {
		if y.day(6); day%3 == 0 {
			y.prune()
		}
	}
	forgets, _ := y.forgets.Standing("storefront", y.now)
	keeps, _ := y.keeps.Standing("storefront", y.now)
	for _, parts := range [][2]any{
		{keeps.HeadSays, forgets.HeadSays}, {keeps.Head, forgets.Head}, {keeps.LastDone, forgets.LastDone}, {keeps.Changes, forgets.Changes},
	} {
		if diff := cmp.Diff(parts[0], parts[1], cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("after it they stand otherwise (-keeps +forgets):\n%s", diff)
		}
	}
	told := func(l *gate.Ledger) gate.Chronicle { return l.Chronicle("storefront", time.Time{}, time.Time{}) }
	kept := told(y.keeps)
	if diff := cmp.Diff(kept, told(y.forgets)); diff != "" {
		t.Errorf("after it their chronicles differ (-keeps +forgets):\n%s", diff)
	}
	if diff := cmp.Diff(kept, told(restored(t, y.docs, y.last))); diff != "" {
		t.Errorf("after a restart the chronicle is another (-before +after):\n%s", diff)
	}
	if len(kept.Points) < days || len(kept.Holds) < days || len(kept.Landed) < days {
		t.Errorf("%d points, %d holds and %d landings are too few to hold anything", len(kept.Points), len(kept.Holds), len(kept.Landed))
	}
	if y.verdicts < 7*days {
		t.Errorf("%d verdicts are too few to hold anything", y.verdicts)
	}
}

// BenchmarkYear tells how much a Nexus of four components keeps, with forty deliveries on each of 365
// days: after half of the year, and after it all. Forgetting daily, both are the same.
func BenchmarkYear(b *testing.B) {
	for _, forgets := range []bool{true, false} {
		b.Run(fmt.Sprintf("forgets=%v", forgets), func(b *testing.B) {
			for range b.N {
				y := newYear(b, 1, false)
				for day := range 365 {
					if y.day(8); forgets {
						y.prune()
					}
					if day == 182 || day == 364 {
						b.ReportMetric(float64(len(y.docs)), fmt.Sprintf("docs/%d", day+1))
						b.ReportMetric(float64(y.bytes())/1e6, fmt.Sprintf("docs-MB/%d", day+1))
						b.ReportMetric(heap(y), fmt.Sprintf("heap-MB/%d", day+1))
					}
				}
			}
			b.ReportMetric(0, "ns/op") // the year is no measure of speed
		})
	}
}

// heap is what a ledger takes that was made of the documents anew, in MB.
func heap(y *year) float64 {
	var with, without runtime.MemStats
	y.forgets = nil
	runtime.GC()
	runtime.ReadMemStats(&without)
	y.forgets = gate.NewLedger()
	for _, d := range y.docs {
		if err := y.forgets.Restore(d); err != nil {
			y.t.Fatal(err)
		}
	}
	if err := y.forgets.Begin(y.last.Seq, y.last.Now); err != nil {
		y.t.Fatal(err)
	}
	y.wake()
	runtime.GC()
	runtime.ReadMemStats(&with)
	return (float64(with.HeapAlloc) - float64(without.HeapAlloc)) / 1e6
}
