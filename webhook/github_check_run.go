package webhook

import (
	"strings"

	"github.com/nexusgate/nexusgate/gate"
)

type githubCheckRunBody struct {
	githubEnvelope
	Sender    githubAccount `json:"sender"`
	Requested struct {
		Identifier string `json:"identifier"`
	} `json:"requested_action"`
	CheckRun struct {
		ID         int64     `json:"id"`
		Name       string    `json:"name"`
		HeadSHA    string    `json:"head_sha"`
		ExternalID string    `json:"external_id"`
		Status     string    `json:"status"`
		Conclusion string    `json:"conclusion"`
		Started    moment    `json:"started_at"`
		Completed  moment    `json:"completed_at"`
		HTMLURL    string    `json:"html_url"`
		App        githubApp `json:"app"`
		Suite      struct {
			ID int64 `json:"id"`
		} `json:"check_suite"`
	} `json:"check_run"`
}

// githubCheckRun reads a check run. Our own ones come back to us and are no evidence, except that
// somebody pressed "re-run" on one, or a button of it. GitHub tells that to the App that made the check and to
// no other.
func githubCheckRun(d gate.Delivery) ([]gate.Event, error) {
	b, err := body[githubCheckRunBody](d)
	if err != nil {
		return nil, err
	}
	r, err := b.reported("check run", b.CheckRun.ID, b.CheckRun.HeadSHA)
	switch {
	case err != nil:
		return nil, err
	case b.ours() && b.Action == "rerequested":
		return []gate.Event{gate.Rerequested{Repo: r.Repo, Commit: r.Commit}}, nil
	case b.ours() && b.Action == "requested_action":
		return b.signed(r), nil
	case b.ours():
		return nil, nil
	}
	r.Evidence = evidenced(d, b.evidence())
	return []gate.Event{r}, nil
}

// signed is the sign-off whose button somebody pressed. GitHub does not tell when.
func (b githubCheckRunBody) signed(r gate.Reported) []gate.Event {
	name, is := gate.SignOffOf(b.Requested.Identifier)
	if !is || b.Sender.Login == "" {
		return nil
	}
	return []gate.Event{gate.Signed{
		Repo: r.Repo, Commit: r.Commit, Name: name, By: string(gate.GitHub) + ":" + label(b.Sender.Login), Object: object("check", b.CheckRun.ID),
	}}
}

// ours says whether we made the check: the App's id is not told to a decoder, the mark is.
func (b githubCheckRunBody) ours() bool {
	return gate.Ours(b.CheckRun.Name) && strings.HasPrefix(b.CheckRun.ExternalID, gate.Mark)
}

func (b githubCheckRunBody) evidence() gate.Evidence {
	c := b.CheckRun
	status := githubStatusOf(c.Status)
	return gate.Evidence{
		Object: object("check", c.ID), Kind: "check", Name: label(c.Name),
		Producer: gate.Producer{App: c.App.name()}, Run: gate.Run{ID: c.ID},
		Started: c.Started.Time, Status: status, Observed: endOr(status, c.Started, c.Completed),
		Facts: concluded(status, c.Conclusion), URL: link(c.HTMLURL), Holder: object("suite", c.Suite.ID),
	}
}
