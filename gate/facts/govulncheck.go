package facts

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
)

// govulncheckMessage is one of the stream of govulncheck -format json
// (https://pkg.go.dev/golang.org/x/vuln/internal/govulncheck).
type govulncheckMessage struct {
	Config *struct {
		ScanLevel string `json:"scan_level"`
	} `json:"config"`
	OSV     *struct{}           `json:"osv"`
	Finding *govulncheckFinding `json:"finding"`
}

type govulncheckFinding struct {
	OSV   string `json:"osv"`
	Trace []struct {
		Module   string `json:"module"`
		Package  string `json:"package"`
		Function string `json:"function"`
	} `json:"trace"`
}

// govulncheck gathers what was found, and whether the code reaches it, each vulnerability once per module.
type govulncheck struct {
	level string
	knows bool // of any vulnerability, found or not
	found map[[2]string]bool
}

// readGovulncheck counts what the code reaches as govulncheck itself does: what it found at the level
// that it was asked to scan at, which is that of functions unless it was told another. What is only
// imported or required is counted as unreached. It does not weigh what it finds.
//
// A stream has no end that would tell whether it is whole. One that names no vulnerability of the
// database, whether it is found or not, ended before it had looked, and says nothing: the standard
// library alone has many.
func readGovulncheck(f File) (counts, error) {
	g := govulncheck{found: map[[2]string]bool{}}
	decoder := json.NewDecoder(bytes.NewReader(f.Body))
	for {
		begin := int(decoder.InputOffset())
		var m govulncheckMessage
		err := decoder.Decode(&m)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			at, said := unsound(err, len(f.Body))
			return nil, f.fault(at, "%w", said)
		}
		if err := g.hear(m); err != nil {
			return nil, f.fault(begin, "%w", err)
		}
	}
	if !g.knows {
		return nil, nil
	}
	return g.counts(), nil
}

func (g *govulncheck) hear(m govulncheckMessage) error {
	if m.Config != nil {
		g.level = m.Config.ScanLevel
	}
	g.knows = g.knows || m.OSV != nil
	if m.Finding == nil {
		return nil
	}
	if m.Finding.OSV == "" || len(m.Finding.Trace) == 0 {
		return errors.New("a finding has no id or no trace: look at what wrote the file")
	}
	at := m.Finding.Trace[0]
	reached := at.Function != ""
	switch g.level {
	case "module":
		reached = true
	case "package":
		reached = at.Package != ""
	}
	key := [2]string{m.Finding.OSV, at.Module}
	g.found[key] = g.found[key] || reached
	return nil
}

func (g *govulncheck) counts() counts {
	reached := 0
	for _, r := range g.found {
		reached += one(r)
	}
	return unweighedCounts(reached, len(g.found)-reached)
}

// unweighedCounts tell how many there are, and not how severe they are.
func unweighedCounts(reached, unreached int) counts {
	return counts{"unknown": reached, unweighed: reached, "unreached": unreached}
}

// readGovulncheckSARIF reads what govulncheck -format sarif wrote, which is whole or not there at all.
// An error is what the code reaches.
func readGovulncheckSARIF(f File) (counts, error) {
	runs, err := sarifRuns(f)
	if err != nil {
		return nil, err
	}
	for _, r := range runs {
		if r.Tool.Driver.Name != "govulncheck" {
			return nil, f.refusal("the SARIF of %s does not tell vulnerabilities by their severity: submit it as sarif, or the scanner's own JSON as vulnerabilities", excerpt([]byte(r.Tool.Driver.Name)))
		}
	}
	found, err := readSARIF(f)
	if found == nil || err != nil {
		return nil, err
	}
	return unweighedCounts(found["errors"], found["warnings"]+found["notes"]), nil
}
