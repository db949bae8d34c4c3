package gate

import (
	"encoding/json"
	"fmt"
	"time"
)

// DeploymentAsked tells that a deployment waits for our word: that of a job on GitHub whose environment has our custom
// protection rule.
type DeploymentAsked struct {
	Repo        Repo
	Commit      string
	Environment string
	Deployment  int64
	Run         int64  // of the workflow, which waits
	Callback    string // where GitHub says that the answer goes
	At          time.Time
}

func (DeploymentAsked) event() {}

// Deployment is one that waits.
type Deployment struct {
	Key         string    `json:"key"` // unique within its Nexus
	Repo        Repo      `json:"repo"`
	Commit      string    `json:"commit"`
	Environment string    `json:"environment"`
	Run         int64     `json:"run"`
	Callback    string    `json:"callback"`
	Since       time.Time `json:"since"`
	Told        bool      `json:"told,omitempty"` // that it is waited for
}

// DeploymentAnswered is what the door said of a deployment that waits. It enters the log before the forge is told:
// what was judged at that moment is not judged again by a replay.
type DeploymentAnswered struct {
	Nexus     string  `json:"nexus"`
	Key       string  `json:"key"` // of the deployment
	Outcome   Outcome `json:"outcome"`
	Increment int64   `json:"increment,omitempty"`
	Why       string  `json:"why"`
	Page      string  `json:"page,omitempty"`
}

// DeploymentEvent is the event of the own deliveries that hold a [DeploymentAnswered].
const DeploymentEvent = "deployment"

func (DeploymentAnswered) event() {}

// DeploymentAnswer is the body of an [AnswerErrand].
type DeploymentAnswer struct {
	Run         int64   `json:"run"`
	Environment string  `json:"environment"`
	Callback    string  `json:"callback"` // its host has to be the forge's own
	Outcome     Outcome `json:"outcome"`  // Awaiting: it goes on waiting, and is told why
	Why         string  `json:"why"`
	Page        string  `json:"page,omitempty"`
}

// Deployments are those of a Nexus that wait for an answer, in the order of their keys.
func (l *Ledger) Deployments(nexus string) (all []Deployment) {
	s, known := l.standingOf(nexus)
	if !known {
		return nil
	}
	for _, key := range sortedKeys(s.deployments) {
		d := *s.deployments[key]
		d.Repo = s.asKnown(d.Repo)
		all = append(all, d)
	}
	return all
}

// mostDeployments bounds those that wait at a time: one that nobody answers fails on the forge within a month.
const mostDeployments = 1000

func (s *State) foldDeploymentAsked(e DeploymentAsked, m moment) bool {
	key := fmt.Sprintf("%s/%d/%s", e.Repo.Key(), e.Deployment, e.Environment)
	if s.deployments[key] != nil || len(s.deployments) >= mostDeployments {
		return s.deployments[key] != nil
	}
	s.deployments[key] = &Deployment{
		Key: key, Repo: e.Repo, Commit: e.Commit, Environment: e.Environment, Run: e.Run, Callback: e.Callback, Since: m.received,
	}
	s.touch(deploymentDoc, key)
	return true
}

// foldDeploymentAnswered has the forge be told. What is decided waits no more; what is awaited is told of once.
func (s *State) foldDeploymentAnswered(e DeploymentAnswered, m moment) bool {
	d := s.deployments[e.Key]
	if e.Nexus != s.name || d == nil || d.Told && !e.Outcome.Decided() {
		return false
	}
	body, err := json.Marshal(DeploymentAnswer{
		Run: d.Run, Environment: d.Environment, Callback: d.Callback, Outcome: e.Outcome, Why: e.Why, Page: e.Page,
	})
	if err != nil {
		return false
	}
	s.errands = append(s.errands, Errand{
		Nexus: s.name, Key: "deployment " + d.Key, Kind: AnswerErrand, Repo: s.asKnown(d.Repo), Body: body, Made: m.now,
	})
	if d.Told = true; e.Outcome.Decided() {
		delete(s.deployments, d.Key)
	}
	s.touch(deploymentDoc, d.Key)
	return true
}

// forgetDeployments forgets those that the forge has given up on long ago.
func (p *pruning) forgetDeployments() {
	for key, d := range p.s.deployments {
		if d.Since.Before(p.before) {
			delete(p.s.deployments, key)
			p.s.touch(deploymentDoc, key)
		}
	}
}
