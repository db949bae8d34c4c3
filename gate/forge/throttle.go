package forge

import (
	"bytes"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// How long a forge is left alone. GitHub asks for a minute where it names no time, and for
// exponentially more while it goes on refusing:
// https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api
const (
	shortestWait = time.Minute
	longestWait  = time.Hour + 5*time.Minute // a primary limit lasts an hour at most
)

// throttle remembers how long a forge wants to be left alone, and refuses requests until then
// without sending them: a limit that is met with more requests becomes a ban.
type throttle struct {
	now func() time.Time

	mu     sync.Mutex
	until  time.Time
	reason string
	row    int // refusals in a row that named no time
	outage outage
}

// outage is a forge that does not answer, or not for itself: from the third failure in a row it is left
// alone, for longer each time, and then tried with one request, whoever's it is.
type outage struct {
	row    int // failures since it last answered
	until  time.Time
	reason string
}

const (
	outageAfter  = 3
	shortestHold = 2 * time.Second
	longestHold  = time.Minute // a forge that is back is noticed so soon
)

// missed notes a request that was not answered, or answered by what stands before the forge.
func (t *throttle) missed(why string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	o := &t.outage
	if o.row++; o.row < outageAfter {
		return
	}
	hold := min(shortestHold<<min(o.row-outageAfter, 10), longestHold)
	o.until, o.reason = t.now().Add(hold), "the forge does not answer: "+why
}

// answered notes that the forge is there.
func (t *throttle) answered() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.outage = outage{}
}

// out is the refusal while the forge does not answer. The first to come when it is time is let through,
// and the others wait for what comes of it.
func (t *throttle) out() error {
	o := &t.outage
	switch now := t.now(); {
	case o.row < outageAfter:
		return nil
	case now.Before(o.until):
		return &Later{Until: o.until, Reason: o.reason}
	default:
		o.until = now.Add(defaultTimeout)
		return nil
	}
}

// held is the refusal in force, nil where there is none.
func (t *throttle) held() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.now().Before(t.until) {
		return &Later{Until: t.until, Reason: t.reason}
	}
	return t.out()
}

// closed is the refusal that a request would meet now, where nothing is asked yet.
func (t *throttle) closed() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	switch o := &t.outage; {
	case now.Before(t.until):
		return &Later{Until: t.until, Reason: t.reason}
	case o.row >= outageAfter && now.Before(o.until):
		return &Later{Until: o.until, Reason: o.reason}
	default:
		return nil
	}
}

// heed looks at an answer. It returns a Later where the answer is a rate limit, and remembers it.
func (t *throttle) heed(answer *http.Response, body []byte) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !limited(answer, body) {
		if answer.StatusCode < 400 {
			t.row = 0
		}
		return nil
	}
	now := t.now()
	wait, named := waitOf(answer, now)
	if !named {
		wait = t.doubled(now)
	}
	if until := now.Add(min(max(wait, time.Second), longestWait)); until.After(t.until) {
		t.until, t.reason = until, fmt.Sprintf("the forge throttles us (%s)", answer.Status)
	}
	return &Later{Until: t.until, Reason: t.reason}
}

// doubled is how long to wait where the forge names no time. Requests that were under way when it refused one of them
// are of the same refusal, and not of one that came after the wait.
func (t *throttle) doubled(now time.Time) time.Duration {
	if now.Before(t.until) {
		return t.until.Sub(now)
	}
	t.row++
	return shortestWait << min(t.row-1, 6)
}

// limited tells a rate limit from other refusals. GitHub answers both its primary and its secondary
// limit with 403 or 429; a 403 without any of these marks is a missing permission.
func limited(answer *http.Response, body []byte) bool {
	switch answer.StatusCode {
	case http.StatusTooManyRequests:
		return true
	case http.StatusForbidden:
		return answer.Header.Get("Retry-After") != "" ||
			answer.Header.Get("X-RateLimit-Remaining") == "0" ||
			bytes.Contains(bytes.ToLower(body), []byte("secondary rate limit"))
	}
	return false
}

// waitOf is how long the answer asks to wait, if it names a time at all: Retry-After in seconds or
// as a date; else the reset of GitHub's primary limit or of GitLab's, by the forge's own clock.
func waitOf(answer *http.Response, now time.Time) (time.Duration, bool) {
	theirs := dateOf(answer, now)
	if after := answer.Header.Get("Retry-After"); after != "" {
		if seconds, err := strconv.ParseInt(after, 10, 32); err == nil {
			return time.Duration(seconds) * time.Second, true
		}
		if date, err := http.ParseTime(after); err == nil {
			return date.Sub(theirs), true
		}
	}
	reset := answer.Header.Get("RateLimit-Reset")
	if answer.Header.Get("X-RateLimit-Remaining") == "0" {
		reset = answer.Header.Get("X-RateLimit-Reset")
	}
	if at, err := strconv.ParseInt(reset, 10, 64); err == nil {
		return time.Unix(at, 0).Sub(theirs), true
	}
	return 0, false
}

// dateOf is the forge's clock when it answered, ours where it does not tell.
func dateOf(answer *http.Response, now time.Time) time.Time {
	if date, err := http.ParseTime(answer.Header.Get("Date")); err == nil {
		return date
	}
	return now
}
