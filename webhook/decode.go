package webhook

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"

	"github.com/nexusgate/nexusgate/gate"
)

// Decode says what a delivery says, in our words. Nothing and no error means that nothing rests on
// it: an event or an action that we do not use, or one of our own reports coming back. An error is
// the reason to set the delivery aside; it is short enough to be shown.
//
// Decode is pure, and the same body decodes to the same events for ever. It does not take deliveries
// of gate.FromUs, which are events already.
func Decode(d gate.Delivery) ([]gate.Event, error) {
	read, err := decoderOf(d)
	if err != nil {
		return nil, reason{err}
	}
	if read == nil {
		return nil, nil
	}
	events, err := read(d)
	if err != nil {
		return nil, reason{fmt.Errorf("reading a %s of %s: %w", text(d.Event, maxHeader), d.Source, err)}
	}
	return events, nil
}

// decoder reads one kind of body.
type decoder func(gate.Delivery) ([]gate.Event, error)

func decoderOf(d gate.Delivery) (decoder, error) {
	switch {
	case d.Source != gate.FromGitHub && d.Source != gate.FromGitLab:
		return nil, fmt.Errorf("a delivery of %q is not a webhook's", d.Source)
	case d.Event == "":
		return nil, errors.New("the delivery names no event")
	case d.Source == gate.FromGitHub:
		return githubDecoder(d.Event), nil
	default:
		return gitlabDecoder(d.Event), nil
	}
}

// known is the event as a label of a metric.
func known(source gate.Source, event string) string {
	if read, err := decoderOf(gate.Delivery{Source: source, Event: event}); err != nil || read == nil {
		return Other
	}
	return event
}

// githubDecoder is nil for an event that we do not use.
// https://docs.github.com/en/webhooks/webhook-events-and-payloads
func githubDecoder(event string) decoder {
	switch event {
	case "ping":
		return unused
	case "push":
		return githubPush
	case "create":
		return unused // the push that created the branch says more
	case "delete":
		return githubDelete
	case "pull_request":
		return githubPullRequest
	case "pull_request_review":
		return githubReview
	case "merge_group":
		return githubMergeGroup
	case "check_run":
		return githubCheckRun
	case "check_suite":
		return githubCheckSuite
	case "workflow_run":
		return githubWorkflowRun
	case "workflow_job":
		return githubWorkflowJob
	case "status":
		return githubStatus
	case "repository":
		return githubRepository
	case "installation":
		return githubInstallation
	case "installation_repositories":
		return githubInstallationRepositories
	default:
		return nil
	}
}

// gitlabDecoder is nil for a hook that we do not use.
// https://docs.gitlab.com/user/project/integrations/webhook_events/
func gitlabDecoder(event string) decoder {
	switch event {
	case "Push Hook":
		return gitlabPush
	case "Tag Push Hook":
		return unused
	case "Merge Request Hook":
		return gitlabMergeRequest
	case "Pipeline Hook":
		return gitlabPipeline
	case "Job Hook":
		return gitlabJob
	case "System Hook":
		return gitlabSystem
	default:
		return nil
	}
}

func unused(gate.Delivery) ([]gate.Event, error) { return nil, nil }

// body reads the fields of T and passes over all others, so that a field of another shape elsewhere
// in the body, as old and new forges send them, does no harm.
func body[T any](d gate.Delivery) (T, error) {
	var t T
	err := json.Unmarshal(plain(d), &t)
	return t, err
}

// plain is the JSON in the body. A GitHub webhook that was set up without choosing a content type
// sends it as the field of a form.
func plain(d gate.Delivery) []byte {
	if d.Source != gate.FromGitHub || !bytes.HasPrefix(d.Body, []byte("payload=")) {
		return d.Body
	}
	form, err := url.ParseQuery(string(d.Body))
	if err != nil {
		return d.Body
	}
	return []byte(form.Get("payload"))
}

// reason is why a delivery is set aside, cut to what a page can show: an error of the JSON decoder
// repeats a number of any length.
type reason struct{ err error }

func (r reason) Error() string { return text(r.err.Error(), 500) }
func (r reason) Unwrap() error { return r.err }
