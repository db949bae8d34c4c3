package definition

// File is the source of one layer.
type File struct {
	Name   string // as faults name it: "nexus.cue", "acme/cart-api:.nexus/done.cue"
	Source []byte
}

// Load reads the Nexus-wide layer. The error, if any, is Faults.
func Load(f File) (*Definition, error) { return nil, Faults{{Message: "not yet"}} }

// Tightening is a team's layer that has passed the allow-list; it is not yet held against a Nexus.
type Tightening struct{ File string }

// LoadTightening reads a team's layer by syntax alone: nothing in it is evaluated.
// The error, if any, is Faults.
func LoadTightening(f File) (*Tightening, error) { return nil, Faults{{Message: "not yet"}} }

// Standing says how to hold a team's layer against the Nexus's.
type Standing int

// A file that is New is refused when it relaxes; one that was Accepted before,
// and that a later Nexus-wide layer has overtaken, is warned of, and both stay in force.
const (
	New Standing = iota
	Accepted
)

// Rules are the rules in force for one component: those of the Nexus that apply to it,
// and with t (which may be nil) the team's tightening of them and its own.
// The error, if any, is Faults and leaves the Nexus's rules alone in force; warnings say what is redundant or overtaken.
func (d *Definition) Rules(c Component, t *Tightening, s Standing) (rules []Rule, warnings Faults, err error) {
	return nil, nil, nil
}

// IncrementRules are the criteria on the Increment.
func (d *Definition) IncrementRules() []Rule { return nil }

// Vet holds teams' layers against d and says all that is wrong: with them, and with a
// component or an Increment left without a required criterion. Keys are component names.
func (d *Definition) Vet(files map[string]File) (faults, warnings Faults) { return nil, nil }
