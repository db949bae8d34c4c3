package webhook

import (
	"errors"
	"fmt"

	"github.com/nexusgate/nexusgate/gate"
)

// reading is how one kind of delivery is read. The zero one is of an event that we do not use.
type reading struct {
	events func(gate.Delivery) ([]gate.Event, error)
	// places are where those events can be of. It errs only where events does.
	places func(gate.Delivery) ([]string, error)
}

func readingOf(d gate.Delivery) (reading, error) {
	switch {
	case d.Source != gate.FromGitHub && d.Source != gate.FromGitLab:
		return reading{}, fmt.Errorf("a delivery of %q is not a webhook's", d.Source)
	case d.Event == "":
		return reading{}, errors.New("the delivery names no event")
	case d.Source == gate.FromGitHub:
		return githubReading(d.Event), nil
	default:
		return gitlabReading(d.Event), nil
	}
}

// known is the event as a label of a metric.
func known(source gate.Source, event string) string {
	r, err := readingOf(gate.Delivery{Source: source, Event: event})
	if err != nil || r.events == nil {
		return Other
	}
	return event
}

// githubReading is the zero one for an event that we do not use.
// https://docs.github.com/en/webhooks/webhook-events-and-payloads
func githubReading(event string) reading {
	switch event {
	case "ping":
		return unused()
	case "push":
		return reading{githubPush, githubPlaces}
	case "create":
		return unused() // the push that created the branch says more
	case "delete":
		return reading{githubDelete, githubPlaces}
	case "pull_request":
		return reading{githubPullRequest, githubPlaces}
	case "pull_request_review":
		return reading{githubReview, githubPlaces}
	case "issue_comment":
		return reading{githubComment, githubPlaces}
	case "issues":
		return reading{githubIssues, githubPlaces}
	case "issue_dependencies":
		return reading{githubDependencies, githubPlaces}
	case "sub_issues":
		return reading{githubSubIssues, githubPlaces}
	case "milestone":
		return reading{githubMilestones, githubPlaces}
	case "label":
		return reading{githubLabels, githubPlaces}
	case "merge_group":
		return reading{githubMergeGroup, githubPlaces}
	case "check_run":
		return reading{githubCheckRun, githubPlaces}
	case "check_suite":
		return reading{githubCheckSuite, githubPlaces}
	case "workflow_run":
		return reading{githubWorkflowRun, githubPlaces}
	case "workflow_job":
		return reading{githubWorkflowJob, githubPlaces}
	case "status":
		return reading{githubStatus, githubPlaces}
	case "deployment_protection_rule":
		return reading{githubDeployment, githubPlaces}
	case "release":
		return reading{githubRelease, githubPlaces}
	case "repository":
		return reading{githubRepository, githubRepositoryPlaces}
	case "installation":
		return reading{githubInstallation, githubInstallationPlaces}
	case "installation_repositories":
		return reading{githubInstallationRepositories, githubInstallationPlaces}
	default:
		return reading{}
	}
}

// gitlabReading is the zero one for a hook that we do not use.
// https://docs.gitlab.com/user/project/integrations/webhook_events/
func gitlabReading(event string) reading {
	switch event {
	case "Push Hook":
		return reading{gitlabPush, gitlabPlaces}
	case "Tag Push Hook":
		return reading{gitlabTag, gitlabPlaces}
	case "Release Hook":
		return reading{gitlabRelease, gitlabPlaces}
	case "Merge Request Hook":
		return reading{gitlabMergeRequest, gitlabPlaces}
	case "Issue Hook", "Confidential Issue Hook", "Work Item Hook", "Confidential Work Item Hook":
		return reading{gitlabIssue, gitlabProjectPlaces}
	case "Milestone Hook":
		return reading{gitlabMilestones, gitlabProjectPlaces}
	case "Note Hook", "Confidential Note Hook":
		return reading{gitlabNote, gitlabPlaces}
	case "Pipeline Hook":
		return reading{gitlabPipeline, gitlabPlaces}
	case "Job Hook":
		return reading{gitlabJob, gitlabPlaces}
	case statusCheckEvent:
		return reading{gitlabStatusCheck, gitlabPlaces}
	case "Deployment Hook":
		return reading{gitlabDeployment, gitlabPlaces}
	case "System Hook":
		return reading{gitlabSystem, gitlabSystemPlaces}
	default:
		return reading{}
	}
}

// unused is of an event that is known, and that we do not use.
func unused() reading {
	return reading{
		events: func(gate.Delivery) ([]gate.Event, error) { return nil, nil },
		places: func(gate.Delivery) ([]string, error) { return nil, nil },
	}
}
