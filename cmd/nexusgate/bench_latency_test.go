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
	turns   = 300                    // deliveries that change a verdict
	owners  = 50                     // over whom they are spread: each has a budget of 80 posts a minute
	every   = 50 * time.Millisecond  // between two deliveries
	usual   = 200 * time.Millisecond // the store's own window for a change of outcome
	already = time.Minute            // by when the last check has arrived
)

// BenchmarkReceiptToCheck measures from the moment a forge sends a delivery that changes a verdict until
// the check run comes back to it: 300 changes on 50 pull requests of as many owners, twenty a second,
// each by a check run that ends otherwise than it did before. "held" has the window in which later
// changes of outcome join, as serve has it; "at once" has none. answer is until the delivery is kept,
// check until the stand-in has the report.
func BenchmarkReceiptToCheck(b *testing.B) {
	for _, window := range []struct {
		name string
		hold time.Duration
	}{{"held", usual}, {"at once", 0}} {
		b.Run(window.name, func(b *testing.B) {
			var answered, checked []time.Duration
			for range b.N {
				a, c := turnAll(b, window.hold)
				answered, checked = append(answered, a...), append(checked, c...)
			}
			tell(b, "answer", answered)
			tell(b, "check", checked)
			b.ReportMetric(0, "ns/op") // the pace is ours
		})
	}
}

// turnAll starts a service, opens the pull requests, and turns each of them so often.
func turnAll(b *testing.B, hold time.Duration) (answered, checked []time.Duration) {
	b.Helper()
	names := make([]string, owners)
	for i := range names {
		names[i] = fmt.Sprintf("owner-%d/repo", i)
	}
	back := &arrivals{awaited: map[string]turn{}}
	place := newWorkplace(b, components(names), back.watch)
	place.settings.Hold = hold
	pulls := make([]*pull, owners)
	for i, name := range names {
		pulls[i] = &pull{repo: place.hub.AddRepo(name)}
	}
	server := place.open()
	for _, p := range pulls {
		p.open()
	}
	settle(b, server, true)
	back.took = nil
	beat := time.NewTicker(every)
	defer beat.Stop()
	answers := make([]time.Duration, turns)
	var all sync.WaitGroup
	for n := range turns {
		<-beat.C
		all.Go(func() { answers[n] = pulls[n%owners].turn(back) })
	}
	all.Wait()
	return answers, back.all(b, turns)
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

// turn is a check run that must come.
type turn struct {
	conclusion string
	sent       time.Time
}

// arrivals are the check runs as they reach the forge.
type arrivals struct {
	mu      sync.Mutex
	awaited map[string]turn // by repository
	took    []time.Duration
}

func (a *arrivals) await(repo string, t turn) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.awaited[repo] = t
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
	if t, ok := a.awaited[repo]; ok && t.conclusion == run.Conclusion {
		a.took = append(a.took, at.Sub(t.sent))
		delete(a.awaited, repo)
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

// tell reports the median, the 99th of a hundred and the worst, in milliseconds.
func tell(b *testing.B, what string, took []time.Duration) {
	slices.Sort(took)
	for _, point := range []struct {
		name string
		part float64
	}{{"p50", .5}, {"p99", .99}, {"max", 1}} {
		at := min(int(point.part*float64(len(took))), len(took)-1)
		b.ReportMetric(float64(took[at].Microseconds())/1000, what+"-"+point.name+"-ms")
	}
}
