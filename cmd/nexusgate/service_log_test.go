package main_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/gate/attest"
)

// head is the signed head that the service publishes, as it is and as it reads.
func (h *house) head(trusted attest.Verifiers) (text string, head attest.Head) {
	h.t.Helper()
	h.eventually("a head is signed", func() bool {
		status, body := h.get("/api/v1/nexus/shop/log")
		text = body
		return status == http.StatusOK
	})
	head, err := attest.ReadHead(text, trusted)
	if err != nil {
		h.t.Fatal(err)
	}
	return text, head
}

// Somebody outside keeps a head, and holds what the service says later against it.
func TestThoseOutsideHoldTheServiceToItsLog(t *testing.T) {
	t.Parallel()
	h := furnish(t, shop)
	key := newLogKey(t)
	h.settings.LogKey, h.settings.HeadsEvery = key, 10*time.Millisecond
	h.start()
	h.rest()
	trusted, err := attest.ParseVerifiers(key.Verifier())
	if err != nil {
		t.Fatal(err)
	}
	text, older := h.head(trusted)
	h.green()
	h.rest()
	verdict := h.standing().HeadSays.ID
	proof := ""
	h.eventually("the last verdict is under a head", func() bool {
		status, body := h.get("/api/v1/nexus/shop/log/" + verdict)
		proof = body
		return status == http.StatusOK
	})
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	if out, stderr, code := said(t, "log", "check", file("proof.json", proof), "--key", key.Verifier()); code != 0 || !strings.HasPrefix(out, "verdict "+verdict+" of shop, Integrated Increment") {
		t.Errorf("checking the proof exits with %d: %s%s", code, out, stderr)
	}
	status, grown := h.get(fmt.Sprintf("/api/v1/nexus/shop/log/from/%d", older.Size))
	if out, stderr, code := said(t, "log", "check", file("grown.json", grown), "--head", file("head.txt", text), "--key", key.Verifier()); status != http.StatusOK || code != 0 || !strings.HasPrefix(out, fmt.Sprintf("the log of shop only grew, from %d leaves to ", older.Size)) {
		t.Errorf("it answers %d, and checking how it grew exits with %d: %s%s", status, code, out, stderr)
	}
	if out, stderr, code := said(t, "log", "verify", "--store", h.settings.Store, "--key", key.Verifier(), "--head", filepath.Join(dir, "head.txt")); code != 0 {
		t.Errorf("verifying beside the service exits with %d: %s%s", code, out, stderr)
	}
	for path, want := range map[string]int{
		"/api/v1/nexus/nobody/log": 404, "/api/v1/nexus/shop/log/nothing": 404, "/api/v1/nexus/other/log/" + verdict: 404,
		"/api/v1/nexus/shop/log/from/0": 400, "/api/v1/nexus/shop/log/from/x": 400, "/api/v1/nexus/shop/log/from/999999": 404,
	} {
		status, body := h.get(path)
		var fault struct{ Error, Next string }
		if err := json.Unmarshal([]byte(body), &fault); status != want || err != nil || fault.Error == "" || fault.Next == "" {
			t.Errorf("%s answers %d: %s", path, status, body)
		}
	}
}

func TestAServiceWithNoKeyKeepsOneOfItsOwn(t *testing.T) {
	t.Parallel()
	h := furnish(t, shop)
	h.settings.HeadsEvery = 10 * time.Millisecond
	signer := func() string {
		text := ""
		h.eventually("a head is signed", func() bool {
			status, body := h.get("/api/v1/nexus/shop/log")
			text = body
			return status == http.StatusOK
		})
		_, line, _ := strings.Cut(text, "\n— ")
		return line[:len("done.example.test ")+5] // the name, and the hash of the key
	}
	h.start()
	first := signer()
	h.restart()
	if second := signer(); second != first || !strings.HasPrefix(first, "done.example.test ") {
		t.Errorf("it signed as %s, and after a restart as %s", first, second)
	}
}

// A service does not vouch for a log that is not the one it has signed.
func TestALogThatWasRewrittenIsSignedNoMore(t *testing.T) {
	t.Parallel()
	h := furnish(t, shop)
	log := h.overhear()
	key := newLogKey(t)
	h.settings.LogKey, h.settings.HeadsEvery = key, 10*time.Millisecond
	h.start()
	h.rest()
	trusted, err := attest.ParseVerifiers(key.Verifier())
	if err != nil {
		t.Fatal(err)
	}
	_, before := h.head(trusted)
	if err := h.stop(); err != nil {
		t.Fatal(err)
	}
	l := &ledger{t: t, path: strings.TrimPrefix(h.settings.Store, "sqlite:")}
	l.tamper(`UPDATE leaves SET hashes = zeroblob(length(hashes))`)
	h.start()
	h.green()
	h.eventually("it says that the log was rewritten", func() bool { return strings.Contains(log.String(), "it was rewritten; nexusgate log verify tells") })
	if _, after := h.head(trusted); after.Size != before.Size {
		t.Errorf("a head of %d leaves was signed over one of %d", after.Size, before.Size)
	}
}
