package facts

// lcovSource is what all records of one source file say together: run once is run.
type lcovSource struct {
	lines, branches map[string]bool
	functions       map[string]lcovFunction
	records         int
	says            coverage // of the last record
}

func (s *lcovSource) add(r *lcovRecord) {
	s.records++
	for line, ran := range r.lines {
		s.lines[line] = s.lines[line] || ran
	}
	for branch, ran := range r.branches {
		s.branches[branch] = s.branches[branch] || ran
	}
	for name, f := range r.functions {
		before := s.functions[name]
		s.functions[name] = lcovFunction{max(before.found, f.found), max(before.counted, f.counted), max(before.hit, f.hit)}
	}
	s.says = coverage{lines: r.claim("LH", "LF"), branches: r.claim("BRH", "BRF"), functions: r.claim("FNH", "FNF")}
}

// addTo adds what is shown, and where a tool shows none of the kind, what the record says. Of lines the
// worse of both counts, as long as there is one record: a tool may show those that were run alone.
func (s *lcovSource) addTo(c *coverage) {
	var shown coverage
	for _, ran := range s.lines {
		shown.lines.count(ran)
	}
	for _, ran := range s.branches {
		shown.branches.count(ran)
	}
	for _, f := range s.functions {
		shown.functions.add(f.covered())
	}
	if shown.lines.total == 0 || s.records == 1 {
		shown.lines = worse(shown.lines, s.says.lines)
	}
	if shown.branches.total == 0 {
		shown.branches = s.says.branches
	}
	if shown.functions.total == 0 {
		shown.functions = s.says.functions
	}
	c.lines.add(shown.lines)
	c.branches.add(shown.branches)
	c.functions.add(shown.functions)
}
