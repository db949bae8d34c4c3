package gate

// Checkout is a composition as it is to be fetched: what a job that tests all components together needs.
type Checkout struct {
	Nexus      string                `json:"nexus"`
	Number     int64                 `json:"number,omitempty"`     // of the Increment
	Increment  string                `json:"increment"`            // the digest of the composition
	Components map[string]CheckedOut `json:"components,omitempty"` // by name; none where they are too many to be handed on
}

// CheckedOut is a component at its commit.
type CheckedOut struct {
	Repo   string `json:"repo"` // "github:acme/cart-api"
	Branch string `json:"branch"`
	Path   string `json:"path,omitempty"` // the folder in a monorepo
	Commit string `json:"commit"`
}

// Checkout is a composition of a Nexus as it is to be fetched; false if there is no such Nexus.
func (l *Ledger) Checkout(nexus string, i Increment) (Checkout, bool) {
	s, ok := l.states[nexus]
	if !ok || s.nexus == nil || s.record.Retired {
		return Checkout{}, false
	}
	return s.checkout(i.Number, i.Digest, i.Composition), true
}

// checkout names each component as it is known today. One that the definition names no more is left out.
func (s *State) checkout(number int64, digest string, sum Composition) Checkout {
	c := Checkout{Nexus: s.name, Number: number, Increment: digest, Components: map[string]CheckedOut{}}
	for name, commit := range sum {
		g, ok := s.nexus.Component(name)
		if !ok {
			continue
		}
		repo := Repo{Forge: Forge(g.Forge), Name: g.Repo}
		if r, known := s.repos[s.components[name].Repo]; known {
			repo = r.Repo
		}
		c.Components[name] = CheckedOut{Repo: repo.String(), Branch: g.Branch, Path: g.Path, Commit: commit}
	}
	return c
}
