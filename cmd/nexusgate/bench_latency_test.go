package main_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/gate/forge/forgetest"
)

const (
	usual   = 200 * time.Millisecond // the store's own window for a change of outcome
	already = time.Minute            // by when the last check has arrived
)

// pace is how deliveries come: so many a second for so long, one in turning of which turns a verdict.
type pace struct {
	name                       string
	perSecond, turning, owners int
	lasts                      time.Duration
	hold                       time.Duration // the window in which later changes of outcome join
}

// BenchmarkReceiptToCheck measures from the moment a forge sends a delivery that changes a verdict until
// the check run comes back to it. Deliveries are check runs on the heads of pull requests of many owners,
// each of whom has a budget of 80 posts a minute; one in five ends otherwise than it did before, the
// others are of a check that nobody asks for. answer is until the delivery is kept, check until the
// stand-in has the report; the stand-in and who sends share the cores. "20/held" has the window in which
// later changes join, as serve has it; the others have none.
func BenchmarkReceiptToCheck(b *testing.B) {
	for _, p := range []pace{
		{name: "20/held", perSecond: 20, turning: 1, owners: 50, lasts: 15 * time.Second, hold: usual},
		{name: "100", perSecond: 100, turning: 5, owners: 100, lasts: 15 * time.Second},
		{name: "500", perSecond: 500, turning: 5, owners: 200, lasts: 15 * time.Second},
		{name: "1000", perSecond: 1000, turning: 5, owners: 400, lasts: 15 * time.Second},
	} {
		b.Run(p.name, func(b *testing.B) {
			var answered, checked []time.Duration
			for b.Loop() {
				a, c := turnAll(b, p)
				answered, checked = append(answered, a...), append(checked, c...)
			}
			tell(b, "answer", answered)
			tell(b, "check", checked)
			b.ReportMetric(0, "ns/op") // the pace is ours
		})
	}
}

// turnAll starts a service, opens the pull requests, and turns them at that pace.
func turnAll(b *testing.B, p pace) (answered, checked []time.Duration) {
	b.Helper()
	names := make([]string, p.owners)
	for i := range names {
		names[i] = fmt.Sprintf("owner-%d/repo", i)
	}
	back := &arrivals{awaited: map[string][]turn{}}
	place := newWorkplace(b, components(names), back.watch)
	place.settings.Hold = p.hold
	pulls := make([]*pull, p.owners)
	for i, name := range names {
		pulls[i] = &pull{repo: place.hub.AddRepo(name)}
	}
	server := place.open()
	defer place.end()
	for _, one := range pulls {
		one.open()
	}
	settle(b, server, true)
	back.took = nil
	beat := time.NewTicker(time.Second / time.Duration(p.perSecond))
	defer beat.Stop()
	many := p.perSecond * int(p.lasts/time.Second)
	answers := make([]time.Duration, many)
	var all sync.WaitGroup
	for n := range many {
		<-beat.C
		all.Go(func() {
			if n%p.turning == 0 {
				answers[n] = pulls[n/p.turning%p.owners].turn(back)
			} else {
				answers[n] = pulls[n%p.owners].stir()
			}
		})
	}
	all.Wait()
	return answers, back.all(b, many/p.turning)
}

// pull is a pull request whose head is checked again and again.
type pull struct {
	repo       *forgetest.Repo
	head       string
	conclusion string
}

func (p *pull) open() {
	p.repo.Commit("work", "Work", map[string]string{"main.go": "package main"})
	p.head = p.repo.OpenChange("work", "main", "Work", "ana").Head()
	p.conclusion = "success"
	p.repo.Check("builder", "build", p.head, "completed", p.conclusion)
}

// turn has the forge tell of a check run that ended otherwise, and says how long the answer took.
func (p *pull) turn(back *arrivals) time.Duration {
	p.conclusion = map[string]string{"success": "failure", "failure": "success"}[p.conclusion]
	began := time.Now()
	back.await(p.repo.Name(), turn{conclusion: p.conclusion, sent: began})
	p.repo.Check("builder", "build", p.head, "completed", p.conclusion)
	return time.Since(began)
}

// stir has the forge tell of a check run that nobody asks for.
func (p *pull) stir() time.Duration {
	began := time.Now()
	p.repo.Check("builder", "other", p.head, "completed", "success")
	return time.Since(began)
}

// turn is a check run that must come.
type turn struct {
	conclusion string
	sent       time.Time
}

// arrivals are the check runs as they reach the forge.
type arrivals struct {
	mu      sync.Mutex
	awaited map[string][]turn // by repository, in the order in which they were sent
	took    []time.Duration
}

func (a *arrivals) await(repo string, t turn) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.awaited[repo] = append(a.awaited[repo], t)
}

// watch looks at what is posted before the forge does.
func (a *arrivals) watch(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		repo, _, isCheck := strings.Cut(strings.TrimPrefix(r.URL.Path, "/repos/"), "/check-runs")
		if isCheck && r.Method != http.MethodGet {
			at := time.Now()
			body, _ := io.ReadAll(io.LimitReader(r.Body, 1<<20)) // what is cut is no check run
			r.Body = io.NopCloser(bytes.NewReader(body))
			a.note(repo, body, at)
		}
		next.ServeHTTP(w, r)
	})
}

func (a *arrivals) note(repo string, body []byte, at time.Time) {
	var run struct{ Conclusion string }
	if json.Unmarshal(body, &run) != nil {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	// What was sent before it is told of by it too: later outcomes take the place of earlier ones.
	for i := len(a.awaited[repo]) - 1; i >= 0; i-- {
		if a.awaited[repo][i].conclusion != run.Conclusion {
			continue
		}
		for _, t := range a.awaited[repo][:i+1] {
			a.took = append(a.took, at.Sub(t.sent))
		}
		a.awaited[repo] = a.awaited[repo][i+1:]
		return
	}
}

// all waits until so many have come.
func (a *arrivals) all(b *testing.B, many int) []time.Duration {
	b.Helper()
	look := time.NewTicker(5 * time.Millisecond)
	defer look.Stop()
	for late := time.Now().Add(already); ; <-look.C {
		a.mu.Lock()
		took := slices.Clone(a.took)
		a.mu.Unlock()
		if len(took) >= many {
			return took
		}
		if time.Now().After(late) {
			b.Fatalf("%d of %d checks have come", len(took), many)
		}
	}
}

// tell reports the median, the 99th of a hundred and the 999th of a thousand, in milliseconds.
func tell(b *testing.B, what string, took []time.Duration) {
	slices.Sort(took)
	for _, point := range []struct {
		name string
		part float64
	}{{"p50", .5}, {"p99", .99}, {"p99.9", .999}} {
		at := min(int(point.part*float64(len(took))), len(took)-1)
		b.ReportMetric(float64(took[at].Microseconds())/1000, what+"-"+point.name+"-ms")
	}
}
