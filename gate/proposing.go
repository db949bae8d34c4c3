package gate

import (
	"fmt"
	"slices"
	"time"

	"github.com/nexusgate/nexusgate/definition"
)

// proposing gathers what a change would do to layers of the Definition of Done.
type proposing struct {
	*brief
	c       *change
	subject Subject
	home    bool        // it touches the Nexus-wide layer
	teams   []*Governed // whose layers it touches
	unread  bool        // which layers it touches is not known yet
	parts   []Part
	p       Proposal
	next    candidate
	whole   bool // every layer that it touches was read and is sound
}

func (s *State) definitionSubject(key string, c *change) Subject {
	subject := s.changeSubject(key, c)
	subject.Kind = OfDefinition
	return subject
}

// propose finds out what a change proposes; nil where it is open no more, or touches no
// layer and does not go to the home either.
func (s *State) propose(subject Subject, now time.Time) *proposing {
	c := s.changes[subject.ID]
	if c == nil || c.Last.State != ChangeOpen {
		return nil
	}
	repo := c.Last.Repo.Key()
	h, _ := s.place()
	isHome := s.isHome(repo, c.Last.Base)
	governed := s.governed(repo, c.Last.Base)
	if !isHome && len(governed) == 0 {
		return nil
	}
	p := &proposing{brief: s.brief(subject, now), c: c, subject: subject, whole: true}
	touched, known := c.touched()
	if !known {
		p.want(Want{Kind: WantChange, Repo: s.asKnown(c.Last.Repo), Number: c.Last.Number, Commit: c.Last.Head})
		p.unread = true
		return p
	}
	p.home = isHome && p.touches(touched, h.Path, p.otherNexus)
	p.teams = keep(governed, func(g *Governed) bool {
		return p.touches(touched, FilePath(g.Component), func(path string) (bool, bool) { return p.otherLayer(g, path) })
	})
	if !isHome && len(p.teams) == 0 && !p.unread {
		return nil
	}
	return p
}

func (p *proposing) touchesAny() bool { return p.home || len(p.teams) > 0 }

// touches says whether a change touches a layer: by its paths, and where their list is cut short by
// whether the layer is another one at the head than on the branch.
func (p *proposing) touches(touched diff, path string, other func(path string) (differs, read bool)) bool {
	if touched.Complete || slices.Contains(touched.Paths, path) {
		return slices.Contains(touched.Paths, path)
	}
	differs, read := other(path)
	p.unread = p.unread || !read
	return differs && read
}

func (p *proposing) otherNexus(path string) (differs, read bool) {
	f, read := p.nexusFile(path)
	return f.Absent || f.Source != p.s.inForce.Source, read
}

func (p *proposing) otherLayer(g *Governed, path string) (differs, read bool) {
	f, read := p.teamFile(path)
	file := p.s.components[g.Name].File
	return f.Absent != file.Absent || f.Cut != file.Cut || f.Source != file.Source, read && file.Read
}

// nexusFile is the Nexus-wide layer that the change brings.
func (p *proposing) nexusFile(path string) (f nexusFile, read bool) {
	p.look(p.c.Last.Repo.Key(), p.c.Last.Head)
	if f, read = p.s.nexusFileAt(p.c.Last.Head, path); !read || len(f.Claimed) > 0 {
		p.want(Want{Kind: WantNexus, Repo: p.s.asKnown(p.c.Last.Repo), Commit: p.c.Last.Head, Path: path})
	}
	return f, read
}

// teamFile is a team's layer that the change brings.
func (p *proposing) teamFile(path string) (f fileRead, read bool) {
	if at := p.look(p.c.Last.Repo.Key(), p.c.Last.Head); at != nil {
		f, read = at.Files[path]
	}
	if !read {
		p.want(Want{Kind: WantFile, Repo: p.s.asKnown(p.c.Last.Repo), Commit: p.c.Last.Head, Path: path})
	}
	return f, read
}

// verdict judges what is proposed, and says what it would do.
func (p *proposing) verdict() Verdict {
	p.next = p.s.standingCandidate()
	if p.home {
		p.proposeNexus()
	}
	for _, g := range p.teams {
		p.proposeLayer(g)
	}
	if len(p.parts) == 0 {
		h, _ := p.s.place()
		p.hold("", "", spared(h.Path))
	}
	kase := p.s.newCase(p.subject, p.c.Last.Head)
	kase.Exceptions, kase.Parts = nil, p.parts // no exception is for what is proposed
	v := Judge(kase, p.now)
	if p.p.bound(); p.touchesAny() {
		v.Proposal = &p.p
	}
	return v
}

// hold adds findings about a layer: of a component, or "" of the Nexus-wide one.
func (p *proposing) hold(component, team string, findings ...Finding) {
	for i := range findings {
		f := &findings[i]
		f.Component, f.Team, f.Level = component, team, definition.Required
		if f.Layer = definition.TeamLayer; component == "" {
			f.Layer = definition.NexusLayer
		}
	}
	p.parts = append(p.parts, Part{Component: component, Team: team, Held: findings})
}

// proposeNexus holds the Nexus-wide layer that is proposed against all that it must be.
func (p *proposing) proposeNexus() {
	h, _ := p.s.place()
	p.p.File = h.Path
	file, read := p.nexusFile(h.Path)
	if !read {
		p.whole = false
		p.hold("", "", layerUnread(h.Path), p.ofIntegrationTeam())
		return
	}
	d, faults := p.s.soundNexus(file)
	if d != nil {
		var warnings definition.Faults
		faults, warnings = d.Vet(nil, p.now)
		p.wakeFor(d)
		p.p.Warnings = append(p.p.Warnings, placedIn(h.Path, warnings)...)
		p.p.Differences = append(p.p.Differences, definition.Compare(p.s.nexus.Definition, d)...)
	}
	p.p.Faults = append(p.p.Faults, placedIn(h.Path, faults)...)
	findings := []Finding{soundness(h.Path, placedIn(h.Path, faults)), p.ofIntegrationTeam()}
	if len(faults) > 0 {
		p.whole = false
	} else {
		p.next.d, p.next.source = d, file.Source
		if f := p.newExceptions(d); f != nil {
			findings = append(findings, *f)
		}
	}
	p.hold("", "", findings...)
}

// wakeFor has the proposal judged again when time alone changes what is said of its exceptions: when
// one no longer lies too far ahead, and when it has expired.
func (p *proposing) wakeFor(d *definition.Definition) {
	for i := range d.Exceptions {
		e := &d.Exceptions[i]
		for _, at := range []time.Time{definition.AddDays(e.LastDay(), -d.Longest, d.Zone), e.Until} {
			if at.After(p.now) {
				p.wake = earliest(p.wake, at)
			}
		}
	}
}

// proposeLayer holds a team's layer that is proposed against the Nexus-wide one in force.
func (p *proposing) proposeLayer(g *Governed) {
	path := FilePath(g.Component)
	if p.p.File == "" {
		p.p.File = path
	}
	file, read := p.teamFile(path)
	if !read {
		p.whole = false
		p.hold(g.Name, g.Team, layerUnread(path))
		return
	}
	now := p.s.components[g.Name].File
	next := teamFile{Read: true, Source: file.Source, Absent: file.Absent, Cut: file.Cut, Accepted: now.Accepted}
	var warnings, refused definition.Faults
	if !file.Absent {
		_, warnings, refused = tighten(p.s.nexus.Definition, g.Component, p.s.layerOf(g.Component, next))
	}
	p.p.Faults = append(p.p.Faults, placedIn(path, refused)...)
	p.p.Warnings = append(p.p.Warnings, placedIn(path, warnings)...)
	p.hold(g.Name, g.Team, soundness(path, placedIn(path, refused)))
	if len(refused) > 0 {
		p.whole = false
		return // it changes nothing: what is in force stays
	}
	p.p.Differences = append(p.p.Differences, p.differences(g, now, next)...)
	p.next.files[g.Name] = next
}

// differences says in words what a team's layer would change for its component.
func (p *proposing) differences(g *Governed, now, next teamFile) []string {
	old, oldErr := p.s.tightening(g.Component, now)
	proposed, err := p.s.tightening(g.Component, next)
	if oldErr != nil || err != nil {
		return nil
	}
	said := definition.CompareTightenings(old, proposed)
	for i := range said {
		said[i] = g.Name + " " + said[i]
	}
	return said
}

// mostTold bounds each list of what a proposal comes to: it is kept, and shown, as often as it changes.
const mostTold = 100

// bound shortens what a large proposal would tell.
func (p *Proposal) bound() {
	p.Faults = firstFaults(p.Faults)
	p.Warnings = firstFaults(p.Warnings)
	if more := len(p.Differences) - mostTold; more > 0 {
		p.Differences = append(slices.Clip(p.Differences[:mostTold]), fmt.Sprintf("and %d more", more))
	}
	for i := range p.Differences {
		p.Differences[i] = clip(p.Differences[i], 1000)
	}
}

func firstFaults(faults definition.Faults) definition.Faults {
	more := len(faults) - mostTold
	if more > 0 {
		last := definition.Fault{Pos: faults[mostTold].Pos, Message: fmt.Sprintf("and %d more; mend those above first", more)}
		faults = append(slices.Clip(faults[:mostTold]), last)
	}
	for i := range faults {
		faults[i].Message = clip(faults[i].Message, 2000)
	}
	return faults
}

// placedIn gives faults the path of the file in its repository, where a forge shows them.
func placedIn(path string, faults definition.Faults) definition.Faults {
	placed := slices.Clone(faults)
	for i := range placed {
		placed[i].Pos.File = path
		placed[i].Pos.Line, placed[i].Pos.Column = max(placed[i].Pos.Line, 1), max(placed[i].Pos.Column, 1)
	}
	return placed
}
