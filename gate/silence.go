package gate

import (
	"fmt"
	"slices"
	"time"
)

// habits are when deliveries came from a repository, as coarsely as keeps it from being written each time.
type habits struct {
	Heard time.Time    `json:"heard,omitzero"` // the latest hour in which one came
	Days  [habit]int64 `json:"days,omitzero"`  // the latest days on which some came, since 1970, ascending
}

// habit is on how many days a repository has sent before its silence is worth a word.
const habit = 3

// hear notes that a delivery came. It comes out the same in whatever order they arrive.
func (h *habits) hear(at time.Time) (changed bool) {
	hour, on := at.UTC().Truncate(time.Hour), at.Unix()/(24*60*60)
	if hour.After(h.Heard) {
		h.Heard, changed = hour, true
	}
	if on <= h.Days[0] || slices.Contains(h.Days[:], on) {
		return changed
	}
	h.Days[0] = on // the earliest makes room
	slices.Sort(h.Days[:])
	return true
}

// used says whether the repository has sent on enough days.
func (h *habits) used() bool { return h.Days[0] != 0 }

// hear notes that a forge's own delivery came from a repository.
func (s *State) hear(repo string, m moment) {
	if r := s.repos[repo]; m.told && r != nil && r.hear(m.received) {
		s.touch(repoDoc, repo)
	}
}

// Alarm marks the components that used to send and have not for so long, and warns of each.
func (s *Standing) Alarm(silence time.Duration) {
	if silence <= 0 {
		return
	}
	for i := range s.Components {
		c := &s.Components[i]
		if c.Silent = c.Habit && s.At.Sub(c.Heard) >= silence; !c.Silent {
			continue
		}
		s.Warnings = append(s.Warnings, fmt.Sprintf(
			"%s: no delivery has come from %s:%s since %s, and it used to send; look at its webhook, or at the App's deliveries",
			c.Name, c.Forge, c.Repo, clock(c.Heard)))
	}
}
