package gate

import (
	"slices"

	"github.com/nexusgate/nexusgate/definition"
)

// heard is the evidence behind some references.
type heard struct {
	refs     []string
	evidence []Evidence
}

// news is what of the evidence came or went.
type news struct {
	all  bool
	some []report
}

// report is a piece of it, as far as it decides whom it concerns.
type report struct {
	kind, name string
	holds      bool // it may complete others: they name it as what holds them
}

// bear says whether the news bear on a criterion: by their kind and name, and with a glob also by what
// holds the evidence.
func (n *news) bear(c *definition.Criterion) bool {
	return n.all || slices.ContainsFunc(n.some, func(r report) bool {
		named := func() bool {
			return c.Name == "" || c.Name == r.name || definition.MatchGlob(c.Name, r.name)
		}
		return r.kind == c.Evidence && named() || r.holds && c.HasGlob()
	})
}

// take goes over to other references, and asks for no evidence that it has: what differs from one
// verdict to the next is seldom more than one place of the list.
func (h *heard) take(refs []string, evidence func(ref string) (*Evidence, error)) (news, error) {
	least := min(len(refs), len(h.refs))
	from := 0
	for from < least && refs[from] == h.refs[from] {
		from++
	}
	same := 0
	for same < least-from && refs[len(refs)-1-same] == h.refs[len(h.refs)-1-same] {
		same++
	}
	came, err := found(refs[from:len(refs)-same], evidence)
	if err != nil {
		return news{}, err
	}
	var told news
	told.report(h.evidence[from:len(h.evidence)-same], h.evidence)
	h.refs, h.evidence = refs, slices.Replace(h.evidence, from, len(h.evidence)-same, came...)
	told.report(came, h.evidence)
	return told, nil
}

func (n *news) report(some, among []Evidence) {
	for i := range some {
		n.some = append(n.some, report{some[i].Kind, some[i].Name, holds(some[i].Object, among)})
	}
}

func holds(object string, among []Evidence) bool {
	for i := range among {
		if e := &among[i]; e.Holder == object || e.Parent == object {
			return true
		}
	}
	return false
}
