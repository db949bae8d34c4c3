package webhook

import "github.com/nexusgate/nexusgate/gate"

// gitlabSystem reads a hook of the whole instance, which says the same as a project's hook and names
// its object in the body alone.
func gitlabSystem(d gate.Delivery) ([]gate.Event, error) {
	n, err := readNaming(d)
	if err != nil {
		return nil, err
	}
	switch n.kind() {
	case "push":
		return gitlabPush(d)
	case "merge_request":
		return gitlabMergeRequest(d)
	case "pipeline":
		return gitlabPipeline(d)
	case "build":
		return gitlabJob(d)
	case "project_rename", "project_transfer", "project_destroy":
		return gitlabProjectSeen(d)
	default: // people, groups, keys; repository_update, which repeats the pushes
		return nil, nil
	}
}
