package gate

// settle brings a component up to its branch: the commit it puts into the composition, and the
// team's layer as it stands there. It says whether the commit, and whether the layer in force, changed.
func (s *State) settle(name string) (moved, layered bool) {
	g, ok := s.nexus.Component(name)
	c := s.components[name]
	if !ok || c.Repo == "" {
		return false, false
	}
	before := *c
	if b := s.branches[branchKey(c.Repo, g.Branch)]; b != nil {
		s.settleHead(g, c, b)
		layered = s.settleFile(g, c, b)
	}
	if layered && !before.File.Read && c.File.Absent {
		layered = false // there was no layer, and there is none
		s.stirUngoverned(c.Repo)
	}
	if *c != before {
		s.touch(componentDoc, name)
	}
	return c.Commit != before.Commit || c.Gone != before.Gone, layered
}

// settleHead takes over a head that is sure. While it is not, the commit stays and the component says so.
// A commit's age counts from its push wherever one is known, else from the first read that found it: so it
// does not matter whether a read or the push was there first.
func (s *State) settleHead(g *Governed, c *component, b *branch) {
	head := b.head()
	c.Trouble = head.Uncertain
	if !head.Known {
		return
	}
	c.Gone = head.Gone
	if head.Gone {
		return
	}
	if g.Path != "" {
		head = s.settlePrefix(g, c, b, head)
	}
	if head.Commit != c.Commit || head.Pushed || head.Since.Before(c.Since) {
		c.Commit, c.Since = head.Commit, head.Since
	}
}

// settlePrefix finds the landing that a component of a monorepo stands at. While the paths of one
// are not known the component stays, and waits for the read: moving at once, and back, would make
// two Increments of a landing that is none of its own.
func (s *State) settlePrefix(g *Governed, c *component, b *branch, head tip) tip {
	stays := tip{Commit: c.Commit, Since: c.Since}
	t := s.touching(g, c, b, head.Commit)
	switch {
	case t.Unknown != nil && c.Commit != "" && c.Commit != t.Commit:
		c.Trouble = "which paths its latest landing touches is being read"
		return stays
	case t.RanOut && b.Cut && c.Commit != "":
		return stays // it landed longer ago than is kept
	}
	return tip{Commit: t.Commit, Since: head.Since}.since(b.arrived(t.Commit))
}

func (s *State) touching(g *Governed, c *component, b *branch, head string) touch {
	return b.touching(head, s.reader(c.Repo), func(path string) bool { return under(g.Path, path) })
}

// wantPaths asks for the paths of a landing that a component of a monorepo waits for.
func (s *State) wantPaths(g *Governed, c *component) []Want {
	b := s.branches[branchKey(c.Repo, g.Branch)]
	if b == nil || g.Path == "" {
		return nil
	}
	head := b.head()
	if !head.Known || head.Gone {
		return nil
	}
	if p := s.touching(g, c, b, head.Commit).Unknown; p != nil {
		return []Want{{Kind: WantPaths, Repo: s.repos[c.Repo].Repo, Base: p.Before, Commit: p.After}}
	}
	return nil
}

func (s *State) reader(repo string) func(base, head string) *diff {
	return func(base, head string) *diff {
		if c, ok := s.commits[commitKey(repo, head)]; ok {
			if d, ok := c.Differs[base]; ok {
				return &d
			}
		}
		return nil
	}
}

// settleFile follows the team's layer to the branch's head: unchanged where no landing since
// touched it, else as it was read there.
func (s *State) settleFile(g *Governed, c *component, b *branch) (layered bool) {
	head := b.head()
	if !head.Known || head.Gone || (c.File.Read && c.File.Commit == head.Commit) {
		return false
	}
	path := FilePath(g.Component)
	if at, ok := s.commits[commitKey(c.Repo, head.Commit)]; ok {
		if file, ok := at.Files[path]; ok {
			layered = !c.File.Read || c.File.Source != file.Source || c.File.Absent != file.Absent || c.File.Cut != file.Cut
			c.File = teamFile{Commit: head.Commit, Read: true, Source: file.Source, Absent: file.Absent, Cut: file.Cut, Accepted: c.File.Accepted}
			return layered
		}
	}
	if c.File.Read && s.untouchedSince(b, c, head.Commit, path) {
		c.File.Commit = head.Commit
	}
	return false
}

// untouchedSince walks back from the head to where the file was last known.
func (s *State) untouchedSince(b *branch, c *component, head, path string) bool {
	read := s.reader(c.Repo)
	for commit, steps := head, 0; steps < longestHistory; steps++ {
		if commit == c.File.Commit {
			return true
		}
		p := b.arrived(commit)
		if p == nil || p.Before == "" || p.Forced {
			return false
		}
		paths, known := p.Paths, p.PathsKnown
		if d := read(p.Before, p.After); d != nil {
			paths, known = d.Paths, d.Complete
		}
		if !known || anyPath(paths, func(touched string) bool { return touched == path }) {
			return false
		}
		commit = p.Before
	}
	return false
}

// wantHead asks for a head that no delivery has told, or that they tell in contradiction.
func (s *State) wantHead(g *Governed, c *component) []Want {
	want := Want{Kind: WantHead, Repo: Repo{Forge: Forge(g.Forge), Name: g.Repo}, Branch: g.Branch}
	if c.Repo == "" {
		return []Want{want}
	}
	want.Repo = s.repos[c.Repo].Repo
	b := s.branches[branchKey(c.Repo, g.Branch)]
	switch {
	case b == nil:
		return []Want{want}
	case b.head().Known:
		return nil
	}
	want.Covers = b.keys()
	return []Want{want}
}

// wantFile asks for the team's layer at a head where it is not known.
func (s *State) wantFile(g *Governed, c *component) []Want {
	b := s.branches[branchKey(c.Repo, g.Branch)]
	if b == nil {
		return nil
	}
	head := b.head()
	if !head.Known || head.Gone || (c.File.Read && c.File.Commit == head.Commit) {
		return nil
	}
	return []Want{{Kind: WantFile, Repo: s.repos[c.Repo].Repo, Commit: head.Commit, Path: FilePath(g.Component)}}
}
