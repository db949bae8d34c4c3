package forge_test

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/forge"
	"github.com/nexusgate/nexusgate/gate/forge/forgetest"
)

func TestAForgeThatDoesNotAnswerIsAskedEverMoreRarely(t *testing.T) {
	for name, down := range map[string]func(*forgetest.GitHub){
		"it cuts connections": func(hub *forgetest.GitHub) { hub.Down() },
		"it is broken":        func(hub *forgetest.GitHub) { hub.Fail("", http.StatusInternalServerError, nil, 0) },
		"what stands before it knows no way": func(hub *forgetest.GitHub) {
			hub.Fail("", http.StatusBadGateway, nil, 0)
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newHubWorld(t)
			p := w.post(gate.Awaiting)
			p.Remote = w.must(t, p)
			down(w.hub)
			before := total(w.hub.Requests())
			for start := w.Now(); w.Now().Sub(start) < 10*time.Minute; w.Pass(time.Second) {
				if _, err := w.client.Post(t.Context(), p); err == nil {
					t.Fatal("it took a report")
				}
			}
			if asked := total(w.hub.Requests()) - before; asked < 10 || asked > 20 {
				t.Errorf("in ten minutes of a report each second it was asked %d times", asked)
			}
			w.hub.Heal()
			w.Pass(time.Minute)
			w.must(t, p)
			w.must(t, p)
		})
	}
}

func TestOneFailureHoldsNothingBack(t *testing.T) {
	w := newHubWorld(t)
	p := w.post(gate.Awaiting)
	p.Remote = w.must(t, p)
	for range 10 {
		w.hub.Fail("", http.StatusInternalServerError, nil, 2)
		for range 2 {
			_, err := w.client.Post(t.Context(), p)
			refused(t, err, false, "500")
		}
		w.must(t, p)
	}
}

func total(requests map[string]int) (n int) {
	for _, count := range requests {
		n += count
	}
	return n
}

func TestAKeyThatWasReplacedIsReadAgain(t *testing.T) {
	var hub *forgetest.GitHub
	w := newHubWorld(t, func(c *forge.GitHubConfig) {
		c.Key = func() ([]byte, error) { return hub.PrivateKey(), nil }
	})
	hub = w.hub
	p := w.post(gate.Awaiting)
	p.Remote = w.must(t, p)
	fresh, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	w.hub.Rotate(fresh)
	_, err = w.client.Post(t.Context(), p)
	if until := later(t, err).Until; until.After(w.Now()) {
		t.Errorf("with the new key it is to be tried at %s, and now is %s", until, w.Now())
	}
	w.must(t, p)
	unseen := w.repo()
	unseen.Installation = 0
	if _, err := w.client.Read(t.Context(), gate.Want{Kind: gate.WantHead, Repo: unseen, Branch: "main"}); err != nil {
		t.Errorf("as the App itself: %v", err)
	}
}

func TestATokenThatWasReplacedIsReadAgain(t *testing.T) {
	token := "glpat-old"
	w := newLabWorld(t, func(c *forge.GitLabConfig) {
		c.Renewed = func() (string, error) { return token + "\n", nil }
	})
	p := w.post(gate.Awaiting)
	if _, err := w.client.Post(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	token = "glpat-new"
	w.lab.Rotate(token)
	p.Outcome = gate.Done
	if _, err := w.client.Post(t.Context(), p); err != nil {
		t.Errorf("with the new token: %v", err)
	}
	w.lab.Rotate("glpat-elsewhere")
	_, err := w.client.Post(t.Context(), p)
	refused(t, err, false, "401")
}

func TestAnAppThatIsInstalledAgainIsFoundByTheNameOfTheRepository(t *testing.T) {
	w := newHubWorld(t)
	p := w.post(gate.Awaiting)
	p.Remote = w.must(t, p)
	w.hub.Uninstall("acme")
	for range 3 {
		_, err := w.client.Post(t.Context(), p)
		if err == nil {
			t.Fatal("a report was taken with no App installed")
		}
	}
	w.hub.Install("acme")
	w.must(t, p) // under the id that the installation had before
}

func TestAReportWhoseAnnotationsAreRefusedIsSentWithoutAny(t *testing.T) {
	w := newHubWorldBehind(t, passing(func(out http.ResponseWriter, r *http.Request) bool {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		if !strings.Contains(string(body), `"annotations":[{`) {
			return false
		}
		http.Error(out, `{"message":"Invalid request. start_line is not part of the diff"}`, http.StatusUnprocessableEntity)
		return true
	}))
	p := proposed(w.post(gate.NotDone), faults(2))
	p.Remote = w.must(t, p)
	runs := w.runs()
	if len(runs) != 1 || len(runs[0].Annotations) != 0 || !strings.Contains(runs[0].Text, "refused the annotations") || !strings.Contains(runs[0].Summary, "fault 2") {
		t.Fatalf("the check runs are %+v", runs)
	}
	p.Tried = true
	if w.must(t, p); len(w.runs()) != 1 {
		t.Errorf("another report made another check run: %+v", w.runs())
	}
}

func TestAWriteThatIsSentElsewhereArrivesThereAsItIs(t *testing.T) {
	for _, status := range []int{301, 302, 307, 308} {
		moved := 0
		w := newHubWorldBehind(t, passing(func(out http.ResponseWriter, r *http.Request) bool {
			if !strings.HasSuffix(r.URL.Path, "/check-runs") || r.URL.RawQuery == "moved=1" {
				return false
			}
			moved++
			http.Redirect(out, r, r.URL.Path+"?moved=1", status)
			return true
		}))
		w.must(t, w.post(gate.Done))
		if runs := w.runs(); moved != 1 || len(runs) != 1 || runs[0].Conclusion != "success" {
			t.Errorf("%d: after %d redirects the check runs are %+v", status, moved, runs)
		}
	}
}
