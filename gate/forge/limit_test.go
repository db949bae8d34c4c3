package forge_test

import (
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/forge"
	"github.com/nexusgate/nexusgate/gate/forge/forgetest"
)

func TestPostsStayWithinTheContentBudget(t *testing.T) {
	w := newHubWorld(t)
	p := w.post(gate.Awaiting)
	p.Remote = w.must(t, p)
	posts := 1
	for start := w.Now(); w.Now().Sub(start) < 3*time.Hour; {
		_, err := w.client.Post(t.Context(), p)
		if err == nil {
			posts++
			w.Pass(100 * time.Millisecond)
			continue
		}
		until := later(t, err).Until
		if !until.After(w.Now()) {
			t.Fatalf("to be tried again at %s, which is not after %s", until, w.Now())
		}
		w.Pass(until.Sub(w.Now()))
	}
	if over := w.hub.Requests()["over_budget"]; over != 0 {
		t.Errorf("GitHub refused %d posts", over)
	}
	if posts < 3*490 || posts > 3*500+1 {
		t.Errorf("%d posts were made in three hours", posts)
	}
}

func TestAPartOfTheBudgetIsKeptForChangedOutcomes(t *testing.T) {
	w := newHubWorld(t)
	urgent, calm := w.post(gate.Awaiting), w.post(gate.Awaiting)
	calm.Urgent = false
	urgent.Remote = w.must(t, urgent)
	calm.Remote = urgent.Remote
	taken := 1
	for ; ; taken++ {
		if _, err := w.client.Post(t.Context(), calm); err != nil {
			if until := later(t, err).Until; !until.After(w.Now()) {
				t.Errorf("to be tried again at %s", until)
			}
			break
		}
	}
	if taken != 64 {
		t.Errorf("changes of text alone took %d of 80 posts", taken)
	}
	for ; ; taken++ {
		if _, err := w.client.Post(t.Context(), urgent); err != nil {
			later(t, err)
			break
		}
	}
	if taken != 80 {
		t.Errorf("all together took %d of 80 posts", taken)
	}
}

func TestWithNoBudgetNothingIsAsked(t *testing.T) {
	w := newHubWorld(t)
	p := w.post(gate.Awaiting)
	p.Remote = w.must(t, p)
	for range 79 {
		w.must(t, p)
	}
	before := w.hub.Requests()
	p.Remote, p.Tried = 0, true
	_, err := w.client.Post(t.Context(), p)
	later(t, err)
	if diff := cmp.Diff(before, w.hub.Requests()); diff != "" {
		t.Error(diff)
	}
}

func TestABudgetBelongsToOneInstallation(t *testing.T) {
	w := newHubWorld(t)
	p := w.post(gate.Awaiting)
	p.Remote = w.must(t, p)
	for range 79 {
		w.must(t, p)
	}
	other := w.hub.AddRepo("globex/web")
	repo := gate.Repo{Forge: gate.GitHub, ID: other.ID, Name: "globex/web", Installation: other.Installation()}
	if _, err := w.client.Post(t.Context(), post(repo, other.Head("main"), gate.Done)); err != nil {
		t.Errorf("another installation has no budget: %v", err)
	}
}

func TestABusyNexusLeavesOthersAPartOfTheBudget(t *testing.T) {
	w := newHubWorld(t)
	busy := w.post(gate.Awaiting)
	busy.Nexus, busy.Among = "busy", 2
	busy.Remote = w.must(t, busy)
	quiet := busy
	quiet.Nexus = "quiet"
	spend := func(p forge.Post) (taken int) {
		for ; taken <= 100; taken++ {
			if _, err := w.client.Post(t.Context(), p); err != nil {
				if until := later(t, err).Until; !until.After(w.Now()) {
					t.Errorf("to be tried again at %s", until)
				}
				return taken
			}
		}
		return taken
	}
	if n := spend(busy) + 1; n != 60 {
		t.Errorf("the busy one took %d of 80 posts, want all but a quarter", n)
	}
	if n := spend(quiet); n != 20 {
		t.Errorf("the quiet one found %d of 80 posts, want the quarter that was kept for it", n)
	}
	w.Pass(2 * time.Minute)
	for range 5 {
		w.must(t, quiet)
	}
	if n := spend(busy); n != 60 {
		t.Errorf("the busy one took %d posts of the next minute beside 5 of the quiet one, want 60", n)
	}
	if n := spend(quiet); n != 15 {
		t.Errorf("the quiet one found %d more posts, want 15", n)
	}
}

func TestEveryKindOfThrottleHoldsBackUntilItsTime(t *testing.T) {
	start := newClock().Now()
	for name, limit := range map[string]struct {
		status int
		header map[string]string
		body   string
		wait   time.Duration
	}{
		"429 with Retry-After":                {429, map[string]string{"Retry-After": "90"}, "", 90 * time.Second},
		"429 with nothing":                    {429, nil, "", time.Minute},
		"403 with Retry-After":                {403, map[string]string{"Retry-After": "30"}, "", 30 * time.Second},
		"403 with Retry-After as a date":      {403, map[string]string{"Retry-After": start.Add(time.Minute).Format(http.TimeFormat), "Date": start.Format(http.TimeFormat)}, "", time.Minute},
		"403 with the primary limit used up":  {403, primary(start), "", 10 * time.Minute},
		"429 with the primary limit used up":  {429, primary(start), "", 10 * time.Minute},
		"403 that speaks of a secondary one":  {403, nil, `{"message":"You have exceeded a secondary rate limit."}`, time.Minute},
		"429 with a Retry-After of a century": {429, map[string]string{"Retry-After": "2000000000"}, "", time.Hour + 5*time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			w := newHubWorld(t)
			p := w.post(gate.Awaiting)
			p.Remote = w.must(t, p)
			w.hub.Inject(forgetest.Fault{Operation: "update_check_run", Status: limit.status, Header: limit.header, Body: limit.body, Times: 1})
			_, err := w.client.Post(t.Context(), p)
			if got := later(t, err).Until.Sub(w.Now()); got != limit.wait {
				t.Errorf("to be tried again in %s, not in %s", got, limit.wait)
			}
			w.Pass(limit.wait - time.Second)
			_, err = w.client.Post(t.Context(), p)
			later(t, err)
			_, err = w.client.Read(t.Context(), gate.Want{Kind: gate.WantHead, Repo: w.repo(), Branch: "main"})
			later(t, err)
			if sent := w.hub.Requests()["update_check_run"]; sent != 1 {
				t.Errorf("%d requests were sent before the time", sent)
			}
			w.Pass(time.Second)
			w.must(t, p)
		})
	}
}

func unix(at time.Time) string { return strconv.FormatInt(at.Unix(), 10) }

// primary is how GitHub says that the hourly limit is used up. Its clock is an hour ahead of ours.
func primary(now time.Time) map[string]string {
	theirs := now.Add(time.Hour)
	return map[string]string{
		"X-RateLimit-Remaining": "0",
		"X-RateLimit-Reset":     unix(theirs.Add(10 * time.Minute)),
		"Date":                  theirs.Format(http.TimeFormat),
	}
}

func TestThrottlesInARowThatNameNoTimeDoubleTheWait(t *testing.T) {
	w := newHubWorld(t)
	p := w.post(gate.Awaiting)
	p.Remote = w.must(t, p)
	w.hub.Fail("update_check_run", 429, nil, 8)
	for _, wait := range []time.Duration{1, 2, 4, 8, 16, 32, 64, 64} {
		_, err := w.client.Post(t.Context(), p)
		got := later(t, err).Until.Sub(w.Now())
		if got != wait*time.Minute {
			t.Errorf("to be tried again in %s, not in %s", got, wait*time.Minute)
		}
		w.Pass(got)
	}
	w.must(t, p)
	w.hub.Fail("update_check_run", 429, nil, 1)
	_, err := w.client.Post(t.Context(), p)
	if got := later(t, err).Until.Sub(w.Now()); got != time.Minute {
		t.Errorf("after a success the wait is %s", got)
	}
}

func TestRequestsThatWereUnderWayTogetherMeetOneThrottle(t *testing.T) {
	for name, header := range map[string]map[string]string{"that names no time": nil, "that names one": {"Retry-After": "60"}} {
		t.Run(name, func(t *testing.T) {
			w := newHubWorld(t)
			p := w.post(gate.Awaiting)
			p.Remote = w.must(t, p)
			w.hub.Inject(forgetest.Fault{Operation: "read_head", Status: 429, Header: header, Delay: 200 * time.Millisecond, Times: 4})
			refusals := make(chan error, 4)
			for range 4 {
				go func() {
					_, err := w.client.Read(t.Context(), gate.Want{Kind: gate.WantHead, Repo: w.repo(), Branch: "main"})
					refusals <- err
				}()
			}
			for range 4 {
				if got := later(t, <-refusals).Until.Sub(w.Now()); got != time.Minute {
					t.Errorf("to be tried again in %s, not in a minute", got)
				}
			}
			w.hub.Heal()
			w.Pass(time.Minute)
			w.must(t, p)
		})
	}
}

func TestAThrottleOfTheTokenHoldsBackToo(t *testing.T) {
	w := newHubWorld(t)
	w.hub.Fail("create_token", 403, map[string]string{"Retry-After": "20"}, 1)
	for range 3 {
		_, err := w.client.Post(t.Context(), w.post(gate.Done))
		if got := later(t, err).Until.Sub(w.Now()); got != 20*time.Second {
			t.Errorf("to be tried again in %s", got)
		}
	}
	if got := w.hub.Requests()["create_token"]; got != 1 {
		t.Errorf("the token was asked for %d times", got)
	}
	w.Pass(20 * time.Second)
	w.must(t, w.post(gate.Done))
}

func TestAMissingPermissionIsNoThrottle(t *testing.T) {
	w := newHubWorld(t)
	w.hub.Fail("create_check_run", 403, map[string]string{"X-RateLimit-Remaining": "4999"}, 1)
	_, err := w.client.Post(t.Context(), w.post(gate.Done))
	refused(t, err, true, "a fault was switched on")
}

func TestAFaultOfTheForgeIsForTheSenderToTryAgain(t *testing.T) {
	w := newHubWorld(t)
	w.hub.Fail("create_check_run", 502, nil, 1)
	_, err := w.client.Post(t.Context(), w.post(gate.Done))
	refused(t, err, false, "502")
	if got := w.hub.Requests()["create_check_run"]; got != 1 {
		t.Errorf("the post was sent %d times", got)
	}
}

func TestAForgeThatDoesNotAnswerIsGivenUpOnInTime(t *testing.T) {
	w := newHubWorld(t, func(c *forge.GitHubConfig) { c.Timeout = 50 * time.Millisecond })
	w.hub.Slow(time.Hour)
	_, err := w.client.Post(t.Context(), w.post(gate.Done))
	refused(t, err, false, "deadline exceeded")
}
