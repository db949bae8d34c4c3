package gate

import (
	"fmt"
	"slices"
	"time"

	"github.com/nexusgate/nexusgate/definition"
)

// releases is since when a Nexus watches its releases: what was published before is history.
type releases struct {
	Since time.Time `json:"since,omitzero"`
	Tags  string    `json:"tags,omitempty"` // the glob of those that are releases by their names
}

// watchReleases begins to watch them, and ends it.
func (s *State) watchReleases(now time.Time) {
	rule := s.nexus.Definition.Release
	switch {
	case rule.Watched == !s.releases.Since.IsZero() && rule.Tags == s.releases.Tags:
		return
	case !rule.Watched:
		s.releases = releases{}
	case s.releases.Since.IsZero():
		s.releases.Since = now
	}
	s.releases.Tags = rule.Tags
	s.touch(releasesDoc, "")
	for _, key := range sortedKeys(s.tags) {
		s.calm(key, now)
		if !rule.Watched {
			delete(s.tags, key)
			s.touch(tagDoc, key)
		}
	}
}

// released says whether a tag is a release, and which one is published of it; nil where it is one by its name alone.
func (s *State) released(t *tag) (p *publication, is bool) {
	if at := t.stands(); at.Known && at.Gone || s.releases.Since.IsZero() {
		return nil, false
	}
	if p = t.publication(); p != nil && !p.At.Before(s.releases.Since.Truncate(time.Second)) {
		return p, true
	}
	return nil, s.releases.Tags != "" && definition.MatchGlob(s.releases.Tags, t.Name) &&
		slices.ContainsFunc(t.Ref.Pushes, func(p push) bool { return p.After != "" && !p.when().Before(s.releases.Since.Truncate(time.Second)) })
}

// Releases are those of a Nexus, in the order of their keys.
func (l *Ledger) Releases(nexus string) (all []Release) {
	s, known := l.standingOf(nexus)
	if !known {
		return nil
	}
	for _, key := range sortedKeys(s.tags) {
		if r, is := s.release(key); is {
			all = append(all, r)
		}
	}
	return all
}

func (s *State) release(key string) (r Release, is bool) {
	t := s.tags[key]
	p, is := s.released(t)
	if !is {
		return r, false
	}
	at, repo := t.stands(), t.Repo.Key()
	r = Release{Nexus: s.name, Key: key, Repo: s.asKnown(t.Repo), Tag: t.Name, Commit: at.Commit, Moved: t.moved(at), Told: t.tells()}
	if p != nil {
		r.Published = p.At
	}
	r.Components = s.onBranchesWith(repo, r.Commit)
	r.Strays = !s.onSomeBranch(repo, r.Commit)
	if j := t.Judged; j != nil {
		r.Judged, r.Times, r.Began, r.JudgedAt, r.Raised, r.Ended = j.Said, j.Times, j.Began, j.At, j.Raised, j.Ended
	}
	return r, true
}

// onSomeBranch says whether an integration branch of a repository is known to have stood at a commit.
func (s *State) onSomeBranch(repo, commit string) bool {
	return slices.ContainsFunc(s.componentsIn(repo), func(name string) bool {
		g, ok := s.nexus.Component(name)
		b := s.branches[branchKey(repo, g.branch())]
		return ok && (s.components[name].Commit == commit || b != nil && b.arrived(commit) != nil)
	})
}

// mostTags bounds the tags that are kept of a Nexus.
const mostTags = 500

// tag finds or makes what is known of a tag; nil where there is no room for it, or nothing of the Nexus goes out with
// it.
func (s *State) tag(repo Repo, name string) *tag {
	key := branchKey(repo.Key(), name)
	if t := s.tags[key]; t != nil {
		return t
	}
	if s.releases.Since.IsZero() || len(s.componentsIn(repo.Key())) == 0 || len(s.tags) >= mostTags && !s.forgetOldestTag() {
		return nil
	}
	t := &tag{Repo: repo, Name: name, Ref: branch{Forge: repo.Forge}}
	s.tags[key] = t
	return t
}

// forgetOldestTag makes room for another. An alarm that stands is not forgotten for it.
func (s *State) forgetOldestTag() bool {
	oldest := ""
	for _, key := range sortedKeys(s.tags) {
		t := s.tags[key]
		if (t.Judged == nil || !t.Judged.Said.Alarm) && (oldest == "" || t.heard().Before(s.tags[oldest].heard())) {
			oldest = key
		}
	}
	if oldest == "" {
		return false
	}
	delete(s.tags, oldest)
	s.touch(tagDoc, oldest)
	return true
}

// forgetTags forgets those that nothing was told of since. An alarm stands for as long as its release is kept.
func (p *pruning) forgetTags() {
	for key, t := range p.s.tags {
		if t.heard().Before(p.before) {
			delete(p.s.tags, key)
			p.s.touch(tagDoc, key)
		}
	}
}

func (s *State) foldReleaseSeen(e ReleaseSeen, m moment) bool {
	if e.At.Before(s.releases.Since.Truncate(time.Second)) || e.At.Before(s.record.Pruned) {
		return false
	}
	t := s.tag(e.Repo, e.Tag)
	if t == nil {
		return false
	}
	t.publish(e)
	s.touchTag(t, m)
	return true
}

func (s *State) foldTagSeen(e TagSeen, m moment) bool {
	t := s.tag(e.Repo, e.Tag)
	if t == nil {
		return false
	}
	if e.After != "" && e.Commit != "" {
		t.peel(e.After, e.Commit)
	}
	t.Ref.addPush(pushOf(Pushed{Repo: e.Repo, Before: e.Before, After: e.After, PushedAt: e.PushedAt}, m))
	s.touchTag(t, m)
	return true
}

func (s *State) foldTagRead(e TagRead, m moment) bool {
	t := s.tags[branchKey(e.Repo.Key(), e.Tag)]
	if t == nil {
		return false
	}
	if !e.Absent {
		t.peel(e.Object, e.Commit)
	}
	t.Ref.addRead(HeadRead{Repo: e.Repo, Commit: e.Object, Absent: e.Absent, At: e.At, Covers: e.Covers})
	s.touchTag(t, m)
	return true
}

func (s *State) touchTag(t *tag, m moment) {
	key := branchKey(t.Repo.Key(), t.Name)
	s.touch(tagDoc, key)
	s.calm(key, m.now)
}

// calm ends the alarm, or the waiting, of what is no release any more: it was taken back, its tag was deleted,
// or the definition means it no longer.
func (s *State) calm(key string, now time.Time) {
	t := s.tags[key]
	if _, is := s.released(t); is || t.Judged == nil || t.Judged.Said.Outcome == Done || t.Judged.Said.Outcome == "" {
		return
	}
	if t.Judged.Said.Alarm {
		t.Judged.Ended = now
	}
	t.Judged.Said.Alarm, t.Judged.Said.Outcome = false, ""
	s.touch(tagDoc, key)
	s.reportRelease(t.Repo, t.Judged.Said.Commit, now)
}

// foldReleaseJudged keeps what was said of a release, where it still is as it was judged, and has the forge be told.
func (s *State) foldReleaseJudged(e ReleaseJudged, m moment) bool {
	if s.nexus == nil || e.Nexus != s.name || s.tags[e.Key] == nil {
		return false
	}
	r, is := s.release(e.Key)
	if !is || r.Commit != e.Commit || !r.Published.Equal(e.Published) {
		return false
	}
	t := s.tags[e.Key]
	before := t.Judged
	t.Judged = before.then(e, m.now)
	if r.Moved == "" && e.Commit != "" {
		t.Judged.First = e.Commit
	}
	s.touch(tagDoc, e.Key)
	r, _ = s.release(e.Key)
	s.chronicleRelease(&r, m.now)
	if before != nil && before.Said.Commit != e.Commit {
		s.reportRelease(t.Repo, before.Said.Commit, m.now)
	}
	s.reportRelease(t.Repo, e.Commit, m.now)
	return true
}

// then is what was said once another thing is said.
func (j *judgedRelease) then(e ReleaseJudged, now time.Time) *judgedRelease {
	next := &judgedRelease{Said: e, Times: 1, Began: now, At: now}
	alarmed := false
	if j != nil {
		next.Times, next.Raised, next.Ended, alarmed = j.Times+1, j.Raised, j.Ended, j.Said.Alarm
		if j.Said.Published.Equal(e.Published) {
			next.First = j.First
		}
		if j.Said.Commit == e.Commit && j.Said.Published.Equal(e.Published) {
			next.Began = j.Began
		}
	}
	switch {
	case e.Alarm && !alarmed:
		next.Raised, next.Ended = now, time.Time{}
	case alarmed && !e.Alarm:
		next.Ended = now
	}
	return next
}

// wantedTags are the tags of releases of which only a read can tell what they name.
func (s *State) wantedTags() (wants []Want) {
	for _, key := range sortedKeys(s.tags) {
		t := s.tags[key]
		if _, is := s.released(t); is && !t.stands().Known {
			wants = append(wants, Want{Kind: WantTag, Repo: s.asKnown(t.Repo), Tag: t.Name, Covers: t.covers(), Landed: true})
		}
	}
	return wants
}

// fromReleases are the first few tags that are released from a commit and were judged at it.
func (s *State) fromReleases(repo, commit string) (all []*tag) {
	for _, key := range sortedKeys(s.tags) {
		t := s.tags[key]
		if _, is := s.released(t); is && t.Repo.Key() == repo && t.Judged != nil && t.Judged.Said.Commit == commit {
			all = append(all, t)
		}
	}
	return all
}

func releaseKey(repo Repo, commit string) string {
	return fmt.Sprintf("release %s %s", repo.Key(), commit)
}
