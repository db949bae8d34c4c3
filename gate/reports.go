package gate

import (
	"cmp"
	"encoding/json"
	"slices"
	"time"
)

// reports are what a forge's objects last said of one thing, a commit or a composition.
type reports struct {
	Objects map[string]Evidence `json:"objects,omitempty"` // see objects

	resolved []Evidence // the objects, joined; nil while nobody has asked since they changed
	folded   *folded    // the objects, while nobody looks at them
}

// evidence is what the objects say, joined. It is shared: whoever asks may add to it and not change it.
func (r *reports) evidence() []Evidence {
	if r.resolved == nil {
		r.resolved = slices.Clip(Resolve(r.objects()))
	}
	return r.resolved
}

// add keeps the later word of a forge's object.
func (r *reports) add(e Evidence) (changed bool) {
	seen, ok := r.objects()[e.Object]
	if ok && compareEvidence(&seen, &e) >= 0 {
		return r.note(seen, e)
	}
	if r.Objects == nil {
		r.Objects = map[string]Evidence{}
	}
	r.Objects[e.Object], r.resolved = merged(e, seen), nil
	return true
}

// note takes from an earlier word what only ever becomes known: that a pipeline's jobs were listed.
func (r *reports) note(seen, e Evidence) bool {
	both := merged(seen, e)
	if both.Listed == seen.Listed && both.Confirms == seen.Confirms && both.Deploys == seen.Deploys {
		return false
	}
	r.Objects[seen.Object], r.resolved = both, nil
	return true
}

func merged(later, earlier Evidence) Evidence {
	later.Listed = later.Listed || earlier.Listed
	later.Confirms = cmp.Or(later.Confirms, earlier.Confirms)
	later.Deploys = cmp.Or(later.Deploys, earlier.Deploys)
	return later
}

// folded is what CI said of a commit as it is kept. A branch has many commits behind its head that nobody looks
// at any more: so they take a third of the memory.
type folded struct {
	text  []byte
	heard time.Time // the last word on any of them
}

// fold puts the objects away until somebody asks for them.
func (r *reports) fold() {
	if r.folded == nil && len(r.Objects) > 0 {
		r.folded = &folded{text: canonicalText(r.Objects), heard: r.heard()}
		r.Objects, r.resolved = nil, nil
	}
}

// objects are what was said, by object.
func (r *reports) objects() map[string]Evidence {
	if r.folded == nil {
		return r.Objects
	}
	var objects map[string]Evidence
	if json.Unmarshal(r.folded.text, &objects) == nil { // it was written, or read once before
		r.Objects, r.folded = objects, nil
		r.shareFacts()
	}
	return r.Objects
}

// shareFacts has objects that say the same of themselves hold one text of it: most say "success".
func (r *reports) shareFacts() {
	said := map[string]Facts{}
	for object, e := range r.Objects {
		if word := e.conclusion(); word != "" && len(e.Facts) == 1 {
			if said[word] == nil {
				said[word] = e.Facts
			}
			e.Facts = said[word]
			r.Objects[object] = e
		}
	}
}

// heard is when the last word on any of the objects is of.
func (r *reports) heard() (last time.Time) {
	if r.folded != nil {
		return r.folded.heard
	}
	for _, e := range r.Objects {
		last = latest(latest(last, e.Observed), latest(e.Started, e.Run.Created))
	}
	return last
}

// isEmpty says whether nothing was said.
func (r *reports) isEmpty() bool { return r.folded == nil && len(r.Objects) == 0 }
