package setup

import "github.com/nexusgate/nexusgate/definition"

// State is how far the set-up has come.
type State struct {
	Address string // by which the forges reach us, "https://done.example.com"
	GitHub  GitHub
	GitLab  GitLab
	Found   []Found
	More    bool // there are more than those
	Hooks   []Hook
	Draft   Draft
	Trouble map[Section]string
	Kept    []string // the files that hold secrets by now
}

// Section is a part of the page.
type Section string

// The parts.
const (
	OfAddress      Section = "address"
	OfGitHub       Section = "github"
	OfGitLab       Section = "gitlab"
	OfRepositories Section = "repositories"
	OfDefinition   Section = "definition"
)

// GitHub is what is known of it.
type GitHub struct {
	On      bool
	Slug    string // of the App
	Install string // where it is installed
	Uses    []Use  // that may be asked for
}

// Use is what the App, and webhooks, may be for.
type Use struct{ Name, Says string }

// GitLab is what is known of it.
type GitLab struct {
	On      bool
	Account string
	Version string
	Uses    []Use // that webhooks may be set for
}

// Found is a repository that can be chosen.
type Found struct {
	Key    string // "github:acme/cart-api"
	Chosen bool
}

// Hook is what became of the webhook of a project.
type Hook struct {
	Project, Says string
	Fault         bool
}

// Draft is the definition as it is being written.
type Draft struct {
	Source string
	Path   string // where it is saved
	There  bool   // there is a file already
	Saved  bool   // by us
	Vetted Vetted
}

// Vetted is what vet says of a definition.
type Vetted struct {
	Done             bool
	Sound            string // what was vetted, in a line; "" where there are faults
	Faults, Warnings definition.Faults
}

// TroubleWith is what went wrong with a part of the page, "" for nothing.
func (s State) TroubleWith(part string) string { return s.Trouble[Section(part)] }
