package gate

import (
	"slices"
	"strings"
	"time"
)

// awaited is evidence for a change whose head is told by its run's own delivery, which has not come yet.
type awaited struct {
	Evidence []Evidence `json:"evidence"`
	Commit   string     `json:"commit,omitempty"` // that the run has to be told of, where its jobs prove it
	At       time.Time  `json:"at"`
	Size     int        `json:"size,omitempty"` // of the evidence, in bytes
}

// The bounds of what waits for the deliveries of runs: pieces of evidence of one, runs, and bytes of all. What has
// waited longest makes room.
const (
	mostOfRun    = 100
	mostAwaited  = 2000
	mostAwaiting = 32 << 20
)

// pinned is the commit that a job proves the run of a change to be of. "" on GitHub, whose tokens name a merge
// that no branch holds.
func (e Submitted) pinned() string {
	if e.Job.Forge == GitLab {
		return e.Job.Commit
	}
	return ""
}

// awaitRun keeps evidence until its run is told of.
func (s *State) awaitRun(repo string, found Evidence, e Submitted) bool {
	key := commitKey(repo, found.Holder)
	w, ok := s.awaited[key]
	if !ok {
		w = &awaited{Commit: e.pinned()}
		s.awaited[key] = w
	}
	if slices.ContainsFunc(w.Evidence, func(e Evidence) bool { return e.Object == found.Object }) {
		return true
	}
	if w.isFull(found) {
		return false
	}
	w.Evidence, w.At, w.Size = append(w.Evidence, found), latest(w.At, e.At), w.Size+found.size()
	s.touch(awaitedDoc, key)
	s.makeRoom(key)
	return true
}

// isFull says whether no more evidence of the run is taken: it will all be of one commit.
func (w *awaited) isFull(found Evidence) bool {
	return len(w.Evidence) >= mostOfRun || w.Size+found.size() > mostFacts
}

// makeRoom lets go of what has waited longest, where too much waits. What has just come stays.
func (s *State) makeRoom(come string) {
	size := 0
	for _, w := range s.awaited {
		size += w.Size
	}
	for len(s.awaited) > mostAwaited || size > mostAwaiting {
		oldest := ""
		for _, key := range sortedKeys(s.awaited) {
			if key != come && (oldest == "" || s.awaited[key].At.Before(s.awaited[oldest].At)) {
				oldest = key
			}
		}
		size -= s.awaited[oldest].Size
		delete(s.awaited, oldest)
		s.touch(awaitedDoc, oldest)
	}
}

// ran takes up what waited for a run, or a pipeline, that is told of now.
func (s *State) ran(repo string, e Reported) {
	s.takeUp(commitKey(repo, e.Evidence.Object), repo, e.Commit)
}

// proposes takes up what waited for a change that is told of after its runs.
func (s *State) proposes(repo string, number int) {
	for _, key := range sortedKeys(s.awaited) {
		w := s.awaited[key]
		if !strings.HasPrefix(key, repo+" ") || w.Evidence[0].Change != number {
			continue
		}
		if commit := s.commitOf(repo, w.Evidence[0], w.Commit); commit != "" {
			s.takeUp(key, repo, commit)
		}
	}
}

func (s *State) takeUp(key, repo, commit string) {
	w, waits := s.awaited[key]
	if !waits || w.Commit != "" && w.Commit != commit {
		return
	}
	delete(s.awaited, key)
	s.touch(awaitedDoc, key)
	for _, found := range w.Evidence {
		s.submitOfRun(repo, commit, found)
	}
}

// submitOfRun keeps evidence for a change on the commit that its run tells, and of the change that the run is of.
func (s *State) submitOfRun(repo, commit string, found Evidence) bool {
	if run := s.commits[commitKey(repo, commit)].objects()[found.Holder]; found.Change == 0 {
		found.Change = run.Change
	}
	return s.submit(repo, commit, found)
}

// commitOf is the commit that the run of a change's evidence, or its pipeline, was told of: the one that it is
// pinned to, or a head of the change. "" where it was told of none of them. Of several, as after a forge has
// mended what it said, it is one.
func (s *State) commitOf(repo string, found Evidence, pinned string) string {
	among := []string{pinned}
	if c := s.changes[changeKey(repo, found.Change)]; pinned == "" && c != nil {
		among = sortedKeys(c.Heads)
	}
	for _, sha := range among {
		if c := s.commits[commitKey(repo, sha)]; c != nil {
			if _, has := c.objects()[found.Holder]; has {
				return sha
			}
		}
	}
	return ""
}
