package gate

import (
	"cmp"
	"fmt"
	"strings"
	"time"
)

// How long it takes until a deployment of GitLab's is answered once more: where its job waits and no deployment is
// found yet, and where GitLab refused the answer, since somebody may grant meanwhile what we lack.
const (
	soughtAgain  = time.Minute
	refusedAgain = time.Hour
)

// foldApproved takes in what came of the answer to a deployment on GitLab.
func (s *State) foldApproved(e ErrandDone) bool {
	key, ours := strings.CutPrefix(e.Key, "deployment ")
	d := s.deployments[key]
	if !ours || d == nil || d.Answered == "" {
		return false
	}
	switch {
	case e.Refused != "":
		d.Refused, d.Answered, d.Again = e.Refused, "", e.At.Add(refusedAgain)
	case e.Run == 0 && !d.Sought:
		d.Sought, d.Answered, d.Again = true, "", e.At.Add(soughtAgain)
	default:
		d.Refused, d.ID = "", cmp.Or(e.Run, d.ID)
	}
	s.touch(deploymentDoc, key)
	return true
}

// deploymentWarnings tell of the deployments that are not let through although the door is open, or the reverse.
func (s *State) deploymentWarnings() (all []string) {
	for _, key := range sortedKeys(s.deployments) {
		if d := s.deployments[key]; d.Refused != "" {
			all = append(all, fmt.Sprintf("%s: its deployment to %s could not be answered: %s", s.asKnown(d.Repo), d.Environment, d.Refused))
		}
	}
	return all
}
