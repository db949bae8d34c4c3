package facts

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/nexusgate/nexusgate/gate"
)

// severities are the facts by the words of scanners, most severe first. Grype also knows Negligible.
var severities = []string{"critical", "high", "medium", "low", "negligible", "unknown"}

// unweighed counts what a scanner found and cannot weigh.
const unweighed = "unweighed"

// vulnerabilityFacts leave critical, high, medium, low and negligible out where a scanner that weighs
// nothing found something: that none of it is critical is not known. What it found is in unknown.
func vulnerabilityFacts(c counts) gate.Facts {
	facts := gate.Facts{}
	for _, severity := range severities {
		if c[unweighed] == 0 || severity == "unknown" {
			facts[severity] = c[severity]
		}
	}
	for _, also := range []string{"suppressed", "unreached"} {
		if n, told := c[also]; told {
			facts[also] = n
		}
	}
	return facts
}

// readVulnerabilities reads a report of whichever scanner it is.
func readVulnerabilities(f File) (counts, error) {
	if err := f.boundJSON(maxObjects); err != nil {
		return nil, err
	}
	var begins struct {
		Matches, SchemaVersion, Config, Runs json.RawMessage
	}
	if err := json.NewDecoder(bytes.NewReader(f.Body)).Decode(&begins); err != nil {
		at, said := unsound(err, len(f.Body))
		return nil, f.fault(at, "%w", said)
	}
	switch {
	case begins.Matches != nil:
		return readGrype(f)
	case begins.SchemaVersion != nil:
		return readTrivy(f)
	case begins.Config != nil:
		return readGovulncheck(f)
	case begins.Runs != nil:
		return readGovulncheckSARIF(f)
	default:
		return nil, f.fault(0, "this is no vulnerability report that is read, which are the JSON of Grype, Trivy and govulncheck and the SARIF of govulncheck: have the scanner write one of them")
	}
}

// weighed are vulnerabilities by what they are and where, each once per package. Of two reports of one
// the more severe counts.
type weighed map[[3]string]int

func (w weighed) add(id, name, version, severity string) error {
	if id == "" {
		return errors.New("a vulnerability has no id: look at what wrote the file")
	}
	weight := weightOf(severity)
	if weight < 0 {
		return fmt.Errorf("the severity %s of %s is none of %s: look at what wrote the file", excerpt([]byte(severity)), excerpt([]byte(id)), strings.Join(severities, ", "))
	}
	key := [3]string{id, name, version}
	if before, known := w[key]; known {
		weight = min(weight, before)
	}
	w[key] = weight
	return nil
}

// weightOf is the place of a severity; where there is none it is unknown.
func weightOf(severity string) int {
	if severity == "" {
		severity = "unknown"
	}
	for i, s := range severities {
		if strings.EqualFold(s, severity) {
			return i
		}
	}
	return -1
}

// counts by severity, all of which are told.
func (w weighed) counts() counts {
	c := counts{}
	for _, severity := range severities {
		c[severity] = 0
	}
	for _, weight := range w {
		c[severities[weight]]++
	}
	return c
}
