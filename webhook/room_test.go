package webhook_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/webhook"
)

// tight is an intake in a room of a MiB and four deliveries, and what it tells of troubles.
func tight(t testing.TB, m *memory) (h http.Handler, told func() []string) {
	t.Helper()
	var mu sync.Mutex
	var all []string
	h, err := webhook.NewGitHub("s3cret", m, clock, m.observe, webhook.Within(webhook.NewRoom(1<<20, 4)), webhook.Telling(func(_ string, err error) {
		mu.Lock()
		defer mu.Unlock()
		if err == nil {
			err = errors.New("taken")
		}
		all = append(all, err.Error())
	}))
	if err != nil {
		t.Fatal(err)
	}
	return h, func() []string {
		mu.Lock()
		defer mu.Unlock()
		return all
	}
}

// sender is a delivery under way whose body comes as it is written to.
type sender struct {
	*io.PipeWriter
	done chan *httptest.ResponseRecorder
}

func begin(h http.Handler, key string) sender {
	from, to := io.Pipe()
	s := sender{PipeWriter: to, done: make(chan *httptest.ResponseRecorder, 1)}
	r := httptest.NewRequestWithContext(context.Background(), http.MethodPost, "/webhook/github", from)
	r.ContentLength = -1
	for i, with := 0, signed("s3cret", "push", key, nil); i < len(with); i += 2 {
		r.Header.Set(with[i], with[i+1])
	}
	go func() {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		_ = from.CloseWithError(errors.New("nobody reads on"))
		s.done <- w
	}()
	return s
}

func wantTurnedAway(t *testing.T, w *httptest.ResponseRecorder, why string) {
	t.Helper()
	wantStatus(t, w, http.StatusServiceUnavailable)
	if w.Header().Get("Retry-After") == "" {
		t.Error("it does not say when to come again")
	}
	if want := "turned-away: " + why + "\n"; w.Body.String() != want {
		t.Errorf("the answer is %q, want %q", w.Body, want)
	}
}

const (
	noBytes = "the bodies under way take all the room there is for them"
	noPlace = "as many deliveries are under way as may be at once"
)

func TestABodyThatFindsNoRoomIsAnswered503AndReadNoFurther(t *testing.T) {
	m := &memory{}
	h, told := tight(t, m)
	slow := begin(h, "slow")
	if _, err := slow.Write(make([]byte, 400<<10)); err != nil {
		t.Fatal(err)
	}
	second := begin(h, "second")
	n, err := second.Write(make([]byte, 5<<20))
	if err == nil || n > 1<<20 {
		t.Errorf("%d bytes were read of a body for which there is no room", n)
	}
	wantTurnedAway(t, <-second.done, noBytes)

	small := []byte("{}")
	wantStatus(t, post(h, small, signed("s3cret", "push", "small", small)), http.StatusAccepted)

	_ = slow.Close() // its signature is another body's, and the room is free again
	wantStatus(t, <-slow.done, http.StatusUnauthorized)
	large := bytes.Repeat([]byte(" "), 300<<10)
	wantStatus(t, post(h, large, signed("s3cret", "push", "large", large)), http.StatusAccepted)
	if diff := cmp.Diff([]string{noBytes, "taken", "taken"}, told()); diff != "" {
		t.Errorf("what it tells (-want +got):\n%s", diff)
	}
	if want := "github push turned-away"; m.observed[0] != want {
		t.Errorf("%q was counted first, want %q", m.observed[0], want)
	}
}

func TestMoreDeliveriesAtOnceThanMayBeAreAnswered503(t *testing.T) {
	h, _ := tight(t, &memory{})
	var all []sender
	for range 4 {
		s := begin(h, "slow")
		if _, err := s.Write([]byte(" ")); err != nil { // it is being read
			t.Fatal(err)
		}
		all = append(all, s)
	}
	body := []byte("{}")
	wantTurnedAway(t, post(h, body, signed("s3cret", "push", "k", body)), noPlace)
	for _, s := range all {
		_ = s.Close()
		<-s.done
	}
	wantStatus(t, post(h, body, signed("s3cret", "push", "k", body)), http.StatusAccepted)
}

func TestAKeeperThatIsFullSaysSoToTheCaller(t *testing.T) {
	h, m := newGitHub(t, "s3cret")
	m.down = webhook.Full("ten deliveries wait")
	wantTurnedAway(t, post(h, []byte("{}"), signed("s3cret", "push", "k", []byte("{}"))), "ten deliveries wait")
}

func TestABodyOfAnySizeIsKeptWhole(t *testing.T) {
	for _, size := range []int{0, 1, 64<<10 - 1, 64 << 10, 64<<10 + 1, 128 << 10, 300_000} {
		for _, announced := range []bool{true, false} {
			h, m := newGitHub(t, "s3cret")
			body := bytes.Repeat([]byte("abcdefg"), size/7+1)[:size]
			r := httptest.NewRequestWithContext(context.Background(), http.MethodPost, "/webhook/github", io.NopCloser(bytes.NewReader(body)))
			r.ContentLength = -1
			if announced {
				r.ContentLength = int64(size)
			}
			r.Header.Set("X-Hub-Signature-256", signed("s3cret", "", "", body)[5])
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			wantStatus(t, w, http.StatusAccepted)
			if !bytes.Equal(m.only(t).Body, body) {
				t.Errorf("of %d bytes %d were kept", size, len(m.only(t).Body))
			}
		}
	}
}

// crowd keeps nothing, remembers what it was given, and takes its time until it is let go.
type crowd struct {
	mu    sync.Mutex
	keys  map[string]bool
	leave chan struct{}
}

func (c *crowd) Keep(_ context.Context, d gate.Delivery) (bool, error) {
	<-c.leave
	c.mu.Lock()
	defer c.mu.Unlock()
	c.keys[d.Key] = true
	return false, nil
}

func TestManySendersOfTheLargestBodiesTakeNoMoreMemoryThanThereIsRoom(t *testing.T) {
	const room, senders = 128 << 20, 64
	c := &crowd{keys: map[string]bool{}, leave: make(chan struct{})}
	h, err := webhook.NewGitHub("s3cret", c, clock, ignore, webhook.Within(webhook.NewRoom(room, 1000)))
	if err != nil {
		t.Fatal(err)
	}
	served := httptest.NewServer(h)
	defer served.Close()
	body := bytes.Repeat([]byte(" "), webhook.MaxBody)
	with := signed("s3cret", "push", "", body)
	runtime.GC()
	var before runtime.MemStats
	runtime.ReadMemStats(&before)

	answers := make([]int, senders)
	var answered atomic.Int64
	var all sync.WaitGroup
	for n := range senders {
		all.Go(func() {
			defer answered.Add(1)
			answers[n] = sendLarge(t, served.Listener.Addr().String(), body, with, n)
		})
	}
	// Those for whom there was room wait for the keeper, and all others have been turned away.
	within(t, func() bool { return answered.Load() >= senders-room*3/4/webhook.MaxBody })
	runtime.GC()
	var amid runtime.MemStats
	runtime.ReadMemStats(&amid)
	if grown := int64(amid.HeapAlloc) - int64(before.HeapAlloc); grown > room+room/4 {
		t.Errorf("%d MiB are held where there is room for %d", grown>>20, room>>20)
	}
	close(c.leave)
	all.Wait()
	taken := 0
	for n, code := range answers {
		if code == http.StatusAccepted {
			taken++
		}
		if code != http.StatusAccepted && code != http.StatusServiceUnavailable {
			t.Errorf("sender %d was answered %d", n, code)
		}
		if kept := c.keys[key(n)]; kept != (code == http.StatusAccepted) {
			t.Errorf("sender %d was answered %d, kept: %v", n, code, kept)
		}
	}
	if taken == 0 || taken > room/webhook.MaxBody {
		t.Errorf("%d of %d were taken", taken, senders)
	}
	small := []byte("{}")
	wantStatus(t, post(h, small, signed("s3cret", "push", "after", small)), http.StatusAccepted)
}

func key(n int) string { return "sender-" + strings.Repeat("x", n) }

// sendLarge sends over a connection of its own, and says how it was answered.
func sendLarge(t *testing.T, address string, body []byte, with headers, n int) int {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	r, err := http.NewRequestWithContext(context.Background(), http.MethodPost, "http://"+address+"/webhook/github", bytes.NewReader(body))
	if err != nil {
		t.Error(err)
		return 0
	}
	for i := 0; i < len(with); i += 2 {
		r.Header.Set(with[i], with[i+1])
	}
	r.Header.Set("X-GitHub-Delivery", key(n))
	answer, err := client.Do(r)
	if err != nil {
		t.Error(err)
		return 0
	}
	defer answer.Body.Close()
	return answer.StatusCode
}

// within waits for something to become true.
func within(t *testing.T, is func() bool) {
	t.Helper()
	look := time.NewTicker(5 * time.Millisecond)
	defer look.Stop()
	for late := time.Now().Add(time.Minute); !is(); <-look.C {
		if time.Now().After(late) {
			t.Fatal("it did not come to it within a minute")
		}
	}
}
