package forge

import (
	"context"
	"errors"
	"net/http"

	"github.com/xanzy/go-gitlab"

	"github.com/nexusgate/nexusgate/gate"
)

// The words that an external status check is told.
const (
	checkPassed = "passed"
	checkFailed = "failed"
)

// answerCheck tells an external status check whether a merge request passed. One that has failed, because it was told
// so or waited for more than two minutes, is retried before it is told that it passed.
// https://docs.gitlab.com/api/status_checks/
func (p *project) answerCheck(ctx context.Context, e Errand) (done gate.ErrandDone, err error) {
	a, err := bodyOf[gate.CheckAnswer](e)
	if err != nil {
		return done, err
	}
	word := checkFailed
	if a.Passed {
		word = checkPassed
	}
	says, err := p.checkSays(ctx, a)
	if err != nil || says == "" || says == word {
		return checked(done, err)
	}
	if a.Passed && says == checkFailed {
		_, err := p.ExternalStatusChecks.RetryFailedStatusCheckForAMergeRequest(p.id, a.Number, int(a.Check), during(ctx, "retry_status_check"))
		if code := statusOf(err); err != nil && code != http.StatusUnprocessableEntity && code != http.StatusNotFound {
			return checked(done, err) // one that has not failed any more, and a GitLab that cannot retry, are told as they are
		}
	}
	_, err = p.ExternalStatusChecks.SetExternalStatusCheckStatus(p.id, a.Number, &gitlab.SetExternalStatusCheckStatusOptions{
		SHA: &a.Commit, ExternalStatusCheckID: gitlab.Ptr(int(a.Check)), Status: &word,
	}, during(ctx, "answer_status_check"))
	if statusOf(err) == http.StatusConflict {
		err = nil // the head is another one by now, which is told for itself
	}
	return checked(done, err)
}

// checked says what to grant where GitLab does not let us.
func checked(done gate.ErrandDone, err error) (gate.ErrandDone, error) {
	later := (*Later)(nil)
	switch code := statusOf(err); {
	case errors.As(err, &later):
	case code == http.StatusForbidden, code == http.StatusNotFound:
		done.Refused, err = "GitLab takes no word from the token's user ("+wordOf(err)+"); give it at least the role Developer in the project, "+
			"so that it may approve the merge request", nil
	}
	return done, err
}

// checkSays is what a check says of the head; "" where there is no such check any more, or not for that branch.
func (p *project) checkSays(ctx context.Context, a gate.CheckAnswer) (string, error) {
	all, _, err := p.ExternalStatusChecks.ListMergeStatusChecks(p.id, a.Number, &gitlab.ListOptions{PerPage: pageSize}, during(ctx, "list_status_checks"))
	for _, one := range all {
		if int64(one.ID) == a.Check {
			return one.Status, err
		}
	}
	return "", err
}
