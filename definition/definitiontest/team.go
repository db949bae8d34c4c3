package definitiontest

// Team is the layer of component cart over a Nexus's: legal, illegal, or written to get around it.
func (c Choices) Team(nexus Layer) Layer {
	l := Layer{}
	for _, i := range c.Perm(len(nexus.Criteria))[:1+c.IntN(2)] {
		l.Criteria = append(l.Criteria, c.tightening(nexus.Criteria[i]))
	}
	if c.Odds(4) {
		l.Criteria = append(l.Criteria, c.own(nexus.Criteria[c.IntN(len(nexus.Criteria))]))
	}
	inside, beside := "", ""
	if c.Odds(8) {
		spoiling := c.spoiling()
		l.Spoiled, inside, beside = spoiling.what, spoiling.inside, spoiling.beside
	}
	var p page
	if beside != "" {
		p.put(0, beside)
	}
	p.done(l.Criteria, inside)
	l.Source = p.String()
	return l
}

// tightening is what a team says of a criterion of the Nexus: something stricter, something looser, the
// same, or nothing.
func (c Choices) tightening(nexus *Criterion) *Criterion {
	r := &Criterion{ID: nexus.ID}
	if c.Odds(8) {
		r.set("level", c.Pick("required", "required", "advisory"))
	}
	if c.Odds(8) && r.Value("level") != "advisory" {
		r.set("requiredFrom", c.day())
	}
	c.near(r, nexus, "fresh", c.duration)
	c.near(r, nexus, "within", c.duration)
	c.near(r, nexus, "from.trust", c.trust)
	c.near(r, nexus, "why", func() string { return "More of it" })
	c.near(r, nexus, "fix", func() string { return "Mend more" })
	for range c.IntN(3) {
		r.Must = append(r.Must, c.fact(nexus))
	}
	return r
}

// near sets a field, often to what the Nexus does.
func (c Choices) near(r, nexus *Criterion, field string, value func() string) {
	if !c.Odds(10) {
		return
	}
	v := value()
	if same := nexus.Value(field); same != "" && c.Odds(3) {
		v = same
	}
	r.set(field, v)
}

// fact is a leaf on a fact of which the Nexus says something, or on another.
func (c Choices) fact(nexus *Criterion) Leaf {
	if c.Odds(12) {
		return Leaf{Path: c.Pick("c", "n.y", "n", "a.x"), Constraint: c.Conjunction()}
	}
	of := nexus.Must[c.IntN(len(nexus.Must))]
	return Leaf{Path: of.Path, Constraint: c.Beside(of.Constraint)}
}

// own is a criterion of the team's own, now and then the Nexus's in other words.
func (c Choices) own(nexus *Criterion) *Criterion {
	r := &Criterion{ID: "own"}
	echo := nexus.Value("on") == "commit" && nexus.Value("appliesTo.components") != `["web"]`
	for _, leaf := range nexus.Must {
		echo = echo && !hasDisjunction(leaf.Constraint)
	}
	if !echo || c.Odds(2) {
		r.set("why", "Because of us")
		r.set("on", c.Pick("commit", "change"))
		r.set("evidence", c.Pick("mine", "junit", "ours"))
		r.Must = append(r.Must, Leaf{Path: "a", Constraint: c.Conjunction()})
		c.near(r, nexus, "level", func() string { return "advisory" })
		return r
	}
	r.Echoes = nexus.ID
	r.Fields = append(r.Fields, nexus.Fields...)
	r.drop("appliesTo.components")
	for _, leaf := range nexus.Must {
		r.Must = append(r.Must, Leaf{Path: leaf.Path, Constraint: leaf.Constraint})
	}
	return r
}
