package forge

import (
	"net/url"
	"strings"
	"time"
)

// Hooks are the webhooks of a GitLab project. Only its maintainers may see them: Hidden says that the
// token is not one's, which is no error.
type Hooks struct {
	Hooks  []Hook
	Hidden bool
	Spent  Spent
}

// Hook is a webhook as GitLab tells it.
// https://docs.gitlab.com/api/project_webhooks/
type Hook struct {
	ID     int64
	URL    string // without its query, which may hold a secret
	Ours   bool   // it is at the address that was asked for
	Status HookStatus
	Until  time.Time // where it is disabled for a while: until when
	Events []string  // those of the events that we read that it is set for: "Push Hook"
	Lacks  []string  // those that it is not set for; not every Nexus makes use of all
	Signed bool      // it has a signing token; false too where the GitLab does not tell
	Verify bool      // it checks our certificate
}

// HookStatus says whether a webhook is sent. GitLab stops one that fails four times in a row for a
// while, and one that fails forty times for good.
type HookStatus string

// The states of a webhook.
const (
	HookWorks  HookStatus = "executable"
	HookPaused HookStatus = "temporarily_disabled"
	HookOff    HookStatus = "disabled"
	HookSilent HookStatus = "" // the GitLab does not tell
)

// AppHook is the webhook of a GitHub App. Whether it is switched on GitHub's API does not tell.
type AppHook struct {
	URL    string   // "" where there is none
	Verify bool     // it checks our certificate
	Events []string // that the App is subscribed to: "check_run"
}

// bare is an address less what may be a secret in it.
func bare(raw string) string {
	at, err := url.Parse(raw)
	if err != nil {
		return ""
	}
	at.User, at.RawQuery, at.Fragment = nil, "", ""
	return at.String()
}

// reaches says whether a webhook goes to an address of ours: to the same path where it has one, else to
// the same host.
func reaches(hook, ours string) bool {
	to, err := url.Parse(hook)
	at, err2 := url.Parse(ours)
	if err != nil || err2 != nil {
		return false
	}
	if at.Host == "" {
		return at.Path != "" && strings.EqualFold(to.Host, at.Path) // "gate.example" reads as a path
	}
	same := func(path string) string { return strings.TrimRight(path, "/") }
	return strings.EqualFold(to.Host, at.Host) && (same(at.Path) == "" || same(at.Path) == same(to.Path))
}
