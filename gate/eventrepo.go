package gate

// repoOf is the repository that an event is of; the zero one where it is of none.
func repoOf(e Event) Repo {
	switch e := e.(type) {
	case Pushed:
		return e.Repo
	case ChangeSeen:
		return e.Repo
	case GroupSeen:
		return e.Repo
	case Reviewed:
		return e.Repo
	case Reported:
		return e.Repo
	case Rerequested:
		return e.Repo
	case DeploymentAsked:
		return e.Repo
	case CheckAsked:
		return e.Repo
	case ReleaseSeen:
		return e.Repo
	case TagSeen:
		return e.Repo
	case TagRead:
		return e.Repo
	case HeadRead:
		return e.Repo
	case FileRead:
		return e.Repo
	case CommitRead:
		return e.Repo
	case PathsRead:
		return e.Repo
	case ChangeRead:
		return e.Repo
	case NexusRead:
		return e.Repo
	case LandingRead:
		return e.Repo
	case Signed:
		return e.Repo
	case Submitted:
		return e.Repo
	case ItemSeen:
		return e.Repo
	case ItemLinked:
		return e.Repo
	case MilestoneSeen:
		return e.Repo
	case LabelRenamed:
		return e.Repo
	default:
		return Repo{}
	}
}
