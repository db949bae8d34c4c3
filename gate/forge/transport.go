package forge

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Bounds of what is read from a forge. The largest answer wanted is a page of a compare or of a
// change's files with their patches.
const (
	answerBound  = 32 << 20
	refusalBound = 64 << 10
	hopBound     = 3
)

// operation is the key of a request's name in its context.
type operation struct{}

// tokenOperation is asked for in the course of another one, as the App itself.
const tokenOperation = "create_token"

// named gives the requests made with the context a name for the metrics.
func named(ctx context.Context, name string) context.Context {
	return context.WithValue(ctx, operation{}, name)
}

// transport is the last stop before the network. It stands below whatever adds a token, so nothing
// above it can send one to another host, by a redirect or by an address from an answer.
type transport struct {
	root     *url.URL
	throttle *throttle
	observe  func(operation, code string)
	asked    Asked // may be nil
	granted  func(Grant)
	next     http.RoundTripper
}

// RoundTrip sends one request, unless it is for another host or the forge wants to be left alone.
func (t *transport) RoundTrip(request *http.Request) (*http.Response, error) {
	if request.URL.Host != t.root.Host || request.URL.Scheme != t.root.Scheme {
		return nil, &refusal{http.StatusMisdirectedRequest, "refusing to send a token to another host than " + t.root.Host}
	}
	if err := t.throttle.held(); err != nil {
		return nil, err
	}
	if err := mayBegin(request.Context()); err != nil {
		return nil, err
	}
	ended := t.asked.request(request)
	answer, err := t.next.RoundTrip(request)
	ended(answer, err)
	t.observe(nameOf(request), codeOf(answer, err))
	if err != nil {
		if !errors.Is(err, context.Canceled) { // by ourselves
			t.throttle.missed(err.Error())
		}
		return nil, err
	}
	if answer.StatusCode >= http.StatusInternalServerError {
		t.throttle.missed(answer.Status)
	} else {
		t.throttle.answered()
	}
	if grant, told := grantOf(answer); told && nameOf(request) != tokenOperation {
		t.granted(grant)
	}
	verbatim(request, answer)
	return t.bound(answer)
}

// verbatim has a write that is sent elsewhere be sent there as it is, where net/http would make a read of
// it: https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api#follow-redirects
func verbatim(request *http.Request, answer *http.Response) {
	if request.Method == http.MethodGet || request.Method == http.MethodHead {
		return
	}
	switch answer.StatusCode {
	case http.StatusMovedPermanently, http.StatusFound:
		answer.StatusCode = http.StatusPermanentRedirect
	}
}

// bound reads a refusal whole, to see whether it is a rate limit and to free the connection even
// where a library forgets to; any other answer is bounded while it is read.
func (t *transport) bound(answer *http.Response) (*http.Response, error) {
	if answer.StatusCode < 400 {
		answer.Body = http.MaxBytesReader(nil, answer.Body, answerBound)
		return answer, t.throttle.heed(answer, nil)
	}
	body, err := io.ReadAll(io.LimitReader(answer.Body, refusalBound))
	err = errors.Join(err, answer.Body.Close())
	body = withoutEcho(answer, body)
	if limit := t.throttle.heed(answer, body); limit != nil {
		return nil, limit
	}
	if err != nil {
		return nil, fmt.Errorf("reading a refusal: %w", err)
	}
	answer.Body = io.NopCloser(bytes.NewReader(body))
	return answer, nil
}

func nameOf(request *http.Request) string {
	if strings.HasSuffix(request.URL.Path, "/access_tokens") {
		return tokenOperation
	}
	if name, ok := request.Context().Value(operation{}).(string); ok {
		return name
	}
	return "other"
}

func codeOf(answer *http.Response, err error) string {
	if err != nil {
		return "error"
	}
	return strconv.Itoa(answer.StatusCode)
}

// sameHost follows redirects of a renamed repository: to the same host and with the same method,
// so that a post never becomes a read.
func sameHost(request *http.Request, via []*http.Request) error {
	first := via[0]
	switch {
	case len(via) > hopBound:
		return &refusal{http.StatusLoopDetected, "too many redirects"}
	case request.URL.Host != first.URL.Host || request.URL.Scheme != first.URL.Scheme:
		return &refusal{http.StatusMisdirectedRequest, "refusing a redirect to another host than " + first.URL.Host}
	case request.Method != first.Method:
		return &refusal{http.StatusMethodNotAllowed, "refusing a redirect that turns " + first.Method + " into " + request.Method}
	}
	return nil
}

// client is an HTTP client over one transport, with a deadline for each exchange.
func client(over http.RoundTripper, timeout time.Duration) *http.Client {
	return &http.Client{Transport: over, CheckRedirect: sameHost, Timeout: timeout}
}

// rootOf reads the root of an API from the configuration.
func rootOf(raw string) (*url.URL, error) {
	root, err := url.Parse(strings.TrimRight(raw, "/") + "/")
	switch {
	case err != nil:
		return nil, err
	case root.Scheme != "https" && root.Scheme != "http", root.Host == "":
		return nil, fmt.Errorf("%q is not a web address: it wants https:// and a host", raw)
	case root.User != nil, root.RawQuery != "", root.Fragment != "":
		return nil, errors.New("the address wants no user, query or fragment")
	}
	return root, nil
}
