package gate

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/nexusgate/nexusgate/definition"
)

// Hearing is how well a Nexus hears what happens on the forges: what sweeps found that no webhook had
// told, how late, and what it took. It is no part of the state: no verdict rests on it.
type Hearing struct {
	Nexus string     `json:"nexus"`
	Sweep Sweep      `json:"sweep"`           // the last one that ended
	Ends  string     `json:"ends,omitempty"`  // the request that it, or one since, has answered
	Sum   []Missed   `json:"sum,omitempty"`   // all that sweeps ever found, by forge and event
	Spent []Spent    `json:"spent,omitempty"` // all that they ever took, by forge
	Repos []RepoHear `json:"repos,omitempty"` // by key
}

// Sweep is one look through all repositories of a Nexus.
type Sweep struct {
	Began     time.Time     `json:"began,omitzero"`
	Ended     time.Time     `json:"ended,omitzero"` // zero: there was none yet
	Repos     int           `json:"repos,omitempty"`
	Partial   int           `json:"partial,omitempty"` // of them: those that were not seen to the end
	Missed    []Missed      `json:"missed,omitempty"`  // by forge and event
	Lag       time.Duration `json:"lag,omitempty"`     // the longest that something went unheard, where the forge tells
	Requests  int64         `json:"requests,omitempty"`
	Unchanged int64         `json:"unchanged,omitempty"` // of them: answered with 304
}

// Complete says whether the sweep came through everything.
func (s Sweep) Complete() bool { return !s.Ended.IsZero() && s.Partial == 0 }

// Found is how many missed deliveries it found.
func (s Sweep) Found() (n int64) {
	for _, m := range s.Missed {
		n += m.Count
	}
	return n
}

// Missed counts deliveries of one kind that never came and that sweeps found.
type Missed struct {
	Forge Forge  `json:"forge"`
	Event string `json:"event"` // the forge's word, "check_run", or "head" of a branch
	Count int64  `json:"count"`
	// Of those of which the forge tells when they happened: how many, how late in all, and how many no later
	// than each of [LagBounds].
	Timed int64                 `json:"timed,omitempty"`
	Lag   time.Duration         `json:"lag,omitempty"`
	Upto  [len(LagBounds)]int64 `json:"upto,omitzero"`
}

// LagBounds are the bounds by which it is counted how late something was found.
var LagBounds = [...]time.Duration{
	time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour, 3 * time.Hour, 12 * time.Hour, 24 * time.Hour, 72 * time.Hour,
}

// Spent counts requests to one forge.
type Spent struct {
	Forge     Forge `json:"forge"`
	Requests  int64 `json:"requests"`
	Unchanged int64 `json:"unchanged"`
}

// RepoHear is how one repository is heard.
type RepoHear struct {
	Repo    Repo      `json:"repo"`
	Swept   time.Time `json:"swept,omitzero"` // when it was last seen to the end
	Next    int       `json:"next,omitempty"` // where the next sweep goes on; 0: at the beginning
	Items   time.Time `json:"items,omitzero"` // when all its open issues were last looked through
	Trouble string    `json:"trouble,omitempty"`
	Hidden  []string  `json:"hidden,omitempty"` // what the forge refuses to show
	Hooks   []Hook    `json:"hooks,omitempty"`  // GitLab's webhooks to us that are disabled
	Lacks   []string  `json:"lacks,omitempty"`  // events that none of GitLab's webhooks to us is set for
}

// Hook is a webhook that its forge has disabled, since we did not answer it well.
type Hook struct {
	ID    int64     `json:"id"`
	URL   string    `json:"url"`
	Since time.Time `json:"since"`          // when it was first seen so
	Until time.Time `json:"until,omitzero"` // zero: for good
}

// Of is how a component's repository is heard.
func (h *Hearing) Of(c definition.Component) RepoHear {
	for _, r := range h.Repos {
		if r.Repo.named(c.Forge, c.Repo) {
			return r
		}
	}
	return RepoHear{}
}

// Warnings are what the Integration Team should know of how components are heard.
func (h *Hearing) Warnings(components []ComponentStanding) (all []string) {
	for _, c := range components {
		for _, hook := range h.Of(c.Component).Hooks {
			all = append(all, fmt.Sprintf("%s: %s", c.Name, hook.says(c.Component)))
		}
	}
	return all
}

// says tells what has become of a webhook, and what to do.
func (h Hook) says(c definition.Component) string {
	text := fmt.Sprintf("the webhook of %s:%s to %s is disabled, as seen first at %s", c.Forge, c.Repo, h.URL, clock(h.Since))
	if !h.Until.IsZero() {
		return text + "; it is tried again from " + clock(h.Until) + ": look at its recent events for what we answered"
	}
	return text + " and for good: look at its recent events for what we answered, and send a test request, which enables it again"
}

// Heard is how a repository is heard.
func (h *Hearing) Heard(repo Repo) RepoHear {
	if at, ok := h.find(repo); ok {
		return h.Repos[at]
	}
	return RepoHear{Repo: repo}
}

// Hear keeps how a repository is heard.
func (h *Hearing) Hear(r RepoHear) {
	at, ok := h.find(r.Repo)
	if !ok {
		h.Repos = slices.Insert(h.Repos, at, r)
		return
	}
	h.Repos[at] = r
}

func (h *Hearing) find(repo Repo) (int, bool) {
	return slices.BinarySearchFunc(h.Repos, repo.Key(), func(r RepoHear, key string) int { return cmp.Compare(r.Repo.Key(), key) })
}

// Miss counts a delivery that never came. Its lag is 0 where the forge does not tell when it happened.
func (h *Hearing) Miss(forge Forge, event string, lag time.Duration) {
	h.Sweep.Missed = miss(h.Sweep.Missed, forge, event, lag)
	h.Sweep.Lag = max(h.Sweep.Lag, lag)
	h.Sum = miss(h.Sum, forge, event, lag)
}

func miss(all []Missed, forge Forge, event string, lag time.Duration) []Missed {
	at, ok := slices.BinarySearchFunc(all, Missed{Forge: forge, Event: event}, func(a, b Missed) int {
		return cmp.Or(cmp.Compare(a.Forge, b.Forge), cmp.Compare(a.Event, b.Event))
	})
	if !ok {
		all = slices.Insert(all, at, Missed{Forge: forge, Event: event})
	}
	m := &all[at]
	m.Count++
	if lag <= 0 {
		return all
	}
	m.Timed++
	m.Lag += lag
	for i, bound := range LagBounds {
		if lag <= bound {
			m.Upto[i]++
		}
	}
	return all
}

// Spend counts requests.
func (h *Hearing) Spend(forge Forge, requests, unchanged int) {
	h.Sweep.Requests += int64(requests)
	h.Sweep.Unchanged += int64(unchanged)
	at := slices.IndexFunc(h.Spent, func(s Spent) bool { return s.Forge == forge })
	if at < 0 {
		at = len(h.Spent)
		h.Spent = append(h.Spent, Spent{Forge: forge})
	}
	h.Spent[at].Requests += int64(requests)
	h.Spent[at].Unchanged += int64(unchanged)
}
