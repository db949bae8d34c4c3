package gate

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/nexusgate/nexusgate/definition"
)

// brought says of the exceptions of a layer by which change each first came. What stood in the layer
// before keeps its own; approvers are those who were of the Integration Team when it landed.
func brought(before map[string]origin, old, now *definition.Definition, from origin) map[string]origin {
	stood := map[string]bool{}
	for _, e := range old.Exceptions {
		stood[contentOf(e)] = true
	}
	var all map[string]origin
	add := func(content string, o origin) {
		if all == nil {
			all = map[string]origin{}
		}
		all[content] = o
	}
	for _, e := range now.Exceptions {
		content := contentOf(e)
		if o, known := before[content]; known {
			add(content, o)
		} else if !stood[content] { // what was first read stands for itself
			add(content, from)
		}
	}
	return all
}

// contentOf tells exceptions apart by all that they say, wherever in the file they say it.
func contentOf(e definition.Exception) string {
	e.Pos = definition.Pos{}
	return digest(e)
}

// grant notes when each exception first comes into force, and forgets those that are granted no more.
func (s *State) grant(now time.Time) (changed bool) {
	granted := map[string]time.Time{}
	for _, e := range s.nexus.Definition.Exceptions {
		content := contentOf(e)
		if granted[content] = s.inForce.Granted[content]; granted[content].IsZero() {
			granted[content] = now
		}
	}
	if maps.Equal(granted, s.inForce.Granted) {
		return false
	}
	s.inForce.Granted = granted
	s.touch(inForceDoc, "")
	return true
}

// void says of the exceptions of a definition that are not in force, by id, why.
func (s *State) void(d *definition.Definition, by map[string]origin) map[string]string {
	void := map[string]string{}
	for i := range d.Exceptions {
		e := &d.Exceptions[i]
		content := contentOf(*e)
		granted, known := s.inForce.Granted[content]
		switch from, came := by[content]; {
		case known && d.TooFar(e, granted):
			void[e.ID] = fmt.Sprintf("it came into force on %s, and %s lies more than %d days after that",
				granted.In(d.Zone).Format(time.DateOnly), e.LastDay().Format(time.DateOnly), d.Longest)
		case came:
			if why := s.unproved(e, from); why != "" {
				void[e.ID] = why
			}
		}
	}
	return void
}

// unproved says why the change that brought an exception does not bear out who asked for it and who approved it.
func (s *State) unproved(e *definition.Exception, from origin) string {
	h, _ := s.place()
	forge := string(h.Forge)
	approved := slices.ContainsFunc(from.Approvers, func(login string) bool { return isLogin(forge, e.ApprovedBy, login) })
	switch {
	case from.Change == "":
		return fmt.Sprintf("asked for by %s, and no change that is known brought it", e.RequestedBy)
	case !isLogin(forge, e.RequestedBy, from.Author):
		return fmt.Sprintf("asked for by %s, and the change that brought it (%s) is %s's", e.RequestedBy, from.Change, from.Author)
	case !approved && len(from.Approvers) == 0:
		return fmt.Sprintf("approved by %s, and nobody of the Integration Team has approved the change that brought it (%s)", e.ApprovedBy, from.Change)
	case !approved:
		return fmt.Sprintf("approved by %s, and the change that brought it (%s) was approved by %s", e.ApprovedBy, from.Change, strings.Join(from.Approvers, ", "))
	default:
		return ""
	}
}

// isLogin says whether a name in a definition is somebody on a forge, as the Integration Team's names are.
func isLogin(forge, name, login string) bool {
	return definition.IntegrationTeam{ScrumMaster: name}.Includes(forge, login)
}
