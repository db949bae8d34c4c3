package webhook

import "github.com/nexusgate/nexusgate/gate"

// gitlabSystem reads a hook of the whole instance, which says the same as a project's hook and names
// its object in the body alone.
func gitlabSystem(d gate.Delivery) ([]gate.Event, error) {
	n, err := readNaming(d)
	if err != nil {
		return nil, err
	}
	if read := gitlabSystemDecoder(n.kind()); read != nil {
		return read(d)
	}
	return nil, nil
}

// gitlabSystemDecoder is nil for what we do not use: people, groups, keys; and repository_update, which
// repeats the pushes.
func gitlabSystemDecoder(kind string) func(gate.Delivery) ([]gate.Event, error) {
	switch kind {
	case "push":
		return gitlabPush
	case "tag_push":
		return gitlabTag
	case "merge_request":
		return gitlabMergeRequest
	case "pipeline":
		return gitlabPipeline
	case "build":
		return gitlabJob
	case "project_rename", "project_transfer", "project_destroy":
		return gitlabProjectSeen
	default:
		return nil
	}
}
