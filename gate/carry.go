package gate

import (
	"slices"
	"time"

	"github.com/nexusgate/nexusgate/definition"
)

// landed is the evidence that counts for a commit on an integration branch: its own, that of the
// change it came by where both have the same tree, and what the landing itself tells.
func (b *brief) landed(repo, branch, sha string) []Evidence {
	evidence := integrated(b.evidence(repo, sha))
	same := map[string]bool{} // commits of the same tree
	for _, key := range b.s.changesLandedAs(repo, sha) {
		c := b.s.changes[key]
		for _, tested := range append([]string{c.Last.Head}, c.internals()...) {
			if tested != sha && b.sameTree(c.Last.Repo, sha, tested) {
				evidence = append(evidence, carriedFrom(tested, integrated(c.own(b.evidence(repo, tested))))...)
				same[tested] = true
			}
		}
	}
	evidence = append(evidence, b.s.signsOnLanded(repo, sha).evidence(sha, same)...)
	return append(evidence, b.landing(repo, branch, sha)...)
}

func carriedFrom(sha string, evidence []Evidence) []Evidence {
	carried := slices.Clone(evidence)
	for i := range carried {
		if carried[i].Carried == "" {
			carried[i].Carried = sha
		}
	}
	return carried
}

// sameTree compares two commits' trees. What is not known is read once, whether the verdict waits for
// it or not: which evidence counts must not rest on which delivery came first.
func (b *brief) sameTree(repo Repo, one, other string) bool {
	first, second := b.tree(repo, one), b.tree(repo, other)
	return first != "" && first == second
}

func (b *brief) tree(repo Repo, sha string) string {
	c := b.look(repo.Key(), sha)
	if c != nil && (c.Tree != "" || c.Read) {
		return c.Tree
	}
	b.want(Want{Kind: WantCommit, Repo: b.s.asKnown(repo), Commit: sha})
	return ""
}

// landingKind is the kind of evidence that a landing itself gives.
const landingKind = "landing"

// settling is how long a landing may wait for the word of the change it came by: the forge tells of
// the push and of the merge in two deliveries.
const settling = time.Minute

// landing tells how a commit arrived on its branch.
func (b *brief) landing(repo, branch, sha string) []Evidence {
	history := b.s.branches[branchKey(repo, branch)]
	if history == nil {
		return nil
	}
	p := history.arrived(sha)
	if p == nil {
		return nil
	}
	e := Evidence{Object: landingKind, Kind: landingKind, Status: Completed, Trust: p.Trust, Observed: p.when()}
	via, done := b.via(repo, branch, sha)
	e.Facts = Facts{"viaChange": via, "changeDone": done, "forced": p.Forced}
	if settled := p.when().Add(settling); b.settles && !via && b.now.Before(settled) {
		e.Status, b.wake = Running, settled
	}
	return []Evidence{e}
}

// asksForChange says whether a rule rests on the change that a commit landed by.
func asksForChange(r definition.Rule) bool {
	return slices.ContainsFunc([]*definition.Criterion{r.Nexus, r.Team}, func(c *definition.Criterion) bool {
		return c != nil && c.Evidence == landingKind && slices.ContainsFunc(c.Must, func(leaf definition.Leaf) bool { return leaf.Path != "forced" })
	})
}

// via says whether a commit came to the branch by a change or a merge group, and whether that was done.
func (b *brief) via(repo, branch, sha string) (via, done bool) {
	for _, key := range b.s.changesLandedAs(repo, sha) {
		if c := b.s.changes[key]; c.Last.Base == branch {
			via, done = true, done || c.DoneAt == c.Last.Head
		}
	}
	if g, ok := b.s.groups[commitKey(repo, sha)]; ok && g.Last.Base == branch {
		via, done = true, done || g.Done
	}
	return via, done
}

// changesLandedAs are the keys of the changes that a commit brought in.
func (s *State) changesLandedAs(repo, sha string) []string {
	var found []string
	for key := range s.landedAs[commitKey(repo, sha)] {
		if c := s.changes[key]; c != nil && c.Last.Landed == sha { // and not as it was told before
			found = append(found, key)
		}
	}
	slices.Sort(found)
	return found
}

// carry finds, for a criterion that watches some paths only, the landing that last touched them:
// its evidence stands for the commits since.
func (b *brief) carry(repo string, g *Governed, sha string, own []Evidence) func(*definition.Criterion) *Carried {
	history := b.s.branches[branchKey(repo, g.Branch)]
	if history == nil {
		return nil
	}
	return func(c *definition.Criterion) *Carried {
		touches, narrow := scope(c, g.Path)
		if !narrow {
			return nil
		}
		t := history.touching(sha, b.differs(repo), touches)
		if t.Unknown != nil {
			b.want(Want{Kind: WantPaths, Repo: b.s.repos[repo].Repo, Base: t.Unknown.Before, Commit: t.Unknown.After})
		}
		if t.Commit == sha {
			return nil
		}
		evidence := append(slices.Clone(own), carriedFrom(t.Commit, b.landed(repo, g.Branch, t.Commit))...)
		return &Carried{Evidence: evidence, Since: b.arrival(history, t.Commit, g.Name)}
	}
}

func (b *brief) arrival(history *branch, sha, component string) time.Time {
	if p := history.arrived(sha); p != nil {
		return p.when()
	}
	return b.s.components[component].Since
}

// differs gives what was read to differ between two commits.
func (b *brief) differs(repo string) func(base, head string) *diff {
	return func(base, head string) *diff {
		c := b.look(repo, head)
		if c == nil {
			return nil
		}
		if d, ok := c.Differs[base]; ok {
			return &d
		}
		return nil
	}
}

// carryUntouched lets a criterion whose paths a proposal does not touch be answered by the branch
// that the proposal would land on.
func (b *brief) carryUntouched(repo string, g *Governed, proposed diff, own []Evidence) func(*definition.Criterion) *Carried {
	base := b.s.components[g.Name]
	return func(c *definition.Criterion) *Carried {
		touches, narrow := scope(c, g.Path)
		if !narrow || !proposed.Complete || anyPath(proposed.Paths, touches) {
			return nil
		}
		b.look(repo, g.Branch) // judged again when the branch moves
		if base.Commit == "" {
			return nil
		}
		onBranch := b.landed(repo, g.Branch, base.Commit)
		if carry := b.carry(repo, g, base.Commit, onBranch); carry != nil {
			if carried := carry(c); carried != nil {
				carried.Evidence = append(slices.Clone(own), carried.Evidence...)
				return carried
			}
		}
		return &Carried{Evidence: append(slices.Clone(own), carriedFrom(base.Commit, onBranch)...), Since: base.Since}
	}
}

// carryGroup does so for a merge group, whose paths are read when a criterion or a prefix asks for them.
func (b *brief) carryGroup(repo string, governed *Governed, g *group, own []Evidence) func(*definition.Criterion) *Carried {
	if !narrow(governed) {
		return nil
	}
	b.look(repo, governed.Branch)
	base := b.s.components[governed.Name].Commit
	if base == "" {
		return nil
	}
	d := b.differs(repo)(base, g.Last.Head)
	if d == nil {
		b.want(Want{Kind: WantPaths, Repo: b.s.asKnown(g.Last.Repo), Base: base, Commit: g.Last.Head})
		return nil
	}
	return b.carryUntouched(repo, governed, *d, own)
}

// narrow says whether anything about a component depends on which paths are touched.
func narrow(g *Governed) bool {
	return g.Path != "" || slices.ContainsFunc(g.Rules, func(r definition.Rule) bool { return len(r.Main().Paths) > 0 })
}
