package login

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/nexusgate/nexusgate/gate"
)

// JobOptions are what knowing the jobs of CI rests on.
type JobOptions struct {
	// GitHub and GitLab are the issuers whose tokens are believed, each as its tokens name it. They have to
	// be those of the forge that is listened to: another one counts its repositories from 1 as well.
	GitHub, GitLab []string
	Audience       string        // whom a token has to be made for: us alone
	MaxAge         time.Duration // how old a token may be, whatever it says; 0: a day
	Rest           time.Duration // between two times that an issuer is asked for its keys; 0: five seconds
	Client         *http.Client  // asks the issuers; nil: one of our own
	Now            func() time.Time
	Log            *slog.Logger
}

// Bounds of a token.
const (
	mostOfToken = 32 << 10 // bytes; GitLab names up to 200 groups in one
	oldest      = 24 * time.Hour
	leeway      = time.Minute // that clocks may differ by
	rest        = 5 * time.Second
)

// Jobs knows the jobs of CI by the tokens that their forges give them.
type Jobs struct {
	options JobOptions
	issuers map[string]*jobIssuer // by how their tokens name them
}

// NewJobs makes one. No issuer is asked yet: it may be down while the service starts.
func NewJobs(o JobOptions) (*Jobs, error) {
	if o.Audience == "" {
		return nil, errors.New("no audience is given: name what jobs ask their tokens for, such as this service's address")
	}
	o.MaxAge, o.Rest, o.Client = cmp.Or(o.MaxAge, oldest), cmp.Or(o.Rest, rest), asking(o.Client)
	j := &Jobs{options: o, issuers: map[string]*jobIssuer{}}
	for _, of := range []struct {
		forge gate.Forge
		urls  []string
	}{{gate.GitHub, o.GitHub}, {gate.GitLab, o.GitLab}} {
		for _, address := range of.urls {
			address = strings.TrimSuffix(address, "/")
			if err := trustworthy(address); err != nil {
				return nil, fmt.Errorf("the issuer %q of %s's tokens: %w", address, of.forge, err)
			}
			if j.issuers[address] != nil {
				return nil, fmt.Errorf("the issuer %s is given twice; leave one out", address)
			}
			j.issuers[address] = &jobIssuer{forge: of.forge, url: address, options: &j.options}
		}
	}
	return j, nil
}

// asking is a client that takes no answer without an end, waits for none for ever, and is sent nowhere else.
func asking(c *http.Client) *http.Client {
	ours := http.Client{}
	if c != nil {
		ours = *c
	}
	if ours.Transport == nil {
		ours.Transport = http.DefaultTransport
	}
	ours.Transport, ours.Timeout = bounded{ours.Transport}, patience
	ours.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &ours
}

// Issuer is who signs the tokens of the jobs of a forge whose API has its root there; "" is the forge's own.
// An enterprise of github.com may have one of its own, which only it knows.
func Issuer(f gate.Forge, api string) (string, error) {
	if api == "" {
		return map[gate.Forge]string{gate.GitHub: "https://token.actions.githubusercontent.com", gate.GitLab: "https://gitlab.com"}[f], nil
	}
	at, err := url.Parse(strings.TrimRight(api, "/"))
	if err != nil || at.Host == "" {
		return "", fmt.Errorf("%q is no address of %s: give the root of its API, as https://forge.example.com", api, f)
	}
	host := strings.ToLower(at.Host)
	enterprise, ghe := strings.CutSuffix(strings.TrimPrefix(host, "api."), ".ghe.com")
	switch {
	case f == gate.GitLab:
		return at.Scheme + "://" + host + strings.TrimSuffix(at.Path, "/api/v4"), nil
	case host == "api.github.com":
		return Issuer(f, "")
	case ghe && strings.HasPrefix(host, "api."):
		return "https://token.actions." + enterprise + ".ghe.com", nil
	default: // https://docs.github.com/enterprise-server/actions/reference/security/oidc
		return at.Scheme + "://" + host + "/_services/token", nil
	}
}

// Verify says which job a token is of. Any error is a [Refusal].
func (j *Jobs) Verify(ctx context.Context, token string) (gate.Job, error) {
	issuer, signed, err := j.open(token)
	if err != nil {
		return gate.Job{}, err
	}
	payload, err := issuer.verify(ctx, signed)
	if err != nil {
		return gate.Job{}, err
	}
	said, err := readClaims(payload)
	if err != nil {
		return gate.Job{}, refuse(Unreadable, "the token is %s's, and %w", issuer.url, err)
	}
	return j.accept(said, issuer)
}

// accept takes what a token says whose signature holds, if it is for us and of now.
func (j *Jobs) accept(said *claims, issuer *jobIssuer) (gate.Job, error) {
	job, issued, from, ends, audience := said.job(issuer.forge), said.moment("iat"), said.moment("nbf"), said.moment("exp"), said.audience()
	now, oldest := j.options.Now(), issued.Add(j.options.MaxAge)
	if ends.After(oldest) {
		ends = oldest
	}
	job.Expires = ends.Add(leeway)
	switch {
	case said.fault != nil:
		return gate.Job{}, refuse(Unreadable, "the token is %s's, and %w", issuer.url, said.fault)
	case !slices.Equal(audience, []string{j.options.Audience}):
		r := refuse(WrongAudience, "the token is made for %q, and not for %q alone", clip(strings.Join(audience, ", ")), j.options.Audience)
		r.Fix = fmt.Sprintf("have the job ask for a token with the audience %q", j.options.Audience)
		return gate.Job{}, r
	case !now.Before(job.Expires):
		return gate.Job{}, refuse(Expired, "the token was issued at %s and is good until %s, and it is %s", clock(issued), clock(ends), clock(now))
	case now.Add(leeway).Before(issued), now.Add(leeway).Before(from):
		return gate.Job{}, refuse(Expired, "the token is of %s, and it is %s", clock(issued), clock(now))
	}
	return job, nil
}

// clock is how a refusal shows a moment.
func clock(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// clip bounds what a refusal repeats of a token.
func clip(text string) string { return text[:min(len(text), 200)] }

// open reads a token as far as to find its issuer; nothing else of it is looked at before its signature.
func (j *Jobs) open(token string) (*jobIssuer, *jose.JSONWebSignature, error) {
	if len(token) > mostOfToken {
		return nil, nil, refuse(Unreadable, "the token has %d bytes, and %d are read at most", len(token), mostOfToken)
	}
	signed, err := jose.ParseSignedCompact(token, taken)
	var way *jose.ErrUnexpectedSignatureAlgorithm
	switch {
	case errors.As(err, &way):
		return nil, nil, refuse(BadSignature, "the token is signed by %q, which is not believed", clip(string(way.Got)))
	case err != nil:
		return nil, nil, refuse(Unreadable, "the token cannot be read: %w", err)
	}
	said, err := readClaims(signed.UnsafePayloadWithoutVerification())
	if err != nil {
		return nil, nil, refuse(Unreadable, "the token cannot be read: %w", err)
	}
	name := said.text("iss")
	issuer := j.issuers[name]
	if issuer == nil {
		return nil, nil, refuse(UnknownIssuer, "the token is issued by %q, which is not believed", clip(name))
	}
	return issuer, signed, nil
}
