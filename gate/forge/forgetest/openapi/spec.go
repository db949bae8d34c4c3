package openapi

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// used are the paths of GitHub's API that nexusgate speaks to. The whole description has 811 and
// takes long to read; a request to any other is a fault, which says to add its path here.
const used = `
/app/installations/{installation_id}/access_tokens
/repos/{owner}/{repo}
/repos/{owner}/{repo}/installation
/repos/{owner}/{repo}/git/ref/{ref}
/repos/{owner}/{repo}/git/tags/{tag_sha}
/repos/{owner}/{repo}/releases
/repos/{owner}/{repo}/git/commits/{commit_sha}
/repos/{owner}/{repo}/contents/{path}
/repos/{owner}/{repo}/compare/{basehead}
/repos/{owner}/{repo}/pulls/{pull_number}
/repos/{owner}/{repo}/pulls/{pull_number}/files
/repos/{owner}/{repo}/pulls/{pull_number}/reviews
/repos/{owner}/{repo}/issues
/repos/{owner}/{repo}/issues/{issue_number}
/repos/{owner}/{repo}/issues/{issue_number}/dependencies/blocked_by
/repos/{owner}/{repo}/issues/{issue_number}/comments
/repos/{owner}/{repo}/issues/comments/{comment_id}
/repos/{owner}/{repo}/commits
/repos/{owner}/{repo}/commits/{commit_sha}/pulls
/repos/{owner}/{repo}/check-runs
/repos/{owner}/{repo}/check-runs/{check_run_id}
/repos/{owner}/{repo}/commits/{ref}/check-runs
/app
/app/installations
/app-manifests/{code}/conversions
/installation/repositories
/repos/{owner}/{repo}/branches/{branch}
/repos/{owner}/{repo}/rules/branches/{branch}
/app/hook/config
/app/hook/deliveries
/app/hook/deliveries/{delivery_id}/attempts
/repos/{owner}/{repo}/pulls
/repos/{owner}/{repo}/git/matching-refs/{ref}
/repos/{owner}/{repo}/commits/{ref}/check-suites
/repos/{owner}/{repo}/commits/{ref}/statuses
/repos/{owner}/{repo}/actions/runs
/repos/{owner}/{repo}/actions/runs/{run_id}
/repos/{owner}/{repo}/actions/runs/{run_id}/jobs
/repos/{owner}/{repo}/actions/runs/{run_id}/deployment_protection_rule
/repos/{owner}/{repo}/actions/workflows
/repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches
/repos/{owner}/{repo}/actions/workflows/{workflow_id}/runs
`

// Spec is the part of a description that requests are checked against.
type Spec struct{ doc *openapi3.T }

// raw is a description with its parts unread.
type raw struct {
	OpenAPI    string                                `json:"openapi"`
	Info       json.RawMessage                       `json:"info"`
	Paths      map[string]json.RawMessage            `json:"paths"`
	Components map[string]map[string]json.RawMessage `json:"components"`
}

// Load reads a description from a file and keeps what is needed of it. Where the file is missing,
// the error says how to get it.
func Load(file string) (*Spec, error) {
	source, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("GitHub's description of its API is not there; run make testdata: %w", err)
	}
	if err != nil {
		return nil, fmt.Errorf("reading GitHub's description of its API: %w", err)
	}
	var whole raw
	if err := json.Unmarshal(source, &whole); err != nil {
		return nil, fmt.Errorf("reading %s: %w", file, err)
	}
	trimmed, err := whole.trim()
	if err != nil {
		return nil, fmt.Errorf("trimming %s: %w", file, err)
	}
	doc, err := openapi3.NewLoader().LoadFromData(trimmed)
	if err != nil {
		return nil, fmt.Errorf("loading the trimmed %s: %w", file, err)
	}
	return &Spec{doc}, nil
}

// trim keeps the used paths and the components that they stand on.
func (r *raw) trim() ([]byte, error) {
	kept := raw{OpenAPI: r.OpenAPI, Info: r.Info, Paths: map[string]json.RawMessage{}, Components: map[string]map[string]json.RawMessage{}}
	for path := range strings.FieldsSeq(used) {
		if r.Paths[path] == nil {
			return nil, fmt.Errorf("the description has no path %s", path)
		}
		kept.Paths[path] = r.Paths[path]
		r.follow(r.Paths[path], &kept)
	}
	return json.Marshal(kept)
}

// follow keeps the components that a piece refers to, and those that they refer to.
func (r *raw) follow(piece json.RawMessage, kept *raw) {
	for _, reference := range strings.Split(string(piece), `"#/components/`)[1:] {
		reference, _, _ = strings.Cut(reference, `"`)
		kind, name, _ := strings.Cut(reference, "/")
		component := r.Components[kind][name]
		if component == nil || kept.Components[kind][name] != nil {
			continue
		}
		if kept.Components[kind] == nil {
			kept.Components[kind] = map[string]json.RawMessage{}
		}
		kept.Components[kind][name] = component
		r.follow(component, kept)
	}
}
