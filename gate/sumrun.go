package gate

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// sumRun is one run of the Increment's own pipeline, as its forge tells of it. Which composition it is of we know
// from the errand that started it, which may come before the forge's word or after it.
type sumRun struct {
	Digest  string              `json:"digest,omitempty"`  // of the composition; "" while it is not known to be ours
	Attempt int                 `json:"attempt,omitempty"` // at that composition
	Of      string              `json:"of,omitempty"`      // what was run, as the definition named it
	URL     string              `json:"url,omitempty"`
	Objects map[string]Evidence `json:"objects,omitempty"` // a run of GitHub once for each attempt
}

// mostSumRuns bounds the runs of the pipeline that are kept.
const mostSumRuns = 500

// sumRunKey is where a run is kept: by its repository, and by the object that holds all of it.
func sumRunKey(repo, holder string) string { return repo + " " + holder }

// holderOf is the run or the pipeline that a forge speaks of.
func holderOf(e *Evidence) string {
	if e.Kind == "pipeline" && e.Parent == "" {
		return e.Object
	}
	return cmp.Or(e.Parent, e.Holder)
}

// foldSumReport keeps what is told of a run of the Increment's pipeline. Others than those that were dispatched
// are none.
func (s *State) foldSumReport(e Reported, repo string, m moment) bool {
	if !s.integratesIn(repo) {
		return false
	}
	e.Evidence.Observed = settleClock(e.Evidence.Observed, m)
	key := s.sumRunOf(repo, &e.Evidence)
	r, known := s.sumRuns[key]
	if !known && !s.maySum(&e.Evidence) {
		return false
	}
	if !known {
		r = &sumRun{}
		s.sumRuns[key] = r
	}
	if r.add(e.Evidence) {
		s.touch(sumRunDoc, key)
		s.stirSum(r.Digest)
		s.cutSumRuns()
	}
	return true
}

// sumRunOf is where what is told of is kept: the job of a child pipeline with the pipeline that started that one.
func (s *State) sumRunOf(repo string, e *Evidence) string {
	holder := holderOf(e)
	own := sumRunKey(repo, holder)
	if s.sumRuns[own] != nil || e.Producer.App != GitLabCI {
		return own
	}
	for _, key := range sortedKeys(s.sumRuns) {
		if _, child := s.sumRuns[key].Objects[holder]; child && strings.HasPrefix(key, repo+" ") {
			return key
		}
	}
	return own
}

// maySum says whether a forge speaks of a run as the Increment's pipeline is started. A job is told of with its
// pipeline, too.
func (s *State) maySum(e *Evidence) bool {
	d := s.nexus.Definition.Integration
	if e.Kind != "pipeline" || e.Parent != "" {
		return false
	}
	if d.Workflow == "" {
		return e.Producer.App == GitLabCI && e.Trigger == "api"
	}
	file, _ := splitWorkflow(e.Producer.Workflow)
	return e.Producer.App == GitHubActions && e.Trigger == "workflow_dispatch" && strings.HasSuffix("/"+file, "/"+d.Workflow)
}

// add keeps the later word on an object. A run of GitHub that is run again keeps its number: each of its attempts
// is kept by itself.
func (r *sumRun) add(e Evidence) (changed bool) {
	key := e.Object
	if e.Producer.App == GitHubActions {
		key += "#" + strconv.Itoa(e.Run.Attempt)
	}
	if seen, ok := r.Objects[key]; ok {
		if compareEvidence(&seen, &e) >= 0 {
			seen, e = e, seen
			if both := merged(e, seen); both.Listed == e.Listed && both.Confirms == e.Confirms {
				return false
			}
		}
		e = merged(e, seen)
	}
	if r.Objects == nil {
		r.Objects = map[string]Evidence{}
	}
	r.Objects[key] = e
	return true
}

// tries are what the run came to: once, and of GitHub once more for each time that somebody ran it again.
func (r *sumRun) tries() []Evidence {
	tries := keep(Resolve(r.Objects), func(e Evidence) bool { return e.Kind == "pipeline" && e.Parent == "" })
	slices.SortFunc(tries, func(a, b Evidence) int { return cmp.Compare(a.Run.Attempt, b.Run.Attempt) })
	return tries
}

func (r *sumRun) heard() (last time.Time) {
	for _, e := range r.Objects {
		last = latest(last, latest(e.Observed, e.Run.Created))
	}
	return last
}

// cutSumRuns lets go of the oldest that are not known to be ours, where there are too many.
func (s *State) cutSumRuns() {
	if len(s.sumRuns) <= mostSumRuns {
		return
	}
	keys := slices.DeleteFunc(sortedKeys(s.sumRuns), func(key string) bool { return s.sumRuns[key].Digest != "" })
	if len(keys) == 0 {
		return
	}
	oldest := slices.MinFunc(keys, func(a, b string) int { return s.sumRuns[a].heard().Compare(s.sumRuns[b].heard()) })
	delete(s.sumRuns, oldest)
	s.touch(sumRunDoc, oldest)
}

// foldErrand takes in what came of an errand.
func (s *State) foldErrand(e ErrandDone) bool {
	if s.nexus == nil || e.Nexus != s.name {
		return false
	}
	switch e.Kind {
	case DispatchErrand:
		return s.foldDispatched(e)
	case ApproveErrand:
		return s.foldApproved(e)
	case CheckErrand:
		return s.foldChecked(e)
	case AnswerErrand, ReleaseErrand:
	}
	return false
}

// foldDispatched ties a run to the composition that it was started for. That does not ask whether the run is
// waited for: it is of that composition, whatever was decided meanwhile.
func (s *State) foldDispatched(e ErrandDone) bool {
	d := s.nexus.Definition.Integration
	digest, attempt, of, ok := readDispatchKey(e.Key)
	if !ok || d == nil || of != digestOf(d.Says()) {
		return false
	}
	if e.Refused != "" {
		return s.refuseDispatch(e)
	}
	s.bindSum(e.Repo)
	holder := fmt.Sprintf("run/%d", e.Run)
	if e.Repo.Forge == GitLab {
		holder = fmt.Sprintf("pipeline/%d", e.Run)
	}
	key := sumRunKey(e.Repo.Key(), holder)
	if s.sumRuns[key] == nil {
		s.sumRuns[key] = &sumRun{}
	}
	r := s.sumRuns[key]
	r.Digest, r.Attempt, r.Of, r.URL = digest, attempt, of, e.URL
	s.touch(sumRunDoc, key)
	if u := s.integrating.Under; u != nil && u.Key == e.Key && u.Run == "" {
		u.Run, u.URL = key, e.URL
		s.touch(integratingDoc, "")
	}
	s.stirSum(digest)
	return true
}

// dispatchKey is the key of the errand that starts the pipeline on a composition, the next time.
func dispatchKey(digest string, attempt int, of string) string {
	return fmt.Sprintf("dispatch %s %d %s", digest, attempt, of)
}

func readDispatchKey(key string) (digest string, attempt int, of string, ok bool) {
	words := strings.Fields(key)
	if len(words) != 4 || words[0] != "dispatch" {
		return "", 0, "", false
	}
	attempt, err := strconv.Atoi(words[2])
	return words[1], attempt, words[3], err == nil && attempt > 0
}

// stirSum has judged again what a composition is judged by, and looked at again what is to be run.
func (s *State) stirSum(digest string) {
	s.unintegrated = true
	s.stirHead(digest)
}

// stirHead has the head judged again where it is that composition.
func (s *State) stirHead(digest string) {
	if digest != "" && digest == s.record.Head.Digest && s.record.Number > 0 {
		s.stir(s.incrementSubject())
	}
}

// runsOf are the runs on a composition by the pipeline that the definition names, by attempt.
func (s *State) runsOf(digest string) []*sumRun {
	d := s.nexus.Definition.Integration
	if d == nil || digest == "" {
		return nil
	}
	of := digestOf(d.Says())
	var runs []*sumRun
	for _, key := range sortedKeys(s.sumRuns) {
		if r := s.sumRuns[key]; r.Digest == digest && r.Of == of {
			runs = append(runs, r)
		}
	}
	slices.SortStableFunc(runs, func(a, b *sumRun) int { return cmp.Compare(a.Attempt, b.Attempt) })
	return runs
}

// sumEvidence is what the runs on a composition come to: the last of as many as the definition allows for, and
// beside it each time that somebody ran one again, so that this can take away and not mend.
func (s *State) sumEvidence(digest string) []Evidence {
	var tries, again []Evidence
	for _, r := range s.runsOf(digest) {
		if all := r.tries(); len(all) > 0 {
			tries, again = append(tries, all[0]), append(again, all[1:]...)
		}
	}
	if len(tries) == 0 {
		return nil
	}
	last := tries[len(tries)-1]
	if u := s.integrating.Under; u != nil && u.Digest == digest && u.Attempt > len(tries) {
		last.Status, last.Facts = Queued, nil // it is run once more
	}
	found := []Evidence{last}
	for _, e := range again {
		e.Trigger += " again" // another identity: the worst of both counts
		found = append(found, e)
	}
	for i := range found {
		found[i].Name = cmp.Or(s.nexus.Definition.Integration.Name, found[i].Name)
		found[i].Remark = s.sumRemark(digest, len(tries), len(again))
	}
	return found
}

// sumRemark says which of how many attempts it is, and what is known of who broke it.
func (s *State) sumRemark(digest string, tries, again int) string {
	var words []string
	if allowed := s.nexus.Definition.Integration.Attempts; allowed > 1 || tries > 1 {
		words = append(words, fmt.Sprintf("attempt %d of at most %d", tries, max(tries, allowed)))
	}
	if again > 0 {
		words = append(words, fmt.Sprintf("run again %s by hand, and the worst counts", times(again)))
	}
	if c := s.integrating.blames(digest); c != nil {
		words = append(words, c.Says())
	}
	return strings.Join(words, "; ")
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

// forgetSumRuns forgets runs on compositions that are not the head's, that of the last done Increment, nor any of
// since one that passed.
func (p *pruning) forgetSumRuns() {
	s := p.s
	held := map[string]bool{s.record.Head.Digest: true, s.record.LastDone.Digest: true, s.integrating.Base.Digest: true}
	for _, step := range s.integrating.Steps {
		held[step.Digest] = true
	}
	if u := s.integrating.Under; u != nil {
		held[u.Digest] = true
	}
	delete(held, "")
	for key, r := range s.sumRuns {
		if !held[r.Digest] && r.heard().Before(p.before) {
			delete(s.sumRuns, key)
			s.touch(sumRunDoc, key)
		}
	}
}
