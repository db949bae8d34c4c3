package forgetest

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// hook is where a stand-in delivers its webhooks.
type hook struct {
	url     string
	headers func(Delivery) map[string]string
}

// Delivery is one attempt to deliver a webhook.
type Delivery struct {
	ID     string // the forge's own: X-GitHub-Delivery, or Idempotency-Key
	Event  string // "check_run", "Pipeline Hook"
	Body   []byte
	Status int    // that the receiver answered; 0 where there was no answer or no hook
	Fault  string // why there was no answer

	Attempt int64 // its number in the log: another one for each attempt
	Again   bool  // it is a redelivery
	At      time.Time

	tried bool  // there was a hook to deliver it to
	to    *hook // that it is for; nil: the project's
}

// outbox collects what is to be delivered once the lock is released.
type outbox struct{ waiting []Delivery }

// add puts a webhook in line.
func (o *outbox) add(event string, payload object) {
	body, _ := json.Marshal(payload) // maps, slices and scalars always encode
	o.waiting = append(o.waiting, Delivery{Event: event, Body: body})
}

// Deliveries is the log of what was delivered, oldest first; the oldest of very many are forgotten.
func (s *stand) Deliveries() []Delivery {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.log)
}

// Redeliver delivers a webhook once more, under the same id, and returns the status answered.
func (s *stand) Redeliver(id string) int {
	for _, d := range s.Deliveries() {
		if d.ID == id {
			return s.bring(Delivery{ID: d.ID, Event: d.Event, Body: d.Body, Again: true, to: d.to})
		}
	}
	return 0
}

// deliver brings webhooks to the hook, one after the other, and waits for each answer.
func (s *stand) deliver(out *outbox) {
	for _, d := range out.waiting {
		s.mu.Lock()
		omitted := !d.Again && s.spoils(d.Event, true)
		if d.ID == "" {
			d.ID = fmt.Sprintf("%s-0000-4000-8000-%012x", s.prefix, s.next())
		}
		s.mu.Unlock()
		if !omitted {
			s.bring(d)
		}
	}
}

// bring delivers one webhook, writes it into the log and returns the status answered.
func (s *stand) bring(d Delivery) int {
	s.mu.Lock()
	to := s.hook
	switch {
	case d.to != nil:
		to = *d.to
	case s.choose != nil:
		to = s.choose(d)
	}
	d.At, d.tried = s.now(), to.url != ""
	stopped, lost := s.stopped(d), d.tried && s.spoils(d.Event, false)
	s.mu.Unlock()
	var err error
	switch {
	case stopped:
		d.Fault, d.tried = "the hook is disabled", false
	case lost:
		err = errLost
	case d.tried:
		d.Status, err = s.send(to, d)
	}
	if err != nil {
		d.Fault = err.Error()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.heed(d)
	s.attempts++
	d.Attempt = s.attempts
	if len(s.log) >= deliveryBound {
		s.log = slices.Delete(s.log, 0, deliveryBound/10)
	}
	s.log = append(s.log, d)
	return d.Status
}

func (s *stand) send(to hook, d Delivery) (int, error) {
	request, err := http.NewRequestWithContext(context.Background(), http.MethodPost, to.url, bytes.NewReader(d.Body))
	if err != nil {
		return 0, err
	}
	request.Header.Set("Content-Type", "application/json")
	for name, value := range to.headers(d) {
		request.Header.Set(name, value)
	}
	answer, err := s.client.Do(request)
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	_, err = io.Copy(io.Discard, io.LimitReader(answer.Body, requestBound))
	return answer.StatusCode, err
}

// Hook says where webhooks go and what signs them.
func (g *GitHub) Hook(url, secret string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.point(url, secret)
}

func (g *GitHub) point(url, secret string) {
	g.hook = hook{url: url, headers: func(d Delivery) map[string]string {
		return map[string]string{
			"User-Agent":                             "GitHub-Hookshot/0000000",
			"X-GitHub-Event":                         d.Event,
			"X-GitHub-Delivery":                      d.ID,
			"X-GitHub-Hook-ID":                       "1",
			"X-GitHub-Hook-Installation-Target-Type": "integration",
			"X-GitHub-Hook-Installation-Target-ID":   strconv.FormatInt(g.AppID, 10),
			"X-Hub-Signature-256":                    "sha256=" + hex.EncodeToString(sign([]byte(secret), d.Body)),
		}
	}}
}

// Hook says where webhooks go. The token is sent as it is; a signing token ("whsec_" and base64)
// signs each delivery in the way of Standard Webhooks. Either may be "".
func (g *GitLab) Hook(url, token, signing string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.hook = g.pointed(url, token, signing)
}

// pointed is a hook of GitLab's.
func (g *GitLab) pointed(url, token, signing string) hook {
	instance := g.root
	return hook{url: url, headers: func(d Delivery) map[string]string {
		at := strconv.FormatInt(g.now().Unix(), 10)
		headers := map[string]string{
			"User-Agent": "GitLab/19.0.0", "X-Gitlab-Event": d.Event, "X-Gitlab-Instance": instance,
			"X-Gitlab-Webhook-UUID": d.ID, "X-Gitlab-Event-UUID": d.ID, "Idempotency-Key": d.ID,
			"webhook-id": d.ID, "webhook-timestamp": at,
		}
		if token != "" {
			headers["X-Gitlab-Token"] = token
		}
		if signing != "" {
			key, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(signing, "whsec_"))
			signed := slices.Concat([]byte(d.ID+"."+at+"."), d.Body)
			headers["webhook-signature"] = "v1," + base64.StdEncoding.EncodeToString(sign(key, signed))
		}
		return headers
	}}
}

func sign(key, body []byte) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write(body)
	return mac.Sum(nil)
}
