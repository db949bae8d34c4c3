package facts

import (
	"bytes"
	"strconv"
	"strings"

	"golang.org/x/tools/cover"
)

// readGoCover counts the statements of a profile that go test -coverprofile or go tool covdata textfmt
// wrote. A profile has blocks of statements and knows neither lines nor branches nor functions; what
// go tool cover calls the coverage is that of statements. A block that several packages ran comes
// several times and counts once.
func readGoCover(f File) (coverage, error) {
	if lines := bytes.Count(f.Body, []byte("\n")); lines > maxElements {
		return coverage{}, f.refusal("the profile has %d lines, more than %d: merge it with go tool covdata, or split it", lines, maxElements)
	}
	profiles, err := cover.ParseProfilesFromReader(bytes.NewReader(bytes.TrimSpace(f.Body)))
	if err != nil {
		return coverage{}, f.fault(quoted(f.Body, err), "this is no Go cover profile (%s): look whether go test has ended before it was whole, and submit each profile as a file of its own", cut(err.Error(), maxNameShown))
	}
	var c coverage
	for _, p := range profiles {
		for _, block := range p.Blocks {
			if block.NumStmt > maxNumber {
				return coverage{}, f.refusal("a block of %d statements in %s is none that Go has: look at what wrote the file", block.NumStmt, cut(p.FileName, maxTextShown))
			}
			c.lines.total += block.NumStmt
			if block.Count != 0 { // counts that were added may have gone over
				c.lines.covered += block.NumStmt
			}
		}
	}
	return c, nil
}

// quoted is where the line begins that an error quotes, as those of package cover do; 0 where it does not.
func quoted(text []byte, err error) int {
	from := max(strings.IndexByte(err.Error(), '"'), 0)
	quote, _ := strconv.QuotedPrefix(err.Error()[from:])
	line, unquotable := strconv.Unquote(quote)
	if unquotable != nil {
		return 0
	}
	at := bytes.Index(append(text[:len(text):len(text)], '\n'), []byte("\n"+line+"\n"))
	return at + 1
}
