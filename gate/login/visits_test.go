package login_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"testing/synctest"
	"time"

	"github.com/nexusgate/nexusgate/gate/login"
)

// stream is an answer that lasts for as long as it may.
type stream struct {
	began time.Time
	ended chan time.Time
}

func (s *stream) lasted() time.Duration {
	synctest.Wait()
	select {
	case at := <-s.ended:
		return at.Sub(s.began)
	default:
		return -1
	}
}

// house is one replica's pages, in a bubble whose clock begins so long after the logins.
type house struct {
	http.Handler
	t *testing.T
}

func newHouse(t *testing.T, p *provider, root string, after time.Duration) *house {
	t.Helper()
	o, began, moved := options(p, root), time.Now(), loggedInAt.Add(after)
	o.Now = func() time.Time { return moved.Add(time.Since(began)) }
	l, err := login.New(o)
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	l.Handle(mux)
	mux.Handle("/", l.Guard(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })))
	return &house{mux, t}
}

func (h *house) follow(session *http.Cookie) *stream {
	h.t.Helper()
	s := &stream{began: time.Now(), ended: make(chan time.Time, 1)}
	go func() {
		h.open("/events", session)
		s.ended <- time.Now()
	}()
	if at := s.lasted(); at >= 0 {
		h.t.Fatalf("it ended at once")
	}
	return s
}

func (h *house) open(path string, session *http.Cookie) (status int) {
	r := httptest.NewRequest(http.MethodGet, path, nil)
	r.AddCookie(session)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Code
}

// loggedInAt is before every login of these tests, by less than matters.
var loggedInAt = time.Now()

// loggedIn is the session of somebody who has just logged in.
func loggedIn(t *testing.T, s *site) *http.Cookie {
	t.Helper()
	b := browser(t)
	look(t, b, s.URL+"/")
	at, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range b.Jar.Cookies(at) {
		if c.Name == "nexusgate" {
			return c
		}
	}
	t.Fatal("nobody is logged in")
	return nil
}

func TestWhatIsOpenEndsWithItsSession(t *testing.T) {
	p := newProvider(t)
	s := newSite(t, p)
	ana, li := loggedIn(t, s), loggedIn(t, s)
	late := time.Since(loggedInAt) + time.Second

	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, p, s.URL, login.Session-time.Minute)
		last := h.follow(ana)
		time.Sleep(time.Minute + late)
		if got := last.lasted(); got < time.Minute-late || got > time.Minute+late {
			t.Errorf("a minute before its end, a session's stream lasted %v", got)
		}
		if status := h.open("/events", ana); status != http.StatusUnauthorized {
			t.Errorf("and then it is answered %d", status)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, p, s.URL, time.Hour)
		one, two, other := h.follow(ana), h.follow(ana), h.follow(li)
		time.Sleep(time.Minute)
		h.open("/logout", ana)
		for _, s := range []*stream{one, two} {
			if got := s.lasted(); got != time.Minute {
				t.Errorf("a stream lasted %v, and its session was logged out of after a minute", got)
			}
		}
		if got := other.lasted(); got >= 0 {
			t.Errorf("somebody else's ended with it, after %v", got)
		}
		time.Sleep(5 * time.Minute) // their browser comes again with the session that it has by then
		if got := other.lasted(); got != 5*time.Minute {
			t.Errorf("a stream lasted %v, want five minutes", got)
		}
	})
}
