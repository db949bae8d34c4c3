package forgetest

import (
	"encoding/json"
	"errors"
	"slices"
	"time"
)

// loss is something that goes wrong with webhooks.
type loss struct {
	event string // "" is any
	times int    // 0: until Heal
	left  int
	never bool // they are not even made
}

var errLost = errors.New("failed to connect")

// Lose makes webhooks of an event ("": of any) be lost on their way, so many times (0: until Heal). The
// forge knows: on GitHub each is in the App's log, as an attempt that failed.
func (s *stand) Lose(event string, times int) { s.spoil(loss{event: event, times: times}) }

// Omit makes a forge not tell of an event ("": of any) at all, so many times (0: until Heal). No log has it.
func (s *stand) Omit(event string, times int) { s.spoil(loss{event: event, times: times, never: true}) }

func (s *stand) spoil(l loss) {
	s.mu.Lock()
	defer s.mu.Unlock()
	l.left = l.times
	s.losses = append(s.losses, &l)
}

// spoils says whether a webhook of the event comes to harm: is never made, or is lost.
func (s *stand) spoils(event string, never bool) bool {
	for _, l := range s.losses {
		if l.never != never || l.event != "" && l.event != event || l.times > 0 && l.left == 0 {
			continue
		}
		if l.times > 0 {
			l.left--
		}
		return true
	}
	return false
}

// unlessMany leaves out the pushes of more than three branches at once, and that branches came or went:
// the forges tell of none of them. Changes that follow a branch are told of all the same.
func (o *outbox) unlessMany(branches int, events ...string) {
	if branches > 3 {
		o.waiting = slices.DeleteFunc(o.waiting, func(d Delivery) bool { return slices.Contains(events, d.Event) })
	}
}

// health is how a project's webhook fares. GitLab stops one after four failures in a row, for a minute at
// first and twice as long each time, and for good at the fortieth:
// https://docs.gitlab.com/user/project/integrations/webhooks/#auto-disabled-webhooks
type health struct {
	row   int // failures in a row
	until time.Time
	off   bool
}

const (
	patience    = 3 // failures that are put up with
	lastFailure = 40
	longestStop = 24 * time.Hour
)

// DisableHooks switches on that hooks which fail are disabled, as on gitlab.com.
func (g *GitLab) DisableHooks() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.health = map[int64]*health{}
}

// EnableHook is a maintainer who tests the hook, which makes it work again.
func (p *Project) EnableHook() {
	p.lab.mu.Lock()
	defer p.lab.mu.Unlock()
	delete(p.lab.health, p.ID)
}

// stopped says whether the hook of the delivery's project is disabled.
func (s *stand) stopped(d Delivery) bool {
	h := s.health[projectOf(d)]
	return h != nil && (h.off || s.now().Before(h.until))
}

// heed counts a failure of a hook, or forgets those before a success.
func (s *stand) heed(d Delivery) {
	if s.health == nil || !d.tried {
		return
	}
	project := projectOf(d)
	if d.Status >= 200 && d.Status < 400 {
		delete(s.health, project)
		return
	}
	h := s.health[project]
	if h == nil {
		h = &health{}
		s.health[project] = h
	}
	h.row++
	h.off = h.row >= lastFailure
	if h.row > patience {
		h.until = s.now().Add(min(time.Minute<<min(h.row-patience-1, 12), longestStop))
	}
}

// projectOf is the project that a delivery speaks of.
func projectOf(d Delivery) int64 {
	var body struct {
		Project struct {
			ID int64 `json:"id"`
		} `json:"project"`
	}
	_ = json.Unmarshal(d.Body, &body) // what does not name one is of project 0
	return body.Project.ID
}
