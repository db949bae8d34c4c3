package courier

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Parcel is what is posted to an address.
type Parcel struct {
	Type  string // of its content: "application/json"
	Body  []byte
	Token string // that is shown as Authorization: Bearer; "": none
}

const (
	answerBound  = 4 << 10 // bytes of an answer that are looked at
	longestRetry = time.Hour
)

// CheckAddress holds that an address may be posted to: by https, or on this machine. Its error does not tell it.
func CheckAddress(address string) error {
	at, err := url.Parse(address)
	switch {
	case err != nil || at.Host == "" || at.Opaque != "" || at.Fragment != "" || at.Scheme != "https" && at.Scheme != "http":
		return errors.New("it is no address; give one such as https://hooks.example.com/…")
	case at.User != nil:
		return errors.New("it has a name or a password in it; give a token beside it, if it needs one")
	case at.Scheme == "http" && !isHere(at.Hostname()):
		return errors.New("it is reached by http, where whoever is on the way reads it; give one with https")
	}
	return nil
}

// isHere says whether a host is this machine.
func isHere(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Post brings a parcel. A redirect is not followed: what is secret would be shown elsewhere.
func (c *Courier) Post(ctx context.Context, address string, p Parcel) error {
	if err := CheckAddress(address); err != nil {
		return toMend(err.Error())
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(p.Body))
	if err != nil {
		return toMend("it is no address that can be posted to")
	}
	request.Header.Set("Content-Type", p.Type)
	request.Header.Set("User-Agent", "nexusgate")
	if p.Token != "" {
		request.Header.Set("Authorization", "Bearer "+p.Token)
	}
	answer, err := c.client.Do(request)
	if err != nil {
		return unreachable(err)
	}
	defer func() { _ = answer.Body.Close() }()
	said, _ := io.ReadAll(io.LimitReader(answer.Body, answerBound)) // what is cut off is not needed
	return judged(answer, said)
}

// isWord is what Slack answers, as "invalid_blocks": too little to hold an address.
var isWord = regexp.MustCompile(`^[a-z]+(_[a-z]+){0,6}$`).MatchString

// judged says what an answer means.
func judged(answer *http.Response, said []byte) error {
	why := fmt.Sprintf("HTTP %d", answer.StatusCode)
	if word := strings.TrimSpace(string(said)); len(word) <= 60 && isWord(word) {
		why += " (" + word + ")"
	}
	switch code := answer.StatusCode; {
	case code >= 200 && code < 300:
		return nil
	case code >= 300 && code < 400:
		return toMend("it sends on to another address (" + why + "), and is not followed there; give the address where it is taken")
	case code == http.StatusUnauthorized, code == http.StatusForbidden:
		return toMend("it does not let us in: " + why + "; give a token or an address that it knows")
	case code == http.StatusTooManyRequests, code == http.StatusServiceUnavailable:
		if wait, said := retryAfter(answer.Header); said {
			return &Later{Wait: wait, Why: "it wants to be left alone: " + why}
		}
	case code == http.StatusBadRequest, code == http.StatusNotFound, code == http.StatusMethodNotAllowed, code == http.StatusGone,
		code == http.StatusRequestEntityTooLarge, code == http.StatusUnsupportedMediaType, code == http.StatusUnprocessableEntity:
		return &Refused{why}
	}
	return errors.New("it was not taken: " + why)
}

// retryAfter is how long an answer asks to be left alone, in seconds as Slack says it.
func retryAfter(h http.Header) (wait time.Duration, said bool) {
	seconds, err := strconv.Atoi(h.Get("Retry-After"))
	if err != nil || seconds < 0 {
		return 0, false
	}
	return min(time.Duration(min(seconds, int(longestRetry/time.Second)))*time.Second, longestRetry), true
}
