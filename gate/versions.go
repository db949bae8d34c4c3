package gate

import (
	"maps"
	"slices"
)

// tellVersions keeps what has come into force since the last step: the manifest, which verdicts name by
// its digest, and each layer that is another one now.
func (t *sitting) tellVersions() {
	told, now := t.s.inForce.Manifest, t.s.nexus.Manifest
	if told.Digest() == t.s.nexus.Digest {
		return
	}
	t.step.Definitions = append(t.step.Definitions, DefinitionSource{
		Digest: t.s.nexus.Digest, Nexus: t.s.name, File: ManifestFile, Source: canonical(now),
	})
	if told.Nexus != now.Nexus {
		t.tellVersion("", now.Nexus, t.s.inForce.Origin)
	}
	for _, name := range slices.Sorted(maps.Keys(told.Layers)) {
		if _, stays := now.Layers[name]; !stays {
			t.tellVersion(name, LayerRef{File: told.Layers[name].File}, t.s.originOf(name))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(now.Layers)) {
		if told.Layers[name] != now.Layers[name] {
			t.tellVersion(name, now.Layers[name], t.s.originOf(name))
		}
	}
	t.s.inForce.Manifest = now
	t.s.touch(inForceDoc, "")
}

func (t *sitting) tellVersion(component string, layer LayerRef, from origin) {
	v := Version{
		Nexus: t.s.name, Component: component, Digest: layer.Digest, File: layer.File,
		Commit: from.Commit, Change: from.Change, Author: from.Author, Approvers: from.Approvers,
		At: t.m.now, Note: from.Note,
	}
	t.step.Versions = append(t.step.Versions, v)
	t.s.chronicle(entry{At: t.m.now, Version: &v})
}

// originOf is how a team's layer came to be what it is: by the landing that last touched its file.
func (s *State) originOf(name string) origin {
	g, ok := s.nexus.Component(name)
	if !ok {
		return origin{Note: "the component is of the Nexus no more"}
	}
	c := s.components[name]
	from := origin{}
	if b := s.branches[branchKey(c.Repo, g.Branch)]; b != nil {
		path := FilePath(g.Component)
		t := b.touching(c.File.Commit, s.reader(c.Repo), func(touched string) bool { return touched == path })
		if !t.RanOut && t.Unknown == nil {
			from = s.landedBy(c.Repo, t.Commit)
		}
	}
	if g.Refused != nil {
		from.Note = "refused: " + clip(g.Refused[0].String(), 500)
	}
	return from
}

// landedBy tells of the change that a commit came by, where it came by one that is known.
func (s *State) landedBy(repo, commit string) origin {
	from := origin{Commit: commit}
	for _, key := range s.changesLandedAs(repo, commit) {
		c := s.changes[key]
		from.Change, from.Author, from.Approvers = s.changeSubject(key, c).Name, c.Author, c.approvers()
	}
	return from
}
