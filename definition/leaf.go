package definition

type predicate func(fact any) bool

// Lookup finds the leaf's fact. Facts are what a JSON decoder yields: maps, lists, strings,
// booleans, and numbers as json.Number, int, int64 or float64.
func (l Leaf) Lookup(facts map[string]any) (fact any, present bool) { return nil, false }

// Admits says whether the leaf admits a fact.
func (l Leaf) Admits(fact any) bool { return l.predicate(fact) }
