package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/login"
)

// callerFlags say which jobs of CI are believed.
type callerFlags struct {
	Audience     string   `placeholder:"NAME" help:"Whom the tokens of jobs have to be made for. Without it, --url."`
	GitHubIssuer []string `name:"github-issuer" placeholder:"URL" help:"Who signs the tokens of GitHub's jobs, where it is not who follows from GitHub's address. May be repeated."`
	GitLabIssuer []string `name:"gitlab-issuer" placeholder:"URL" help:"Likewise of GitLab's. May be repeated."`
}

// callerVariables are the settings that have no flag.
var callerVariables = [...][2]string{
	{"NEXUSGATE_EVIDENCE_TOKENS", "What evidence may be brought with beside the tokens of jobs, set apart by commas: github:acme/cart-api=SECRET for one repository, storefront=SECRET for one Nexus."},
}

// callerSettings say who may bring evidence.
type callerSettings struct {
	audience       string
	gitHub, gitLab []string // issuers; none: as follows from the forge's address
	tokens         evidenceTokens
}

func (f callerFlags) settings(getenv func(string) string) (s callerSettings, err error) {
	s = callerSettings{audience: f.Audience, gitHub: f.GitHubIssuer, gitLab: f.GitLabIssuer}
	s.tokens, err = readEvidenceTokens(getenv("NEXUSGATE_EVIDENCE_TOKENS"))
	return s, err
}

// callers are known by what they bring as Authorization: Bearer.
type callers struct {
	jobs   *login.Jobs // nil: no job is known
	tokens evidenceTokens
}

// callers believes the jobs of the forges that are listened to.
func (s *server) callers() (callers, error) {
	c, f := s.config.callers, s.config.forges
	o := login.JobOptions{Audience: cmp.Or(c.audience, strings.TrimSuffix(s.config.url, "/"), s.root()), Now: s.config.now, Log: s.log}
	var err, err2 error
	if f.gitHub.on {
		o.GitHub, err = issuers(gate.GitHub, f.gitHub.url, c.gitHub)
	}
	if f.gitLab.on {
		o.GitLab, err2 = issuers(gate.GitLab, f.gitLab.url, c.gitLab)
	}
	if err = errors.Join(err, err2); err != nil || len(o.GitHub)+len(o.GitLab) == 0 {
		return callers{tokens: c.tokens}, err
	}
	jobs, err := login.NewJobs(o)
	if err != nil {
		return callers{}, fmt.Errorf("configuring whose jobs are believed: %w", err)
	}
	return callers{jobs, c.tokens}, nil
}

func issuers(forge gate.Forge, api string, given []string) ([]string, error) {
	if len(given) > 0 {
		return given, nil
	}
	issuer, err := login.Issuer(forge, api)
	if err != nil {
		return nil, fmt.Errorf("finding out who signs the tokens of %s's jobs: %w", forge, err)
	}
	return []string{issuer}, nil
}

// caller is who asks: a job, or the holder of a static token.
type caller struct {
	job gate.Job
	evidenceToken
}

// isJob says whether it is a job of CI.
func (c caller) isJob() bool { return c.job.Run != 0 }

// from is where it comes from: a repository, or whose static token it is; "" of people.
func (c caller) from() string {
	if c.isJob() {
		return c.job.Repo.Key()
	}
	return cmp.Or(c.evidenceToken.repo, c.nexus)
}

// who finds out who asks, before anything else that they bring is read.
func (c callers) who(r *http.Request) (caller, error) {
	brought, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok || brought == "" {
		return caller{}, refusing(http.StatusUnauthorized, "bring the token of the job as Authorization: Bearer; on GitHub the job needs permissions: id-token: write, on GitLab id_tokens")
	}
	if t, is := c.tokens.find(brought); is {
		return caller{evidenceToken: t}, nil
	}
	if c.jobs == nil {
		return caller{}, refusing(http.StatusUnauthorized, "the token is not known here")
	}
	job, err := c.jobs.Verify(r.Context(), brought)
	if refused, is := errors.AsType[*login.Refusal](err); is {
		if refused.Passing() {
			return caller{}, refusing(http.StatusServiceUnavailable, "%s", refused)
		}
		return caller{}, refusing(http.StatusUnauthorized, "%s", refused)
	}
	return caller{job: job}, err
}

// takes says whether a repository is one of a Nexus.
func (s *server) takes(nexus string, repo gate.Repo) (known gate.Repo, takes bool) {
	s.lanes.ask(nexus, func(l *gate.Ledger) { known, takes = l.Takes(nexus, repo) })
	return known, takes
}

// ofJobs lets jobs read what is of a Nexus of their own, and nothing else; all others go to who asks them to log in.
func (s *server) ofJobs(c callers, inside, others http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet || c.jobs == nil || !strings.HasPrefix(r.Header.Get("Authorization"), "Bearer ") {
			others.ServeHTTP(w, r)
			return
		}
		by, err := c.who(r)
		if err != nil || !by.isJob() {
			others.ServeHTTP(w, r)
			return
		}
		nexus, of := s.nexusOf(r.Context(), r.URL.Path)
		if !of {
			others.ServeHTTP(w, r)
			return
		}
		if _, takes := s.takes(nexus, by.job.Repo); !takes {
			writeJSON(w, http.StatusForbidden, map[string]string{"error": fmt.Sprintf("%s is no repository of %s", by.job.Repo, nexus)})
			return
		}
		inside.ServeHTTP(w, r)
	})
}

// nexusOf is the Nexus that a path of the API is of.
func (s *server) nexusOf(ctx context.Context, path string) (nexus string, of bool) {
	if rest, is := strings.CutPrefix(path, "/api/v1/nexus/"); is {
		nexus, _, _ = strings.Cut(rest, "/")
		return nexus, nexus != "" && s.knows(nexus)
	}
	if rest, is := strings.CutPrefix(path, "/api/v1/verdicts/"); is {
		id, _, _ := strings.Cut(rest, "/")
		v, err := s.store.Verdict(ctx, id)
		return v.Nexus, err == nil
	}
	return "", false
}

// knows says whether there is a Nexus of that name.
func (s *server) knows(nexus string) bool {
	_, is := s.lanes.definition(nexus)
	return is
}
