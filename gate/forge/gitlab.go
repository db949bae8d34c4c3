package forge

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/xanzy/go-gitlab"
)

// GitLabConfig is what is needed to speak to GitLab.
type GitLabConfig struct {
	URL   string // of the instance, with or without /api/v4; "" is https://gitlab.com
	Token string // a personal, group or project access token with the scope api
	// Renewed reads the token again when GitLab refuses the one in use: it may have been replaced. May be nil.
	Renewed func() (string, error)
	Now     func() time.Time
	Observe func(operation, code string) // of every request: "create_status" and "201", or "error". May be nil
	Asked   Asked                        // of every request. May be nil
	Granted func(Grant)                  // told with each answer. May be nil
	Timeout time.Duration                // of one exchange; 0 is 15 seconds
}

// GitLab speaks to one GitLab with one token. It is safe for concurrent use.
type GitLab struct {
	config GitLabConfig
	client *gitlab.Client
	cache  *cache
}

// NewGitLab checks the configuration. It makes no request.
func NewGitLab(c GitLabConfig) (*GitLab, error) {
	if c.URL == "" {
		c.URL = "https://gitlab.com"
	}
	root, err := rootOf(c.URL)
	if err != nil {
		return nil, fmt.Errorf("reading the address of GitLab: %w", err)
	}
	if strings.TrimSpace(c.Token) == "" {
		return nil, errors.New("the token for GitLab is empty: it wants an access token with the scope api")
	}
	if c.Now == nil {
		return nil, errors.New("a GitLab client wants a clock")
	}
	if c.Observe == nil {
		c.Observe = func(string, string) {}
	}
	if c.Granted == nil {
		c.Granted = func(Grant) {}
	}
	if c.Timeout <= 0 {
		c.Timeout = defaultTimeout
	}
	lab, err := gitlabClient(c, root)
	if err != nil {
		return nil, fmt.Errorf("making a GitLab client: %w", err)
	}
	return &GitLab{config: c, client: lab, cache: newCache(c.Now)}, nil
}

// gitlabClient is go-gitlab without its own retries, which would repeat posts and sleep, and without
// its own limiter, which would block.
func gitlabClient(c GitLabConfig, root *url.URL) (*gitlab.Client, error) {
	over := &transport{
		root: root, throttle: &throttle{now: c.Now}, observe: c.Observe, asked: c.Asked, granted: c.Granted,
		next: &bearer{token: c.Token, renewed: c.Renewed, next: http.DefaultTransport.(*http.Transport).Clone()},
	}
	return gitlab.NewClient(c.Token,
		gitlab.WithBaseURL(root.String()),
		gitlab.WithHTTPClient(client(over, c.Timeout)),
		gitlab.WithoutRetries(),
		gitlab.WithCustomLimiter(unlimited{}))
}

// bearer puts the token in use on each request, and takes up another where GitLab refuses that one.
type bearer struct {
	renewed func() (string, error)
	next    http.RoundTripper

	mu    sync.Mutex
	token string
}

// RoundTrip sends one request, and once more where its token was refused and there is another by now.
func (b *bearer) RoundTrip(request *http.Request) (*http.Response, error) {
	b.mu.Lock()
	token := b.token
	b.mu.Unlock()
	answer, err := b.send(request, token)
	if err != nil || answer.StatusCode != http.StatusUnauthorized || request.Body != nil && request.GetBody == nil {
		return answer, err
	}
	fresh := b.renew()
	if fresh == token {
		return answer, nil
	}
	again := request.Clone(request.Context())
	if request.GetBody != nil {
		if again.Body, err = request.GetBody(); err != nil {
			return answer, nil // which says why
		}
	}
	return b.send(again, fresh)
}

func (b *bearer) send(request *http.Request, token string) (*http.Response, error) {
	request = request.Clone(request.Context())
	request.Header.Set("Private-Token", token)
	return b.next.RoundTrip(request)
}

// renew reads the token again. One that cannot be read leaves the old one, whose refusal is told.
func (b *bearer) renew() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.renewed != nil {
		if token, err := b.renewed(); err == nil && strings.TrimSpace(token) != "" {
			b.token = strings.TrimSpace(token)
		}
	}
	return b.token
}

// unlimited lets every request pass: the transport knows the limits.
type unlimited struct{}

// Wait never waits.
func (unlimited) Wait(context.Context) error { return nil }

// during names a request to GitLab and ends it with its context.
func during(ctx context.Context, name string) gitlab.RequestOptionFunc {
	return gitlab.WithContext(named(ctx, name))
}
