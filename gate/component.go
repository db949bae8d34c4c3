package gate

import "time"

// component is what is recorded of a component besides its definition.
type component struct {
	Defined string    `json:"defined"`           // the repository, branch and path it stands for
	Repo    string    `json:"repo,omitempty"`    // the key of its repository, once heard of
	Rival   string    `json:"rival,omitempty"`   // another repository that now bears the name
	Commit  string    `json:"commit,omitempty"`  // what it puts into the composition; "" while not known
	Since   time.Time `json:"since,omitzero"`    // when that commit landed
	Trouble string    `json:"trouble,omitempty"` // why its head is not known, or is gone
	Gone    bool      `json:"gone,omitempty"`
	File    teamFile  `json:"file"`
}

// componentsIn gives the names of the components bound to a repository, in order. They are only read.
func (s *State) componentsIn(repo string) []string {
	if s.bound == nil {
		s.bound = map[string][]string{}
		for _, name := range sortedKeys(s.components) {
			key := s.components[name].Repo
			s.bound[key] = append(s.bound[key], name)
		}
	}
	return s.bound[repo]
}

// bindTo ties a component to a repository. What was known of the one before is void.
func (s *State) bindTo(name, key string) {
	c := s.components[name]
	*c, s.bound = component{Defined: c.Defined, Repo: key}, nil
}

// teamFile is the team's layer as it stands on the integration branch.
type teamFile struct {
	Commit   string `json:"commit,omitempty"` // the head at which it is known to stand so
	Read     bool   `json:"read,omitempty"`
	Source   string `json:"source,omitempty"`
	Absent   bool   `json:"absent,omitempty"`
	Cut      bool   `json:"cut,omitempty"`
	Accepted string `json:"accepted,omitempty"` // digest of the last source that was accepted
}

// repository is what is known of a repository.
type repository struct {
	Repo     Repo      `json:"repo"`
	Gone     bool      `json:"gone,omitempty"`
	Archived bool      `json:"archived,omitempty"`
	At       time.Time `json:"at,omitzero"`        // of the last word on it
	Claim    string    `json:"claim,omitempty"`    // another name under which a plain token's holder spoke of it
	Inactive bool      `json:"inactive,omitempty"` // the App's installation is suspended or deleted
	Told     time.Time `json:"told,omitzero"`      // of the last word on the installation, by a clock of its own
	habits
}

// record is a Nexus's own document.
type record struct {
	Retired  bool        `json:"retired,omitempty"`
	Pruned   time.Time   `json:"pruned,omitzero"` // what is older may have been forgotten
	Number   int64       `json:"number"`          // of the head Increment
	Head     Increment   `json:"head,omitzero"`
	LastDone Increment   `json:"lastDone,omitzero"`
	Recent   []Increment `json:"recent,omitempty"` // newest first
	Done     []DoneMark  `json:"done,omitempty"`   // when Increments first became done, oldest first
}

// standing is the last verdict on a subject and the last report of it.
type standing struct {
	Verdict  Verdict `json:"verdict"`
	Says     string  `json:"says"`
	Reported string  `json:"reported,omitempty"` // digest of the last report owed
	Asked    string  `json:"asked,omitempty"`    // the delivery by which somebody last asked for it anew
	Rests    resting `json:"rests,omitzero"`     // of a proposal: what its impact was worked out from

	// Sum is how many components' findings are left out of the verdict as it is kept: they are in theirs.
	Sum int `json:"sum,omitempty"`

	shared *share   // of a component; nil while nobody has asked
	of     []*share // of an Increment: what its findings were put together from
}
