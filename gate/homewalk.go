package gate

import (
	"slices"
	"time"

	"github.com/nexusgate/nexusgate/definition"
)

// walk weighs the landings on a home, the oldest first, each by the Integration Team that was in force
// when it landed.
type walk struct {
	s    *State
	home Home
	now  time.Time
	basis
	d       *definition.Definition
	wants   []Want
	due     time.Time       // when to weigh again, though nothing is told
	open    bool            // a landing cannot be weighed before something is read
	passed  bool            // what is in force now was in force on the way
	trouble string          // why what is on the branch is not in force, in words
	claims  *Want           // the reading of a layer that only another Nexus's claim keeps from being in force
	arrived map[string]bool // the commits that were the head before, as far as is weighed
}

// homeLanding is a commit that arrived at the home's branch.
type homeLanding struct {
	Commit string
	Push   *push // nil where nobody told how it came there
	Named  bool  // the forge named the change that landed so, when it was asked about a later landing
}

// longestWalk is how many landings are weighed anew at most; when there are more the basis follows
// half way behind.
const longestWalk = 64

// weighHome says what is in force by the landings on the home as they are known.
func (s *State) weighHome(h Home, now time.Time) *walk {
	w := &walk{s: s, home: h, now: now, basis: s.home.Base, arrived: map[string]bool{s.home.Base.Commit: true}}
	head, wants := s.homeHead(h)
	w.wants = wants
	if !head.Known || head.Gone {
		return w
	}
	if w.d, _ = s.load(w.Source, w.Settled); w.d == nil {
		return w
	}
	w.passed = w.Source == s.inForce.Source
	landings := w.uncovered(s.homeLandings(h, head.Commit))
	for i, l := range landings {
		w.weigh(l)
		if w.open {
			return w
		}
		w.Commit, w.passed = l.Commit, w.passed || w.Source == s.inForce.Source
		w.arrived[l.Commit] = true
		if len(landings) > longestWalk && i == len(landings)-longestWalk/2 {
			if l.Push != nil {
				w.Since = l.Push.when()
			}
			s.home.Base = w.basis
			s.touch(homeDoc, "")
			w.conclude()
		}
	}
	w.sayUnspoken()
	if w.claims != nil {
		w.wants = append(w.wants, *w.claims)
	}
	return w
}

// conclude has the changes that landed so far stand for no landing any more: should one of their commits
// come back once the basis lies behind it, it is not they that bring it.
func (w *walk) conclude() {
	for commit := range w.arrived {
		for _, key := range w.s.changesLandedAs(w.s.home.Repo, commit) {
			if c := w.s.changes[key]; !c.Weighed {
				c.Weighed = true
				w.s.touch(changeDoc, key)
				w.s.forgetNexusFile(c.Last.Head)
			}
		}
	}
}

// homeLandings are those after the basis, the oldest first. Where nobody told what led to one, because the
// push was missed, it follows on the latest push before.
func (s *State) homeLandings(h Home, head string) []homeLanding {
	b := s.branches[branchKey(s.home.Repo, h.Branch)]
	used := map[*push]bool{}
	var landings []homeLanding
	for commit := head; len(landings) < longestHistory; {
		p := b.arrivedBut(commit, used)
		if commit == "" || commit == s.home.Base.Commit && !b.leaves(commit, used) {
			break
		}
		landings = append(landings, homeLanding{Commit: commit, Push: p})
		if p != nil {
			used[p], commit = true, p.Before
		} else if p = b.beforeGap(s.home.Base, used); p != nil {
			commit = p.After
		} else {
			break
		}
	}
	slices.Reverse(landings)
	return landings
}

// arrivedBut is the latest push that made a commit the head, less those used.
func (b *branch) arrivedBut(commit string, used map[*push]bool) *push {
	for i := range slices.Backward(b.Pushes) {
		if p := &b.Pushes[i]; p.After == commit && commit != "" && !used[p] {
			return p
		}
	}
	return nil
}

// leaves says whether a push that is not used goes on from a commit: where none does, what led to it
// is older than the basis.
func (b *branch) leaves(commit string, used map[*push]bool) bool {
	for i := range b.Pushes {
		if p := &b.Pushes[i]; p.Before == commit && !used[p] {
			return true
		}
	}
	return false
}

// weigh puts the content of a landing in force if it is vouched for, is another one, and is sound.
func (w *walk) weigh(l homeLanding) {
	touches, told := w.touches(l)
	if told && !touches {
		return
	}
	from, vouched, known := w.vouch(l)
	if w.open = !known; w.open {
		return
	}
	if !vouched {
		w.Unspoken = l.Commit
		w.ask(l)
		return
	}
	file, read := w.read(l.Commit)
	if !read || !told && !w.readBefore(l) {
		w.open = true
		return
	}
	if !told && w.same(l) {
		return // it brought something else
	}
	w.Unspoken = ""
	if file.Source == w.Source && len(file.Faults) == 0 && !file.Absent {
		return
	}
	w.take(l, file, from)
}

// touches says whether a landing touches the layer; told is false while only its content can tell.
func (w *walk) touches(l homeLanding) (touches, told bool) {
	if l.Push == nil || l.Push.Forced {
		return true, l.Push == nil
	}
	paths, known := l.Push.Paths, l.Push.PathsKnown
	if d := w.s.reader(w.s.home.Repo)(l.Push.Before, l.Push.After); d != nil {
		paths, known = d.Paths, d.Complete
	}
	return known && slices.Contains(paths, w.home.Path), known
}

// read is the layer at a commit; it is asked for where it is not known.
func (w *walk) read(sha string) (f nexusFile, read bool) {
	if f, read = w.s.nexusFileAt(sha, w.home.Path); !read {
		w.wants = append(w.wants, w.reading(sha))
		w.trouble = w.home.Path + " at " + clipSHA(sha) + " is being read; until then the definition in force stays"
	}
	return f, read
}

func (w *walk) reading(sha string) Want {
	return Want{Kind: WantNexus, Repo: w.s.homeRepo(w.home), Commit: sha, Path: w.home.Path, Landed: true}
}

func (w *walk) readBefore(l homeLanding) bool {
	if l.Push.Before == "" {
		return true
	}
	_, read := w.read(l.Push.Before)
	return read
}

// same says whether a landing left the layer as it was.
func (w *walk) same(l homeLanding) bool {
	before, _ := w.s.nexusFileAt(l.Push.Before, w.home.Path)
	after, _ := w.s.nexusFileAt(l.Commit, w.home.Path)
	return l.Push.Before != "" && before.Source == after.Source && before.Absent == after.Absent && before.Cut == after.Cut
}

// take puts a layer in force that somebody vouched for, unless something is wrong with it.
func (w *walk) take(l homeLanding, file nexusFile, from origin) {
	w.claims = nil
	d, faults := w.s.soundNexus(file)
	if len(faults) > 0 {
		if len(file.Claimed) > 0 {
			again := w.reading(l.Commit)
			w.claims = &again
		}
		w.trouble = w.home.Path + " at " + clipSHA(l.Commit) + " is not in force: " + clip(faults[0].String(), 500) + "; the definition before it stays"
		return
	}
	w.trouble = ""
	w.Brought = brought(w.Brought, w.d, d, from.ofTeam(w.home.Forge, w.d.IntegrationTeam))
	w.d, w.Source, w.Settled, w.Origin = d, file.Source, file.Settled, from
}

// sayUnspoken tells of a landing that nobody vouched for, where it left the layer another than the one in force.
// Nothing has touched the layer since, or it would not be the one.
func (w *walk) sayUnspoken() {
	if w.Unspoken == "" {
		return
	}
	file, read := w.read(w.Unspoken)
	if !read || file.Source == w.Source && !file.Absent {
		return
	}
	w.trouble = w.home.Path + " at " + clipSHA(w.Unspoken) + " landed without a word of the Integration Team; the definition " + w.since() +
		" stays in force: have one of the team approve that change, or land one of theirs"
}

// since names the definition in force by how it came.
func (w *walk) since() string {
	switch {
	case w.Origin.Change != "":
		return "of " + w.Origin.Change
	case w.Origin.Commit != "":
		return "of " + clipSHA(w.Origin.Commit)
	default:
		return "before it"
	}
}
