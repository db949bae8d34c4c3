package main_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"testing"
)

// postHub posts a delivery as GitHub does, and gives the status answered.
func (h *house) postHub(id, event string, body []byte, secret string) int {
	h.t.Helper()
	return post(h.t, h.server.HooksRoot()+"/webhook/github", body, hubHeaders(id, event, body, secret))
}

// postLab posts a delivery as GitLab does.
func (h *house) postLab(id, event string, body []byte, token string) int {
	h.t.Helper()
	return post(h.t, h.server.HooksRoot()+"/webhook/gitlab", body, labHeaders(id, event, token))
}

func hubHeaders(id, event string, body []byte, secret string) map[string]string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	return map[string]string{
		"X-GitHub-Delivery": id, "X-GitHub-Event": event, "X-Hub-Signature-256": "sha256=" + hex.EncodeToString(mac.Sum(nil)),
	}
}

func labHeaders(id, event, token string) map[string]string {
	return map[string]string{"X-Gitlab-Event": event, "Idempotency-Key": id, "X-Gitlab-Token": token}
}

func post(t *testing.T, url string, body []byte, headers map[string]string) int {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	for name, value := range headers {
		request.Header.Set(name, value)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if _, err := io.Copy(io.Discard, answer.Body); err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode
}
