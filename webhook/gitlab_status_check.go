package webhook

import (
	"crypto/hmac"
	"encoding/hex"
	"net/http"
	"strconv"
	"time"

	"github.com/nexusgate/nexusgate/gate"
)

// statusCheckEvent is our word for what an external status check of GitLab's sends: it bears no event.
const statusCheckEvent = "External Status Check"

// checkSignature is the header in which it is signed: the HMAC-SHA256 of the body in hexadecimal, with the check's
// shared secret. There is no token, no time and no id besides.
// https://docs.gitlab.com/user/project/merge_requests/status_checks/
const checkSignature = "X-Gitlab-Signature"

func ofStatusCheck(h http.Header) bool {
	return h.Get("X-Gitlab-Event") == "" && h.Get(checkSignature) != ""
}

// signedAsCheckBy are the tokens that a status check is signed with. Every one is tried, so that the time taken does
// not tell which matched.
func signedAsCheckBy(tokens []token, h http.Header, body []byte) []token {
	mac, err := hex.DecodeString(h.Get(checkSignature))
	if err != nil {
		return nil
	}
	var found []token
	for _, t := range tokens {
		if hmac.Equal(mac, sign(t.secret, body)) {
			found = append(found, t)
		}
	}
	return found
}

// statusCheckKey keeps what is sent several times for one, and not what somebody has sent once more: a check that is
// retried asks in the very words of before.
func statusCheckKey(body []byte, now time.Time) string {
	return digest(body) + "@" + strconv.FormatInt(now.Unix()/60, 10)
}

type gitlabStatusCheckBody struct {
	gitlabNaming
	Check struct {
		ID   int64  `json:"id"`
		Name string `json:"name"`
	} `json:"external_approval_rule"`
}

// gitlabStatusCheck reads which check asks for which merge request. What else it says of that its webhook says as
// well, with more proof.
func gitlabStatusCheck(d gate.Delivery) ([]gate.Event, error) {
	b, err := body[gitlabStatusCheckBody](d)
	if err != nil {
		return nil, err
	}
	m, err := attributes[gitlabMerge](b.gitlabNaming)
	if err != nil {
		return nil, err
	}
	repo, err := b.spokenOf()
	if err != nil {
		return nil, err
	}
	if err := identified("external status check", b.Check.ID); err != nil {
		return nil, err
	}
	if err := identified("merge request", int64(m.IID)); err != nil {
		return nil, err
	}
	return []gate.Event{gate.CheckAsked{Repo: repo, Number: m.IID, Check: b.Check.ID, Name: label(b.Check.Name)}}, nil
}
