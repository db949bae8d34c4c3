package main_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	nexusgate "github.com/nexusgate/nexusgate/cmd/nexusgate"
	"github.com/nexusgate/nexusgate/gate"
)

// What is logged of a delivery bears its id.

// lines are those of a log that say something.
func (o *overheard) lines(t *testing.T, says string) (found []map[string]any) {
	t.Helper()
	for line := range strings.Lines(o.String()) {
		var fields map[string]any
		if err := json.Unmarshal([]byte(line), &fields); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		if strings.HasPrefix(fields["msg"].(string), says) {
			found = append(found, fields)
		}
	}
	return found
}

// identifies holds that each line that says something names a delivery that is kept.
func (h *house) identifies(log *overheard, says string) {
	h.t.Helper()
	h.eventually("the log says: "+says, func() bool { return len(log.lines(h.t, says)) > 0 })
	for _, line := range log.lines(h.t, says) {
		id, _ := line["delivery"].(string)
		if _, err := h.server.Delivery(h.t.Context(), id); err != nil {
			h.t.Errorf("a line names the delivery %q: %v, %v", id, err, line)
		}
	}
}

// speaking is a furnished house whose log is heard as JSON.
func speaking(t *testing.T) (*house, *overheard) {
	t.Helper()
	h, log := furnish(t, shop), &overheard{}
	h.settings.Log = nexusgate.NewLog(log)
	return h, log
}

func TestEachLineOfTheLogAboutADeliveryBearsItsID(t *testing.T) {
	t.Parallel()
	h, log := speaking(t)
	h.settings.Decode = poisoned(lost)
	h.start()
	h.rest()
	h.hub.Fail("read_change_files", http.StatusInternalServerError, nil, 1)
	h.hub.Fail("create_check_run", http.StatusInternalServerError, nil, 1)
	change := propose(h.cart, "guest")
	h.check(h.cart, change.Head(), gate.DoneCheck, "in_progress")
	h.cart.Check("linter", "poison", change.Head(), "completed", "success")
	if status := h.posts("unread", []byte(`{"action": 7}`)); status != http.StatusAccepted {
		t.Errorf("what cannot be read is answered %d", status)
	}
	h.rest()
	for _, says := range []string{
		"a report was not taken", "a read came to nothing", "a delivery brought out a fault", "a delivery was set aside",
	} {
		h.identifies(log, says)
	}
}

func TestALineAboutADeliveryThatIsRefusedBearsTheForgesIDOfIt(t *testing.T) {
	t.Parallel()
	h, log := speaking(t)
	h.settings.InboxLimit = 1
	h.run() // with no webhooks but ours
	h.rest()
	resume := h.server.Pause()
	defer resume()
	refused, status := "", http.StatusAccepted
	for n := 0; status == http.StatusAccepted && n < 10; n++ {
		refused = fmt.Sprintf("delivery-%d", n)
		status = h.posts(refused, []byte(`{"zen": "wait"}`))
	}
	lines := log.lines(t, "deliveries are answered 503")
	if status != http.StatusServiceUnavailable || len(lines) != 1 || lines[0]["key"] != refused {
		t.Errorf("%s is answered %d, and the log says %v", refused, status, lines)
	}
}

// posts delivers something that GitHub might, under an id, and is answered.
func (h *house) posts(id string, body []byte) (status int) {
	h.t.Helper()
	r, err := http.NewRequestWithContext(h.t.Context(), http.MethodPost, h.server.HooksRoot()+"/webhook/github", bytes.NewReader(body))
	if err != nil {
		h.t.Fatal(err)
	}
	sum := hmac.New(sha256.New, []byte(hubSecret))
	sum.Write(body)
	r.Header.Set("X-Hub-Signature-256", "sha256="+hex.EncodeToString(sum.Sum(nil)))
	r.Header.Set("X-GitHub-Delivery", id)
	r.Header.Set("X-GitHub-Event", "pull_request")
	r.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(r)
	if err == nil {
		err = answer.Body.Close()
	}
	if err != nil {
		h.t.Fatal(err)
	}
	return answer.StatusCode
}
