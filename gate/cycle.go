package gate

import "slices"

// cycles are the sets of nodes in which each can be reached from each other, and the nodes that lead to themselves,
// each in the order of the alphabet. It is Tarjan's algorithm: https://doi.org/10.1137/0201010
func cycles(edges map[string][]string) [][]string {
	t := tarjan{edges: edges, index: map[string]int{}, low: map[string]int{}, on: map[string]bool{}}
	for _, node := range sortedKeys(edges) {
		if t.index[node] == 0 {
			t.visit(node)
		}
	}
	slices.SortFunc(t.found, slices.Compare[[]string])
	return t.found
}

type tarjan struct {
	edges      map[string][]string
	index, low map[string]int // from 1 on
	on         map[string]bool
	stack      []string
	found      [][]string
}

func (t *tarjan) visit(node string) {
	t.index[node] = len(t.index) + 1
	t.low[node] = t.index[node]
	t.stack, t.on[node] = append(t.stack, node), true
	for _, to := range t.edges[node] {
		switch {
		case t.index[to] == 0:
			t.visit(to)
			t.low[node] = min(t.low[node], t.low[to])
		case t.on[to]:
			t.low[node] = min(t.low[node], t.index[to])
		}
	}
	if t.low[node] == t.index[node] {
		t.pop(node)
	}
}

// pop takes from the stack what can be reached from a node and leads back to it.
func (t *tarjan) pop(node string) {
	at := len(t.stack) - 1
	for t.stack[at] != node {
		at--
	}
	together := slices.Clone(t.stack[at:])
	t.stack = t.stack[:at]
	for _, one := range together {
		t.on[one] = false
	}
	if len(together) > 1 || slices.Contains(t.edges[node], node) {
		slices.Sort(together)
		t.found = append(t.found, together)
	}
}
