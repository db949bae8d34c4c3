package gate

import "time"

// EventTime is the forge's own time of what an event tells; zero where it tells none.
func EventTime(e Event) time.Time {
	switch e := e.(type) {
	case Pushed:
		return e.PushedAt
	case ChangeSeen:
		return e.UpdatedAt
	case GroupSeen:
		return e.At
	case Reviewed:
		return e.At
	case Reported:
		return e.Evidence.Observed
	case Signed:
		return e.At
	case ItemSeen:
		return e.UpdatedAt
	case ItemLinked:
		return e.At
	case MilestoneSeen:
		return e.Milestone.At
	case DeploymentAsked:
		return e.At
	case RepositorySeen:
		return e.At
	case ReleaseSeen:
		return e.At
	case TagSeen:
		return e.PushedAt
	default:
		return time.Time{}
	}
}
