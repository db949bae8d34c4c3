package definitiontest

import "fmt"

// Nexus is a Nexus-wide layer with components cart and web, of the constraints that leaf makes. It is
// sound, and requires something of each component; not all of it is about both, or about commits.
func (c Choices) Nexus(leaf func() Constraint) Layer {
	l := Layer{}
	for i := range 4 {
		l.Criteria = append(l.Criteria, c.criterion(i, leaf))
	}
	var p page
	p.put(0, `name: "n"`)
	p.put(0, fmt.Sprintf("zone: %q", c.Pick("UTC", "Europe/Madrid")))
	p.put(0, `teams: {`)
	p.put(1, `cart: components: cart: repo: "github:acme/cart"`)
	p.put(1, `web: components: web: repo: "gitlab:acme/web"`)
	p.put(0, `}`)
	p.done(l.Criteria, "")
	l.Source = p.String()
	return l
}

// criterion is the Nexus's i-th. The first is required of each component's commits.
func (c Choices) criterion(i int, leaf func() Constraint) *Criterion {
	r := &Criterion{ID: fmt.Sprintf("c%d", i)}
	r.set("why", "Because of "+r.ID)
	on := "commit"
	if i > 0 && c.Odds(6) {
		on = c.Pick("change", "increment")
	}
	r.set("on", on)
	kind := c.Pick("mine", "junit", "check")
	r.set("evidence", kind)
	level := i > 0 && c.Odds(4)
	if level {
		r.set("level", "advisory")
	} else if c.Odds(4) {
		r.set("requiredFrom", c.day())
	}
	if kind == "check" && !level || c.Odds(8) {
		r.set("from.app", "bot")
	}
	c.narrow(r, i)
	paths := [][]string{{"a"}, {"a", "b"}, {"a", "n.x"}, {"b", "n.x"}, {"a", "b", "n.x"}}
	for _, path := range paths[c.IntN(len(paths))] {
		r.Must = append(r.Must, Leaf{Path: path, Constraint: leaf()})
	}
	return r
}

func (c Choices) narrow(r *Criterion, i int) {
	if _, some := r.Field("from.app"); !some && c.Odds(4) {
		r.set("from.trust", c.trust())
	}
	if !c.Odds(8) {
		r.set("name", c.Pick(r.ID, r.ID, r.ID+"*"))
	}
	if c.Odds(8) {
		r.set("atLeast", "2")
	}
	if c.Odds(4) {
		r.set("fresh", c.duration())
	}
	if c.Odds(4) {
		r.set("within", c.duration())
	}
	if c.Odds(4) {
		r.set("fix", "Mend "+r.ID)
	}
	if i > 0 && c.Odds(6) && r.Value("on") != "increment" {
		r.set("appliesTo.components", c.Pick(`["cart", "web"]`, `["web"]`))
	}
}

func (c Choices) day() string      { return c.Pick("2026-11-01", "2026-11-24", "2027-01-15", "2027-06-01") }
func (c Choices) trust() string    { return c.Pick("declared", "token", "webhook", "oidc") }
func (c Choices) duration() string { return c.Pick("30m", "12h", "1d", "24h", "36h", "2d") }
