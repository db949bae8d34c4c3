package main_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"
)

// fleet is three equal replicas of the service as processes, behind a load balancer.
type fleet struct {
	*house
	mu       sync.Mutex
	replicas []*replica // those that the balancer knows to be alive
	turn     int
}

type replica struct {
	*child
	root string
}

// newFleet starts three replicas on one database, and points the forges' webhooks at their balancer.
func newFleet(t *testing.T, dsn string) *fleet {
	t.Helper()
	f := &fleet{house: furnish(t, shop)}
	f.settings.Store = dsn
	f.patience = 90 * time.Second
	balancer := httptest.NewServer(f)
	t.Cleanup(balancer.Close)
	for range 3 {
		one := &replica{child: (&killing{house: f.house}).spawn(t.Context())}
		one.root = one.ready()
		f.alive(one)
		t.Cleanup(func() {
			_ = one.cmd.Process.Signal(syscall.SIGCONT)
			_ = one.cmd.Process.Kill() // if the test has not ended it
			if t.Failed() {
				t.Logf("%s said\n%s", one.root, one.complaint())
			}
		})
	}
	f.hub.Hook(balancer.URL+"/webhook/github", hubSecret)
	f.lab.Hook(balancer.URL+"/webhook/gitlab", labToken, "")
	f.eventually("the two lanes are shared out", func() bool {
		all := holders(t, dsn)
		return len(all) == 2 && all[""] == 0
	})
	return f
}

// ServeHTTP hands a webhook to the replicas in turn until one takes it, as a balancer with retries does.
func (f *fleet) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	for r.Context().Err() == nil {
		if status := f.pass(r, body); status > 0 && status < http.StatusInternalServerError {
			w.WriteHeader(status)
			return
		}
		f.pace()
	}
}

// pace waits until something has happened, or a moment.
func (f *fleet) pace() {
	timer := time.NewTimer(50 * time.Millisecond)
	defer timer.Stop()
	select {
	case <-f.traffic.rung():
	case <-timer.C:
	}
}

func (f *fleet) pass(r *http.Request, body []byte) (status int) {
	f.mu.Lock()
	if len(f.replicas) == 0 {
		f.mu.Unlock()
		return 0
	}
	f.turn++
	to := f.replicas[f.turn%len(f.replicas)].root
	f.mu.Unlock()
	request, err := http.NewRequestWithContext(r.Context(), r.Method, to+r.URL.Path, bytes.NewReader(body))
	if err != nil {
		return 0
	}
	request.Header = r.Header.Clone()
	client := http.Client{Timeout: 5 * time.Second}
	answer, err := client.Do(request)
	if err != nil {
		return 0
	}
	defer answer.Body.Close()
	return answer.StatusCode
}

func (f *fleet) alive(r *replica) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.replicas = append(f.replicas, r)
}

// dead takes a replica from the balancer.
func (f *fleet) dead(r *replica) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.replicas = slices.DeleteFunc(f.replicas, func(one *replica) bool { return one == r })
}

// end asks all replicas that live to end.
func (f *fleet) end() {
	f.t.Helper()
	f.mu.Lock()
	all := slices.Clone(f.replicas)
	f.mu.Unlock()
	for _, one := range all {
		one.end()
	}
}

// takenUp is what a replica says when it takes up the shop's lane, with the fence.
var takenUp = regexp.MustCompile(`a lane was taken up" nexus=shop fence=(\d+)`)

// holder is the living replica that took up the shop's lane last, once one of them has.
func (f *fleet) holder() (found *replica) {
	f.t.Helper()
	f.eventually("a replica works in the shop's lane", func() bool {
		f.mu.Lock()
		defer f.mu.Unlock()
		last := 0
		for _, one := range f.replicas {
			for _, said := range takenUp.FindAllStringSubmatch(one.complaint(), -1) {
				if fence, err := strconv.Atoi(said[1]); err == nil && fence > last {
					found, last = one, fence
				}
			}
		}
		return found != nil
	})
	return found
}

func (r *replica) signal(s syscall.Signal) {
	r.t.Helper()
	if err := r.cmd.Process.Signal(s); err != nil {
		r.t.Fatal(err)
	}
}
