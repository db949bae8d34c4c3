package main_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/forge/forgetest"
)

// doorSays is what the door answers.
type doorSays struct {
	status           int
	Outcome          gate.Outcome
	Why, Error       string
	Increment        int64
	Digest, Recorded string
	Attestation      string
	Composition      gate.Composition
	Exceptions       []string
}

// asks asks at the door, with a token or without.
func (h *house) asks(token string, q map[string]any) (says doorSays) {
	h.t.Helper()
	body, err := json.Marshal(q)
	if err != nil {
		h.t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(h.t.Context(), http.MethodPost, h.server.Root()+"/api/v1/door", bytes.NewReader(body))
	if err != nil {
		h.t.Fatal(err)
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		h.t.Fatal(err)
	}
	defer answer.Body.Close()
	if says.status = answer.StatusCode; says.status == http.StatusUnauthorized && token == "" {
		return says // of who asks people to log in, in words
	}
	if err := json.NewDecoder(answer.Body).Decode(&says); err != nil {
		h.t.Fatalf("the answer %s is no JSON: %v", answer.Status, err)
	}
	return says
}

func (h *house) wantDoor(what string, says doorSays, want gate.Outcome, why string) {
	h.t.Helper()
	if says.status != http.StatusOK || says.Outcome != want || !strings.Contains(says.Why, why) {
		h.t.Errorf("%s: the door answers %d, %q: %s%s; want %q: %s", what, says.status, says.Outcome, says.Why, says.Error, want, why)
	}
}

// released is a shop that is green but for the unit tests of a commit of the cart, and the run of that.
func released(t *testing.T, definition string) (h *house, commit string, run *forgetest.Run) {
	t.Helper()
	h = open(t, definition)
	build(h.pay, "push", h.pay.Head("main"), "success")
	h.web.Pipeline("main", h.web.Head("main"), forgetest.Job{Name: "test"}).Finish("success")
	commit, run = h.landedCart()
	return h, commit, run
}

func TestTheDoorStaysShutFor(t *testing.T) {
	t.Parallel()
	refusedWith := func(token string, status int) func(*testing.T, *house, string, *forgetest.Run) {
		return func(t *testing.T, h *house, _ string, _ *forgetest.Run) {
			t.Helper()
			h.refusedEvidence("evidence", h.bring(token, unitForm(testReport(3, 0))), status, "")
		}
	}
	for name, c := range map[string]struct {
		bring func(t *testing.T, h *house, commit string, run *forgetest.Run)
		want  gate.Outcome
		why   string
	}{
		"no evidence": {func(*testing.T, *house, string, *forgetest.Run) {}, gate.Awaiting, "unit of cart-api is waiting"},
		"evidence of another commit": {func(t *testing.T, h *house, _ string, _ *forgetest.Run) {
			t.Helper()
			before := h.cart.Run(ci("push"), h.cart.Commit("elsewhere", "Old", map[string]string{"old.go": "package cart"}))
			h.bring(before.Token(audience, nil), unitForm(testReport(3, 0)))
		}, gate.Awaiting, "unit of cart-api is waiting"},
		"evidence of a fork": {func(t *testing.T, h *house, _ string, run *forgetest.Run) {
			t.Helper()
			a := h.bring(run.Token(audience, map[string]any{"event_name": "pull_request_target"}), unitForm(testReport(3, 0)))
			if !strings.HasPrefix(a.Counts, "untrusted: ") {
				t.Errorf("answered %+v", a)
			}
		}, gate.Awaiting, "may be anybody's doing"},
		"evidence of another repository with a valid token": {func(t *testing.T, h *house, commit string, run *forgetest.Run) {
			t.Helper()
			strange := h.hub.AddRepo("acme/strange")
			refusedWith(strange.Run(ci("push"), strange.Head("main")).Token(audience, nil), 403)(t, h, commit, run)
		}, gate.Awaiting, "unit of cart-api is waiting"},
		"an expired token": {func(t *testing.T, h *house, commit string, run *forgetest.Run) {
			t.Helper()
			refusedWith(run.Token(audience, map[string]any{"exp": 1, "iat": 0, "nbf": 0}), 401)(t, h, commit, run)
		}, gate.Awaiting, "unit of cart-api is waiting"},
		"a replayed token": {func(t *testing.T, h *house, commit string, run *forgetest.Run) {
			t.Helper()
			used := run.Token(audience, nil)
			h.bring(used, unitForm(testReport(3, 1)))
			refusedWith(used, 409)(t, h, commit, run)
		}, gate.NotDone, "unit of cart-api is unmet"},
		"an unknown issuer": {func(t *testing.T, h *house, commit string, run *forgetest.Run) {
			t.Helper()
			refusedWith(run.Token(audience, map[string]any{"iss": "https://evil.example.test"}), 401)(t, h, commit, run)
		}, gate.Awaiting, "unit of cart-api is waiting"},
		"an altered file": {func(t *testing.T, h *house, _ string, run *forgetest.Run) {
			t.Helper()
			altered := unitForm(testReport(3, 0))
			altered.sums[0] = strings.Repeat("0", 64)
			h.refusedEvidence("evidence", h.bring(run.Token(audience, nil), altered), 400, "altered on its way")
		}, gate.Awaiting, "unit of cart-api is waiting"},
		"a superseded attempt": {func(t *testing.T, h *house, _ string, run *forgetest.Run) {
			t.Helper()
			first := run.Token(audience, nil)
			run.Rerun()
			run.Start()
			run.Finish("success")
			h.bring(run.Token(audience, nil), unitForm(testReport(3, 1)))
			h.bring(first, unitForm(testReport(3, 0)))
		}, gate.NotDone, "unit of cart-api is unmet"},
		"a report of nothing": {func(t *testing.T, h *house, _ string, run *forgetest.Run) {
			t.Helper()
			h.bring(run.Token(audience, nil), unitForm(testReport(0, 0)))
		}, gate.NotDone, "unit of cart-api is empty"},
		"an Increment that contains the commit and is not done": {func(t *testing.T, h *house, commit string, run *forgetest.Run) {
			t.Helper()
			h.bring(run.Token(audience, nil), unitForm(testReport(3, 0)))
			h.stands(commit, "unit", gate.Met)
			h.later()
			build(h.pay, "push", h.pay.Head("main"), "failure")
		}, gate.NotDone, "ci of payment is unmet"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h, commit, run := released(t, unitShop)
			c.bring(t, h, commit, run)
			h.rest()
			h.wantDoor("the job's own commit", h.asks(run.Token(audience, nil), map[string]any{}), c.want, c.why)
			h.wantDoor("by its name", h.asks("", map[string]any{"nexus": "shop", "components": map[string]string{"cart-api": commit}}), c.want, c.why)
			h.wantDoor("the head", h.asks("", map[string]any{"nexus": "shop", "increment": "head"}), c.want, "")
		})
	}
}

func TestTheDoorOpensByItselfWithTheLastEvidence(t *testing.T) {
	t.Parallel()
	h, commit, run := released(t, unitShop)
	opened := make(chan doorSays, 1)
	go func() { opened <- h.asks(run.Token(audience, nil), map[string]any{"wait": 30}) }()
	h.eventually("somebody waits at the door", func() bool { return h.server.AtDoor() == 1 })
	began := time.Now()
	if a := h.bring(run.Token(audience, nil), unitForm(testReport(3, 0))); a.status != http.StatusAccepted {
		t.Fatalf("answered %+v", a)
	}
	says := <-opened
	t.Logf("open %s after the last evidence was brought", time.Since(began).Round(time.Millisecond))
	h.wantDoor("with the last evidence", says, gate.Done, "is done.")
	if head := h.standing().Head; says.Increment != head.Number || says.Digest != head.Digest || says.Composition["cart-api"] != commit || says.Recorded == "" {
		t.Errorf("it opens by %+v, want Increment %d", says, head.Number)
	}
}

func TestTheDoorIsShutOnceAnExceptionEnds(t *testing.T) {
	t.Parallel()
	until := time.Now().UTC().AddDate(0, 0, 2)
	source := unitShop + `
integrationTeam: {productOwner: "ana", members: ["kim"]}
release: exceptions: "allowed"
exceptions: late: {criterion: "unit", components: ["cart-api"], reason: "Moves", requestedBy: "raj", approvedBy: "kim", until: "` + until.Format(time.DateOnly) + `"}
`
	h := furnish(t, source)
	var clock jumping
	h.settings.Now = clock.now
	h.start()
	h.rest()
	build(h.pay, "push", h.pay.Head("main"), "success")
	h.web.Pipeline("main", h.web.Head("main"), forgetest.Job{Name: "test"}).Finish("success")
	commit, _ := h.landedCart()
	ask := map[string]any{"nexus": "shop", "components": map[string]string{"cart-api": commit}}
	h.wantDoor("under the exception", h.asks("", ask), gate.Done, "done under exceptions: late")
	clock.jump(96 * time.Hour)
	h.wantDoor("once it has ended", h.asks("", ask), gate.NotDone, "unit of cart-api is missing")
}

func TestTheDoorIsShutWhileTheStoreCannotAnswer(t *testing.T) {
	t.Parallel()
	h, commit, run := released(t, unitShop)
	h.bring(run.Token(audience, nil), unitForm(testReport(3, 0)))
	h.stands(commit, "unit", gate.Met)
	h.rest()
	h.wantDoor("before", h.asks(run.Token(audience, nil), map[string]any{}), gate.Done, "")
	h.raw("ALTER TABLE increments RENAME TO away")
	for _, q := range []map[string]any{{"nexus": "shop", "commit": commit, "repo": "github:acme/cart-api"}, {"nexus": "shop", "increment": "head"}} {
		if says := h.asks("", q); says.status != http.StatusServiceUnavailable || says.Outcome != "" || !strings.Contains(says.Error, "the door stays shut") {
			t.Errorf("asked %v, it answers %d %q %q", q, says.status, says.Outcome, says.Error)
		}
	}
	h.raw("ALTER TABLE away RENAME TO increments")
	h.wantDoor("afterwards", h.asks(run.Token(audience, nil), map[string]any{}), gate.Done, "")
}

// TestTheDoorIsShutWhileWhatCameIsNotJudgedYet has a delivery wait of which no lane was told.
func TestTheDoorIsShutWhileWhatCameIsNotJudgedYet(t *testing.T) {
	t.Parallel()
	h, commit, run := released(t, unitShop)
	h.bring(run.Token(audience, nil), unitForm(testReport(3, 0)))
	h.stands(commit, "unit", gate.Met)
	h.rest()
	ask := map[string]any{"nexus": "shop", "components": map[string]string{"cart-api": commit}}
	h.wantDoor("before", h.asks("", ask), gate.Done, "is done.")
	h.raw("UPDATE deliveries SET received = received - 60000000", "INSERT INTO pending (lane, delivery) SELECT 'shop', min(id) FROM deliveries")
	h.wantDoor("meanwhile", h.asks("", ask), gate.Awaiting, "is not judged yet")
	h.raw("DELETE FROM pending")
	h.wantDoor("afterwards", h.asks("", ask), gate.Done, "is done.")
}

func TestTheDoorAnswersAJobForItsOwnAlone(t *testing.T) {
	t.Parallel()
	h := furnish(t, unitShop)
	logIn(h)
	h.start()
	h.rest()
	ours := h.cart.Run(ci("push"), h.cart.Head("main"))
	strange := h.hub.AddRepo("acme/strange")
	theirs := strange.Run(ci("push"), strange.Head("main"))
	for what, c := range map[string]struct {
		token  string
		q      map[string]any
		status int
		says   string
	}{
		"its own":                 {ours.Token(audience, nil), map[string]any{}, 200, ""},
		"the whole":               {ours.Token(audience, nil), map[string]any{"increment": "head"}, 200, ""},
		"nobody's":                {"", map[string]any{"nexus": "shop", "increment": "head"}, 401, ""},
		"another repository":      {theirs.Token(audience, nil), map[string]any{}, 403, "acme/strange is no repository of a Nexus here"},
		"another's commit":        {ours.Token(audience, nil), map[string]any{"repo": "github:acme/payment"}, 403, "good for nothing else"},
		"another Nexus":           {ours.Token(audience, nil), map[string]any{"nexus": "else"}, 403, "no repository of else"},
		"another environment":     {ours.Token(audience, map[string]any{"environment": "staging"}), map[string]any{"environment": "production"}, 403, "deploys to staging"},
		"an expired token":        {ours.Token(audience, map[string]any{"exp": 1, "iat": 0, "nbf": 0}), map[string]any{}, 401, ""},
		"a token for others":      {ours.Token("https://else.example.test", nil), map[string]any{}, 401, ""},
		"a commit and components": {ours.Token(audience, nil), map[string]any{"commit": strings.Repeat("a", 40), "components": map[string]string{"web": "b"}}, 400, "not both"},
		"the beginning of one":    {ours.Token(audience, nil), map[string]any{"commit": "abc"}, 400, "name the whole one"},
		"what is no Increment":    {ours.Token(audience, nil), map[string]any{"increment": "latest"}, 400, "is no Increment"},
		"one that never was":      {ours.Token(audience, nil), map[string]any{"increment": "99"}, 404, "no Increment 99"},
		"for ever":                {ours.Token(audience, nil), map[string]any{"wait": 31}, 400, "between 0 and 30"},
		"a field that is none":    {ours.Token(audience, nil), map[string]any{"commits": ""}, 400, "commits"},
	} {
		says := h.asks(c.token, c.q)
		if says.status != c.status || !strings.Contains(says.Error, c.says) || c.status != 200 && says.Outcome != "" {
			t.Errorf("%s: answered %d %q %q, want %d with %q", what, says.status, says.Outcome, says.Error, c.status, c.says)
		}
	}
}

func TestTheDoorIsShutForAComponentThatIsNotDeployedThere(t *testing.T) {
	t.Parallel()
	h := open(t, unitShop+"release: production: components: [\"web\"]\n")
	ask := map[string]any{"nexus": "shop", "environment": "production", "components": map[string]string{"cart-api": h.cart.Head("main")}}
	h.wantDoor("a component", h.asks("", ask), gate.NotDone, "cart-api is not among what is deployed to production: the definition names web.")
}
