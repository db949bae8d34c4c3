package gate

import (
	"encoding/json"
	"slices"
	"time"
)

// commit is what is known of one commit of one repository.
type commit struct {
	Tree    string               `json:"tree,omitempty"`
	Parents []string             `json:"parents,omitempty"`
	Read    bool                 `json:"read,omitempty"`    // a CommitRead answered, if only that it is absent
	Objects map[string]Evidence  `json:"objects,omitempty"` // see objects
	Files   map[string]fileRead  `json:"files,omitempty"`
	Nexus   map[string]nexusFile `json:"nexus,omitempty"`   // Nexus-wide layers, by path
	Differs map[string]diff      `json:"differs,omitempty"` // base → what differs from it
	Landing map[string][]int     `json:"landing,omitempty"` // path of a layer → the changes that the forge says brought it
	Idle    time.Time            `json:"idle,omitzero"`     // when nothing was found to rest on it, nor to date it

	resolved []Evidence // the objects, joined; nil while nobody has asked since they changed
	folded   *folded    // the objects, while nobody looks at them
}

// folded is what CI said of a commit as it is kept. A branch has many commits behind its head that nobody looks
// at any more: so they take a third of the memory.
type folded struct {
	text  []byte
	heard time.Time // the last word on any of them
}

// fold puts the objects away until somebody asks for them.
func (c *commit) fold() {
	if c.folded == nil && len(c.Objects) > 0 {
		c.folded = &folded{text: canonicalText(c.Objects), heard: c.heard()}
		c.Objects, c.resolved = nil, nil
	}
}

// objects are what CI said of the commit, by object.
func (c *commit) objects() map[string]Evidence {
	if c.folded == nil {
		return c.Objects
	}
	var objects map[string]Evidence
	if json.Unmarshal(c.folded.text, &objects) == nil { // it was written, or read once before
		c.Objects, c.folded = objects, nil
		c.shareFacts()
	}
	return c.Objects
}

// shareFacts has objects that say the same of themselves hold one text of it: most say "success".
func (c *commit) shareFacts() {
	said := map[string]Facts{}
	for object, e := range c.Objects {
		if word := e.conclusion(); word != "" && len(e.Facts) == 1 {
			if said[word] == nil {
				said[word] = e.Facts
			}
			e.Facts = said[word]
			c.Objects[object] = e
		}
	}
}

// heard is when the last word on any of the objects is of.
func (c *commit) heard() (last time.Time) {
	if c.folded != nil {
		return c.folded.heard
	}
	for _, e := range c.Objects {
		last = latest(latest(last, e.Observed), latest(e.Started, e.Run.Created))
	}
	return last
}

// isEmpty says whether CI said nothing of it.
func (c *commit) isEmpty() bool { return c.folded == nil && len(c.Objects) == 0 }

// fileRead is a file at this commit.
type fileRead struct {
	Source string `json:"source,omitempty"`
	Absent bool   `json:"absent,omitempty"`
	Cut    bool   `json:"cut,omitempty"`
}

// diff is the list of paths that differ between two commits.
type diff struct {
	Paths    []string `json:"paths,omitempty"`
	Complete bool     `json:"complete"`
}

// evidence is what the objects say, joined. It is shared: whoever asks may add to it and not change it.
func (c *commit) evidence() []Evidence {
	if c.resolved == nil {
		c.resolved = slices.Clip(Resolve(c.objects()))
	}
	return c.resolved
}

// add keeps the later word of a forge's object.
func (c *commit) add(e Evidence) (changed bool) {
	seen, ok := c.objects()[e.Object]
	if ok && compareEvidence(&seen, &e) >= 0 {
		return c.note(seen, e)
	}
	if c.Objects == nil {
		c.Objects = map[string]Evidence{}
	}
	c.Objects[e.Object], c.resolved = merged(e, seen), nil
	return true
}

// note takes from an earlier word what only ever becomes known: that a pipeline's jobs were listed.
func (c *commit) note(seen, e Evidence) bool {
	both := merged(seen, e)
	if both.Listed == seen.Listed && both.Confirms == seen.Confirms {
		return false
	}
	c.Objects[seen.Object], c.resolved = both, nil
	return true
}

func merged(later, earlier Evidence) Evidence {
	later.Listed = later.Listed || earlier.Listed
	if later.Confirms == "" {
		later.Confirms = earlier.Confirms
	}
	return later
}

// pipeline is the newest GitLab pipeline on this commit, that of a merge request before another:
// the one our status joins. 0 if there is none.
func (c *commit) pipeline() int64 {
	var found []Evidence
	for _, e := range c.objects() {
		if e.Kind == "pipeline" && e.Producer.App == GitLabCI && e.Parent == "" {
			found = append(found, e)
		}
	}
	if len(found) == 0 {
		return 0
	}
	best := slices.MaxFunc(found, func(a, b Evidence) int {
		if (a.Change != 0) != (b.Change != 0) {
			if a.Change != 0 {
				return 1
			}
			return -1
		}
		return compareEvidence(&a, &b)
	})
	return best.Run.ID
}
