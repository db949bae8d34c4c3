package gate

import "github.com/nexusgate/nexusgate/definition"

// Checkout is a composition as it is to be fetched: what a job that tests all components together needs.
type Checkout struct {
	Nexus      string                `json:"nexus"`
	Number     int64                 `json:"number"`               // of the Increment
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

// CheckoutOf is an Increment as it is to be fetched by a definition. A component that the definition does not name
// has no repository.
func CheckoutOf(d *definition.Definition, i Increment) Checkout {
	c := Checkout{Nexus: d.Name, Number: i.Number, Increment: i.Digest, Components: map[string]CheckedOut{}}
	for name, commit := range i.Composition {
		at := CheckedOut{Commit: commit}
		if component, ok := d.Component(name); ok {
			at.Repo, at.Branch, at.Path = component.Forge+":"+component.Repo, component.Branch, component.Path
		}
		c.Components[name] = at
	}
	return c
}
