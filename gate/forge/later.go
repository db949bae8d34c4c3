package forge

import (
	"errors"
	"net/http"
	"time"

	"github.com/bradleyfalzon/ghinstallation/v2"
	"github.com/google/go-github/v60/github"
	"github.com/xanzy/go-gitlab"
)

// Later is the error of a request that was not made, or not answered, because the forge wants to be
// left alone or because our own content budget is used up. It is no attempt and no fault: the same
// request is good after Until.
type Later struct {
	Until  time.Time
	Reason string
}

// Error says until when and why.
func (l *Later) Error() string {
	return "not before " + l.Until.UTC().Format(time.RFC3339) + ": " + l.Reason
}

// Permanent says whether somebody has to change something (a name, a permission, a setting) before
// the same request can succeed, so that trying again soon is of no use.
func Permanent(err error) bool {
	switch code := statusOf(err); code {
	case http.StatusUnauthorized, http.StatusRequestTimeout, http.StatusConflict,
		http.StatusTooEarly, http.StatusTooManyRequests:
		return false
	default:
		return code >= 400 && code < 500
	}
}

// statusOf is the HTTP status that a forge refused with, 0 where it did not answer.
func statusOf(err error) int {
	var hub *github.ErrorResponse
	var lab *gitlab.ErrorResponse
	var token *ghinstallation.HTTPError
	var refused *refusal
	switch {
	case errors.As(err, &hub) && hub.Response != nil:
		return hub.Response.StatusCode
	case errors.As(err, &lab) && lab.Response != nil:
		return lab.Response.StatusCode
	case errors.Is(err, gitlab.ErrNotFound): // go-gitlab's word for every 404
		return http.StatusNotFound
	case errors.As(err, &token) && token.Response != nil:
		return token.Response.StatusCode
	case errors.As(err, &refused):
		return refused.code
	}
	return 0
}

// missing says whether the forge answered that it knows no such thing.
func missing(err error) bool {
	code := statusOf(err)
	return code == http.StatusNotFound || code == http.StatusGone
}

// refusal is a request that we refuse ourselves, with the status that it amounts to.
type refusal struct {
	code int
	why  string
}

func (r *refusal) Error() string { return r.why }

// asLater turns what go-github knows of rate limits into a Later; other errors stay as they are.
// Most limits never come this far: the transport has recognised them.
func asLater(err error, now time.Time) error {
	var rate *github.RateLimitError
	var abuse *github.AbuseRateLimitError
	switch {
	case errors.As(err, &rate):
		return &Later{Until: rate.Rate.Reset.Time, Reason: "the rate limit of the installation is used up"}
	case errors.As(err, &abuse):
		wait := shortestWait
		if abuse.RetryAfter != nil {
			wait = *abuse.RetryAfter
		}
		return &Later{Until: now.Add(wait), Reason: "the secondary rate limit of the installation"}
	}
	return err
}
