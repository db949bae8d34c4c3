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
)

// bearer gives the token that a request goes with; "" where there is none to be had.
type bearer func(ctx context.Context) (string, error)

// apiVariables are what a job of CI proves with who it is.
var apiVariables = [...][2]string{
	{"NEXUSGATE_TOKEN", "A token that the service knows, in place of the job's own."},
	{"NEXUSGATE_ID_TOKEN", "GitLab: the job's ID token, of id_tokens, made for the address of the service."},
	{"ACTIONS_ID_TOKEN_REQUEST_URL", "GitHub: set for jobs with the permission id-token: write."},
	{"ACTIONS_ID_TOKEN_REQUEST_TOKEN", "GitHub: likewise."},
}

// apiBearer finds the token of the environment: the one that was given, GitLab's, or one that GitHub makes.
func apiBearer(getenv func(string) string, audience string, client *http.Client) bearer {
	for _, name := range []string{"NEXUSGATE_TOKEN", "NEXUSGATE_ID_TOKEN"} {
		if token := strings.TrimSpace(getenv(name)); token != "" {
			return func(context.Context) (string, error) { return token, nil }
		}
	}
	if at := getenv("ACTIONS_ID_TOKEN_REQUEST_URL"); at != "" {
		g := gitHubTokens{at: at, token: getenv("ACTIONS_ID_TOKEN_REQUEST_TOKEN"), audience: audience, client: client}
		return g.make
	}
	return func(context.Context) (string, error) { return "", nil }
}

// gitHubTokens asks GitHub for the tokens of the job.
// https://docs.github.com/actions/reference/security/oidc#methods-for-requesting-the-oidc-token
type gitHubTokens struct {
	at, token, audience string
	client              *http.Client
}

// mostOfToken bounds what is read of a token, in bytes.
const mostOfToken = 64 << 10

func (g gitHubTokens) make(ctx context.Context) (string, error) {
	at, err := url.Parse(g.at)
	if err != nil {
		return "", fmt.Errorf("reading ACTIONS_ID_TOKEN_REQUEST_URL: %w", err)
	}
	query := at.Query()
	query.Set("audience", g.audience)
	at.RawQuery = query.Encode()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, at.String(), http.NoBody)
	if err != nil {
		return "", fmt.Errorf("asking GitHub for the job's token: %w", err)
	}
	request.Header.Set("Authorization", "Bearer "+g.token)
	response, err := g.client.Do(request)
	if err != nil {
		return "", unanswered{fmt.Errorf("asking GitHub for the job's token: %w", err)}
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		err := fmt.Errorf("asking GitHub for the job's token: it answers %s", response.Status)
		if response.StatusCode >= http.StatusInternalServerError || response.StatusCode == http.StatusTooManyRequests {
			err = unanswered{err}
		}
		return "", err
	}
	var made struct {
		Value string `json:"value"`
	}
	if err := json.NewDecoder(io.LimitReader(response.Body, mostOfToken)).Decode(&made); err != nil || made.Value == "" {
		return "", errors.Join(errors.New("GitHub's answer holds no token"), err)
	}
	return made.Value, nil
}
