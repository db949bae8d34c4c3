package facts

import (
	"encoding/xml"
	"regexp"
	"strconv"
)

// cobertura counts the lines of classes; those of methods are the same ones once more, and say which
// methods ran. A line's branches are in its condition-coverage, "50% (1/2)". The format is
// https://github.com/cobertura/cobertura/blob/master/cobertura/src/site/htdocs/xml/coverage-04.dtd.
type cobertura struct {
	*xmlFile
	sum     coverage
	class   map[int]coberturaLine // the lines of the class that is open
	methods map[int]coberturaLine // and those of its methods
	ran     bool                  // the method that is open
}

type coberturaLine struct {
	hit      bool
	branches covered
}

// readCobertura holds what the lines come to against what the root says, which alone is there when a
// tool was told to leave the lines out.
func readCobertura(x *xmlFile, root xml.StartElement) (coverage, error) {
	lines, err := rootCount(x, root, "lines")
	if err != nil {
		return coverage{}, err
	}
	branches, err := rootCount(x, root, "branches")
	if err != nil {
		return coverage{}, err
	}
	c := cobertura{xmlFile: x}
	if err := x.each(c.begin, c.end); err != nil {
		return coverage{}, err
	}
	return coverage{lines: worse(c.sum.lines, lines), branches: worse(c.sum.branches, branches), functions: c.sum.functions}, nil
}

func rootCount(x *xmlFile, root xml.StartElement, what string) (covered, error) {
	hit, _, err := x.number(root, what+"-covered")
	if err != nil {
		return covered{}, err
	}
	valid, _, err := x.number(root, what+"-valid")
	if hit > valid && err == nil {
		err = x.fault(x.at, "more %s are covered (%d) than there are (%d): look at what wrote the file", what, hit, valid)
	}
	return covered{hit, valid}, err
}

func (c *cobertura) begin(t xml.StartElement) error {
	switch t.Name.Local {
	case "project", "file":
		if c.parent() == "coverage" {
			return c.fault(c.at, "this is the XML of Clover or SonarQube, which is not read: have the tool write Cobertura XML or LCOV")
		}
	case "class":
		c.class, c.methods = map[int]coberturaLine{}, map[int]coberturaLine{}
	case "method":
		c.ran = false
	case "line":
		return c.line(t)
	}
	return nil
}

func (c *cobertura) line(t xml.StartElement) error {
	number, known, err := c.number(t, "number")
	if err != nil {
		return err
	}
	if !known || c.class == nil {
		return c.fault(c.at, "this <line> is of no class or has no number: look at what wrote the file")
	}
	line, err := c.lineOf(t)
	if err != nil {
		return err
	}
	if len(c.path) >= 3 && c.path[len(c.path)-3] == "method" {
		c.ran = c.ran || line.hit
		c.methods[number] = c.methods[number].with(line)
	} else {
		c.class[number] = c.class[number].with(line)
	}
	return nil
}

var conditions = regexp.MustCompile(`\(([0-9]{1,9})/([0-9]{1,9})\)`)

func (c *cobertura) lineOf(t xml.StartElement) (coberturaLine, error) {
	hits, err := hits([]byte(attribute(t, "hits")))
	if err != nil {
		return coberturaLine{}, c.fault(c.at, "hits of a line: %w", err)
	}
	line := coberturaLine{hit: hits}
	if found := conditions.FindStringSubmatch(attribute(t, "condition-coverage")); found != nil {
		line.branches.covered, _ = strconv.Atoi(found[1])
		line.branches.total, _ = strconv.Atoi(found[2])
		line.branches.covered = min(line.branches.covered, line.branches.total)
	}
	return line, nil
}

// with is a line that comes a second time: run if it was run once, its branches the worse of the two.
func (l coberturaLine) with(again coberturaLine) coberturaLine {
	return coberturaLine{hit: l.hit || again.hit, branches: worse(l.branches, again.branches)}
}

func (c *cobertura) end(name string) {
	switch name {
	case "method":
		c.sum.functions.count(c.ran)
	case "class":
		lines := c.class
		if len(lines) == 0 {
			lines = c.methods
		}
		for _, line := range lines {
			c.sum.lines.count(line.hit)
			c.sum.branches.add(line.branches)
		}
		c.class, c.methods = nil, nil
	}
}
