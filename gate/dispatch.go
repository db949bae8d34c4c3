package gate

// Dispatch is the body of a [DispatchErrand]: a workflow or a pipeline that is to be started.
type Dispatch struct {
	Workflow string            `json:"workflow,omitempty"` // GitHub: its file, "e2e.yml"
	Ref      string            `json:"ref"`                // the branch that it is started on
	Inputs   map[string]string `json:"inputs"`             // GitLab: variables
	Mark     string            `json:"mark"`               // the one of them that holds the errand's mark
}
