package gate

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// DeploymentAsked tells that a deployment waits for our word: on GitHub that of a job whose environment has our
// custom protection rule, on GitLab one that is blocked, whose environment asks for approvals.
type DeploymentAsked struct {
	Repo        Repo
	Commit      string
	Environment string
	Deployment  int64  // 0: not told; of a job of GitLab's that waits by hand
	Job         int64  // GitLab: that deploys, by which it is told from others
	Run         int64  // of the workflow, or the pipeline, which waits; 0 where not told
	Callback    string // where GitHub says that the answer goes
	At          time.Time
}

func (DeploymentAsked) event() {}

func (e DeploymentAsked) key() string {
	return fmt.Sprintf("%s/%d/%s", e.Repo.Key(), cmp.Or(e.Job, e.Deployment), e.Environment)
}

// Deployment is one that waits, or on GitLab one that waited.
type Deployment struct {
	Key         string    `json:"key"` // unique within its Nexus
	Repo        Repo      `json:"repo"`
	Commit      string    `json:"commit"`
	Environment string    `json:"environment"`
	ID          int64     `json:"id,omitempty"`  // GitLab's; 0: not told
	Job         int64     `json:"job,omitempty"` // GitLab's
	Run         int64     `json:"run"`
	Callback    string    `json:"callback"`
	Since       time.Time `json:"since"`
	Told        bool      `json:"told,omitempty"` // that it is waited for
	// Answered says that GitLab is being told, or was: jobs that waited are told of again and again.
	Answered Outcome   `json:"answered,omitempty"`
	Sought   bool      `json:"sought,omitempty"`  // and once no such deployment was found
	Refused  string    `json:"refused,omitempty"` // why the forge took no answer
	Again    time.Time `json:"again,omitzero"`    // when it is asked for next, after that
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

// DeploymentAnswer is the body of an [AnswerErrand] and of an [ApproveErrand].
type DeploymentAnswer struct {
	Run         int64   `json:"run"`
	Environment string  `json:"environment"`
	Callback    string  `json:"callback"` // its host has to be the forge's own
	Outcome     Outcome `json:"outcome"`  // Awaiting: it goes on waiting, and is told why
	Why         string  `json:"why"`
	Page        string  `json:"page,omitempty"`
	Commit      string  `json:"commit,omitempty"` // that is deployed

	// Of an [ApproveErrand]: which deployment it is for.
	Deployment int64 `json:"deployment,omitempty"` // 0: that of the job
	Job        int64 `json:"job,omitempty"`
}

// Deployments are those of a Nexus that wait for an answer, in the order of their keys.
func (l *Ledger) Deployments(nexus string) (all []Deployment) {
	s, known := l.standingOf(nexus)
	if !known {
		return nil
	}
	for _, key := range sortedKeys(s.deployments) {
		d := *s.deployments[key]
		if d.Answered != "" || !s.answers(d.Repo, d.Environment) {
			continue
		}
		d.Repo = s.asKnown(d.Repo)
		all = append(all, d)
	}
	return all
}

// answers says whether deployments to an environment are ours to answer. GitHub asks us alone. GitLab asks whoever
// may approve, and people are meant by that unless the definition names the environment.
func (s *State) answers(repo Repo, environment string) bool {
	return repo.Forge != GitLab || s.nexus.Definition.Release.Names(environment)
}

// mostDeployments bounds those that wait at a time: one that nobody answers fails on the forge within a month.
const mostDeployments = 1000

func (s *State) foldDeploymentAsked(e DeploymentAsked, m moment) bool {
	if !s.answers(e.Repo, e.Environment) {
		return false
	}
	s.behind(e)
	key := e.key()
	if d := s.deployments[key]; d != nil {
		s.askAgain(d, e, m)
		return true
	}
	if len(s.deployments) >= mostDeployments && !s.forgetAnswered() {
		return false
	}
	s.deployments[key] = deploymentOf(e, m.received)
	s.touch(deploymentDoc, key)
	return true
}

// doorJob begins the names of GitLab's jobs that wait at the door, as templates/wait.yml calls its own.
const doorJob = "nexusgate-wait"

// deploysTo is the environment that a job deploys to, where the door in front of it is ours. A job that waits at the
// door stands in the very pipeline that the door may rest on, and goes out with those that deploy.
func (s *State) deploysTo(e Reported) string {
	if e.Evidence.Kind == "job" && e.Repo.Forge == GitLab && strings.HasPrefix(e.Evidence.Name, doorJob) {
		return e.Evidence.Name
	}
	if e.Evidence.Kind != "job" || e.Repo.Forge != GitLab || s.answers(e.Repo, e.Evidence.Deploys) {
		return e.Evidence.Deploys
	}
	for _, d := range s.deployments {
		if e.Evidence.byHand() && d.Job == e.Evidence.Run.Job && d.Repo.Key() == e.Repo.Key() {
			return d.Environment
		}
	}
	return ""
}

// behind keeps the job that deploys from deciding whether it may: not every way to tell of a job says what it
// deploys to.
func (s *State) behind(e DeploymentAsked) {
	c := s.commits[commitKey(e.Repo.Key(), e.Commit)]
	if c == nil {
		return
	}
	job, known := c.objects()[fmt.Sprintf("job/%d", e.Job)]
	if !known || job.Deploys != "" || !job.byHand() {
		return
	}
	job.Deploys = e.Environment
	c.Objects[job.Object], c.resolved = job, nil
	s.touch(commitDoc, commitKey(e.Repo.Key(), e.Commit))
	s.stirCommit(commitKey(e.Repo.Key(), e.Commit))
}

// byHand says whether a job waits for somebody, as each does that waits for approvals: what has run is a test of
// something, whoever says that it deploys.
func (e *Evidence) byHand() bool { return e.conclusion() == "action_required" }

func deploymentOf(e DeploymentAsked, since time.Time) *Deployment {
	d := &Deployment{
		Key: e.key(), Repo: e.Repo, Commit: e.Commit, Environment: e.Environment, Job: e.Job, Run: e.Run, Callback: e.Callback, Since: since,
	}
	if e.Repo.Forge == GitLab {
		d.ID = e.Deployment
	}
	return d
}

// askAgain takes in what is told of a deployment once more. What we have read ourselves corrects what a webhook told.
func (s *State) askAgain(d *Deployment, e DeploymentAsked, m moment) {
	switch {
	case d.corrected(e) && !m.told:
		s.deployments[d.Key] = deploymentOf(e, m.received)
	case d.Repo.Forge == GitLab && d.ID == 0 && e.Deployment != 0:
		d.ID = e.Deployment
	default:
		return
	}
	s.touch(deploymentDoc, d.Key)
}

// corrected says whether a deployment on GitLab is of another commit, or has another number, than it is known by; or
// has one, where none was found when it was answered.
func (d *Deployment) corrected(e DeploymentAsked) bool {
	other := d.Commit != e.Commit || d.ID != e.Deployment && (d.ID != 0 || d.Answered != "")
	return d.Repo.Forge == GitLab && e.Deployment != 0 && other
}

// newlyAsked says whether a deployment is not known to wait, or to have been answered.
func (s *State) newlyAsked(e DeploymentAsked) bool {
	d := s.deployments[e.key()]
	return s.answers(e.Repo, e.Environment) && (d == nil || d.corrected(e))
}

// forgetAnswered makes room for one that waits, where another does no more: the one that was answered longest ago.
func (s *State) forgetAnswered() bool {
	oldest := (*Deployment)(nil)
	for _, key := range sortedKeys(s.deployments) {
		if d := s.deployments[key]; d.Answered != "" && (oldest == nil || d.Since.Before(oldest.Since)) {
			oldest = d
		}
	}
	if oldest != nil {
		delete(s.deployments, oldest.Key)
		s.touch(deploymentDoc, oldest.Key)
	}
	return oldest != nil
}

// foldDeploymentAnswered has the forge be told. What is decided waits no more; what is awaited is told of once, and
// on GitLab not at all: it knows no such word.
func (s *State) foldDeploymentAnswered(e DeploymentAnswered, m moment) bool {
	d := s.deployments[e.Key]
	if e.Nexus != s.name || d == nil || d.Answered != "" || d.Told && !e.Outcome.Decided() {
		return false
	}
	d.Told = true
	s.chronicleDeployment(d, e, m.now)
	switch {
	case d.Repo.Forge != GitLab:
		s.answer(AnswerErrand, d, e, m)
		if e.Outcome.Decided() {
			delete(s.deployments, d.Key)
		}
	case e.Outcome.Decided():
		s.answer(ApproveErrand, d, e, m)
		d.Answered = e.Outcome
	}
	s.touch(deploymentDoc, d.Key)
	return true
}

func (s *State) answer(kind ErrandKind, d *Deployment, e DeploymentAnswered, m moment) {
	a := DeploymentAnswer{
		Run: d.Run, Environment: d.Environment, Callback: d.Callback, Outcome: e.Outcome, Why: e.Why, Page: e.Page, Commit: d.Commit,
	}
	if kind == ApproveErrand {
		a.Deployment, a.Job = d.ID, d.Job
	}
	body, _ := json.Marshal(a) // numbers and texts always encode
	s.errands = append(s.errands, Errand{
		Nexus: s.name, Key: "deployment " + d.Key, Kind: kind, Repo: s.asKnown(d.Repo), Body: body, Made: m.now,
	})
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
