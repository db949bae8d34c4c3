package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/nexusgate/nexusgate/gate/login"
)

// apiFlags say which service a command asks, and as whom.
type apiFlags struct {
	URL      string        `name:"url" placeholder:"URL" help:"Where the service is: https://done.example.com."`
	Audience string        `placeholder:"NAME" help:"Whom the token of the job is made for, as the service was told. Without it, the address of the service."`
	Patience time.Duration `default:"2m" placeholder:"DURATION" help:"How long to try again while the service does not answer."`
}

// client is what the flags and the environment make.
func (f apiFlags) client(s streams) (*apiClient, error) {
	root := strings.TrimSuffix(f.URL, "/")
	at, err := url.Parse(root)
	switch {
	case root == "":
		return nil, errors.New("it is not said where the service is: give --url https://done.example.com, or set NEXUSGATE_URL")
	case !isRoot(root):
		return nil, fmt.Errorf("--url %s: give the address of the service whole, as https://done.example.com", f.URL)
	case err != nil || at.Scheme != "https" && !login.IsLoopback(at.Hostname()):
		return nil, fmt.Errorf("--url %s: a token on its way there could be read by others; give an address with https", f.URL)
	}
	audience := f.Audience
	if audience == "" {
		audience = root
	}
	c := &apiClient{root: root, http: newAPITransport(), patience: f.Patience, pause: firstPause, told: s.err}
	c.bearer = apiBearer(s.getenv, audience, c.http)
	return c, nil
}

// newAPITransport bounds how long an exchange may take. It follows nobody elsewhere: a token goes to the service
// alone.
func newAPITransport() *http.Client {
	return &http.Client{
		Timeout:       5 * time.Minute,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// apiClient asks a service, as a job of CI or a person at a command line does.
type apiClient struct {
	root     string
	http     *http.Client
	bearer   bearer
	patience time.Duration // for how long a request is made again
	pause    time.Duration // before it is made the second time
	told     io.Writer     // where it is told that it is made again
}

// apiRequest is a question to the service.
type apiRequest struct {
	method, path, contentType string
	once                      string           // what tells it from another, however often it is made; "": nothing
	body                      func() io.Reader // made anew for each try; nil: none
}

// get asks for a document.
func (c *apiClient) get(ctx context.Context, path string, into any) error {
	return c.ask(ctx, apiRequest{method: http.MethodGet, path: path}, into)
}

// ask makes a request until the service answers it, and reads the answer. The error of what it refuses is an
// apiRefusal.
func (c *apiClient) ask(ctx context.Context, r apiRequest, into any) error {
	ctx, stop := context.WithTimeoutCause(ctx, max(c.patience, time.Second), errImpatient)
	defer stop()
	for wait := c.pause; ; wait = min(2*wait, longestPause) {
		answer, err := c.once(ctx, r)
		if err == nil {
			return answered(answer, into)
		}
		after, again := passing(err)
		if !again || ctx.Err() != nil {
			return err
		}
		wait = max(wait, after)
		if until, bounded := ctx.Deadline(); bounded && time.Until(until) < wait {
			return fmt.Errorf("%w; it was tried for %s, as --patience says", err, c.patience)
		}
		fmt.Fprintf(c.told, "nexusgate: %v; trying again in %s\n", err, wait.Round(time.Millisecond))
		pause(ctx, wait)
	}
}

var errImpatient = errors.New("the time that --patience gives is over")

// How long it is waited before a request is made again.
const (
	firstPause   = time.Second
	longestPause = 15 * time.Second
)

// mostOfAnswer bounds what is read of an answer, in bytes.
const mostOfAnswer = 8 << 20

// once makes a request once.
func (c *apiClient) once(ctx context.Context, r apiRequest) ([]byte, error) {
	token, err := c.bearer(ctx)
	if err != nil {
		return nil, err
	}
	var body io.Reader = http.NoBody
	if r.body != nil {
		body = r.body()
	}
	request, err := http.NewRequestWithContext(ctx, r.method, c.root+r.path, body)
	if err != nil {
		return nil, fmt.Errorf("asking the service: %w", err)
	}
	request.Header.Set("Accept", "application/json")
	request.Header.Set("User-Agent", "nexusgate/"+thisBuild().version)
	if r.contentType != "" {
		request.Header.Set("Content-Type", r.contentType)
	}
	if r.body != nil { // whoever is refused is told before the files are sent
		request.Header.Set("Expect", "100-continue")
	}
	if r.once != "" {
		request.Header.Set("Idempotency-Key", r.once)
	}
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	response, err := c.http.Do(request)
	if err != nil {
		return nil, unanswered{fmt.Errorf("the service at %s does not answer: %w", c.root, err)}
	}
	defer response.Body.Close()
	text, err := io.ReadAll(io.LimitReader(response.Body, mostOfAnswer+1))
	switch {
	case response.StatusCode < 200 || response.StatusCode > 299:
		return nil, refused(response, text)
	case err != nil:
		return nil, unanswered{fmt.Errorf("the answer of %s was cut short: %w", c.root, err)}
	case len(text) > mostOfAnswer:
		return nil, fmt.Errorf("the answer of %s has more than %d MiB", c.root, mostOfAnswer>>20)
	}
	return text, nil
}

func answered(answer []byte, into any) error {
	if into == nil {
		return nil
	}
	if err := json.Unmarshal(answer, into); err != nil {
		return fmt.Errorf("reading what the service answered: %w; is it a nexusgate of this version?", err)
	}
	return nil
}
