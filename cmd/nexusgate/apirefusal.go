package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// apiRefusal is an answer of the service that is none of those hoped for.
type apiRefusal struct {
	status int
	says   string
	after  time.Duration // when to ask again, where it says so
}

// Error is what the service says.
func (r apiRefusal) Error() string {
	return fmt.Sprintf("the service answers %d: %s", r.status, cmp.Or(r.says, http.StatusText(r.status)))
}

// unanswered is a request that got no answer: it may be made again.
type unanswered struct{ error }

// Unwrap gives what went wrong.
func (u unanswered) Unwrap() error { return u.error }

// passing says whether a request may be answered when it is made again, and how long to wait at least.
func passing(err error) (after time.Duration, again bool) {
	if _, none := errors.AsType[unanswered](err); none {
		return 0, true
	}
	r, is := errors.AsType[apiRefusal](err)
	if !is {
		return 0, false
	}
	switch r.status {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return r.after, true
	default:
		return 0, false
	}
}

// longestSaid bounds what is shown of what a service, or whatever stands before it, says.
const longestSaid = 2000

// refused reads a refusal: ours are {"error": "…"}, a proxy's are anything.
func refused(response *http.Response, text []byte) error {
	var ours struct {
		Error string `json:"error"`
	}
	r := apiRefusal{status: response.StatusCode}
	if json.Unmarshal(text, &ours) == nil {
		r.says = ours.Error
	} else if strings.HasPrefix(response.Header.Get("Content-Type"), "text/plain") {
		r.says = strings.TrimSpace(string(text))
	}
	if to := response.Header.Get("Location"); to != "" && response.StatusCode/100 == 3 {
		r.says = "it is at " + to + "; give that address"
	}
	r.says = strings.Map(printable, strings.ToValidUTF8(r.says[:min(len(r.says), longestSaid)], ""))
	if seconds, err := strconv.Atoi(response.Header.Get("Retry-After")); err == nil && seconds > 0 {
		r.after = min(time.Duration(seconds)*time.Second, time.Minute)
	}
	return r
}

// printable keeps what a terminal shows, and nothing that it obeys.
func printable(c rune) rune {
	if c == '\n' || c >= ' ' && c != 0x7f && (c < 0x80 || c > 0x9f) {
		return c
	}
	return -1
}
