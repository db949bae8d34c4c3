package facts

import (
	"bytes"

	"github.com/nexusgate/nexusgate/gate"
)

// covered are counts of what could have been run and what was.
type covered struct{ covered, total int }

func (c *covered) count(hit bool) { c.covered, c.total = c.covered+one(hit), c.total+1 }

func (c *covered) add(other covered) {
	c.covered, c.total = c.covered+other.covered, c.total+other.total
}

// worse is the lower of two claims on the same, of which either may be missing.
func worse(a, b covered) covered {
	if a.total == 0 || b.total > 0 && b.covered*a.total < a.covered*b.total {
		return b
	}
	return a
}

// coverage is what one file tells.
type coverage struct{ lines, branches, functions covered }

func (c coverage) counts() counts {
	return counts{
		"linesCovered": c.lines.covered, "linesTotal": c.lines.total,
		"branchesCovered": c.branches.covered, "branchesTotal": c.branches.total,
		"functionsCovered": c.functions.covered, "functionsTotal": c.functions.total,
	}
}

// coverageFacts makes percentages of sums. Branches and functions of which there are none are left out:
// most formats write 0 where they do not know. Lines stay, so that no line at all is seen to be empty.
func coverageFacts(c counts) gate.Facts {
	facts := gate.Facts{}
	for _, what := range []string{"lines", "branches", "functions"} {
		covered, total := c[what+"Covered"], c[what+"Total"]
		if total > 0 {
			facts[what] = percent(covered, total)
		}
		if total > 0 || what == "lines" {
			facts[what+"Covered"], facts[what+"Total"] = covered, total
		}
	}
	return facts
}

// percent has two digits and is rounded down: 79.999 is not 80.
func percent(covered, total int) float64 { return float64(covered*10000/total) / 100 }

// readCoverage reads a file of whichever format it is.
func readCoverage(f File) (counts, error) {
	start := bytes.TrimSpace(f.Body)
	var c coverage
	var err error
	switch {
	case bytes.HasPrefix(start, []byte("<")):
		c, err = readXMLCoverage(f)
	case bytes.HasPrefix(start, []byte("mode:")):
		c, err = readGoCover(f)
	case len(start) == 0 || isLCOV(start): // LCOV of no source file has no line
		c, err = readLCOV(f)
	default:
		err = f.fault(0, "this is no coverage report that is read, which are Go cover profiles, LCOV, Cobertura XML and JaCoCo XML; it begins with %s: have the tool write one of them", excerpt(start))
	}
	return c.counts(), err
}

func readXMLCoverage(f File) (coverage, error) {
	x := openXML(f)
	root, err := x.root()
	if err != nil {
		return coverage{}, err
	}
	switch root.Name.Local {
	case "coverage":
		return readCobertura(x, root)
	case "report":
		return readJaCoCo(x)
	default:
		return coverage{}, x.fault(x.at, "<%s> is not the root of a coverage report that is read, which is <coverage> of Cobertura or <report> of JaCoCo: have the tool write one of them, or LCOV", cut(root.Name.Local, maxTextShown))
	}
}

// isLCOV knows a tracefile by its first line: the name of a test, a source file or a comment.
func isLCOV(start []byte) bool {
	return bytes.HasPrefix(start, []byte("TN:")) || bytes.HasPrefix(start, []byte("SF:")) || bytes.HasPrefix(start, []byte("#"))
}
