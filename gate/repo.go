package gate

import (
	"fmt"
	"strings"
)

// Forge is a kind of forge.
type Forge string

// The forges.
const (
	GitHub Forge = "github"
	GitLab Forge = "gitlab"
)

// Repo is a repository as its forge names it. The ID outlives renames and transfers; the name does not.
type Repo struct {
	Forge        Forge  `json:"forge"`
	ID           int64  `json:"id"`                     // 0: never heard of
	Name         string `json:"name"`                   // "acme/cart-api"
	Installation int64  `json:"installation,omitempty"` // of the GitHub App
}

// Key is what state is kept by: "github:1296269".
func (r Repo) Key() string { return fmt.Sprintf("%s:%d", r.Forge, r.ID) }

// String is the repository as people write it: "github:acme/cart-api".
func (r Repo) String() string { return string(r.Forge) + ":" + r.Name }

// named says whether the repository bears that name. Forges do not tell "Acme" from "acme".
func (r Repo) named(forge, name string) bool {
	return string(r.Forge) == forge && strings.EqualFold(r.Name, name)
}

// Places are what a delivery about the repository bears on, and what a Nexus listens to that has it:
// its key, its name in lower case, and its installation, each where it is known.
func (r Repo) Places() []string {
	var places []string
	if r.ID != 0 {
		places = append(places, r.Key())
	}
	if r.Name != "" {
		places = append(places, strings.ToLower(r.String()))
	}
	if r.Installation != 0 {
		places = append(places, fmt.Sprintf("%s@%d", r.Forge, r.Installation))
	}
	return places
}
