package dashboard_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/nexusgate/nexusgate/gate/dashboard"
)

// line is the connection to a follower.
type line struct {
	mu       sync.Mutex
	said     strings.Builder
	header   http.Header
	code     int
	cut      bool
	deadline time.Time
}

func (l *line) Header() http.Header { return l.header }

func (l *line) WriteHeader(code int) { l.code = code }

func (l *line) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.cut {
		return 0, errors.New("the line is cut")
	}
	return l.said.Write(b)
}

func (l *line) FlushError() error { return nil }

func (l *line) SetWriteDeadline(t time.Time) error {
	l.deadline = t
	return nil
}

func (l *line) count(words string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Count(l.said.String(), words)
}

// follow lets somebody follow the events until the returned function is called, which returns once
// the handler has.
func follow(h http.Handler) (*line, func()) {
	l := &line{header: make(http.Header), code: http.StatusOK}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		h.ServeHTTP(l, httptest.NewRequest("GET", "/events", nil).WithContext(ctx))
	}()
	synctest.Wait()
	return l, func() { cancel(); <-ended }
}

func TestManyChangesAreAtMostTwoEventsASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := oneNexus()
		l, stop := follow(dashboard.New(r, options()))
		defer stop()
		for range 100 {
			r.change()
			time.Sleep(30 * time.Millisecond)
		}
		synctest.Wait()
		if n := l.count("event: changed"); n < 5 || n > 7 {
			t.Errorf("%d events in three seconds", n)
		}
	})
}

func TestChangeDuringThePauseIsToldAfterIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := oneNexus()
		l, stop := follow(dashboard.New(r, options()))
		defer stop()
		r.change()
		synctest.Wait()
		r.change()
		synctest.Wait()
		if n := l.count("event: changed"); n != 1 {
			t.Errorf("%d events at once", n)
		}
		time.Sleep(time.Second)
		if n := l.count("event: changed"); n != 2 {
			t.Errorf("%d events after the pause", n)
		}
	})
}

func TestQuietLineIsKeptOpen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, stop := follow(dashboard.New(oneNexus(), options()))
		defer stop()
		time.Sleep(61 * time.Second)
		if n := l.count(": still here"); n != 3 || l.header.Get("Content-Type") != "text/event-stream" || !l.deadline.After(noon) {
			t.Errorf("%d heartbeats of %s until %s", n, l.header.Get("Content-Type"), l.deadline)
		}
	})
}

func TestFollowersAreBoundedAndTheirPlacesReused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, o := oneNexus(), options()
		o.Watchers = 2
		h := dashboard.New(r, o)
		_, first := follow(h)
		_, second := follow(h)
		refused, third := follow(h)
		third()
		if refused.code != http.StatusServiceUnavailable || refused.header.Get("Retry-After") == "" {
			t.Errorf("the third is answered %d", refused.code)
		}
		first()
		again, fourth := follow(h)
		if again.code != http.StatusOK || r.change() != 2 {
			t.Errorf("the place of one who left is answered %d, %d watch", again.code, r.change())
		}
		second()
		fourth()
		if n := r.change(); n != 0 {
			t.Errorf("%d still watch when nobody is left", n)
		}
	})
}

func TestCutLineEndsTheHandler(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := oneNexus()
		l, stop := follow(dashboard.New(r, options()))
		l.mu.Lock()
		l.cut = true
		l.mu.Unlock()
		r.change()
		synctest.Wait()
		if n := r.change(); n != 0 {
			t.Errorf("%d still watch", n)
		}
		stop()
	})
}

func TestAFollowerWhoseTimeIsOverIsToldToComeAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := dashboard.New(oneNexus(), options())
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		l := &line{header: make(http.Header), code: http.StatusOK}
		h.ServeHTTP(l, httptest.NewRequest("GET", "/events", nil).WithContext(ctx))
		if !strings.HasSuffix(l.said.String(), "retry: 100\n\n") {
			t.Errorf("it ends with %q", l.said.String())
		}
	})
}
