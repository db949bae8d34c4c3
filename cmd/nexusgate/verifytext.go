package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/nexusgate/nexusgate/gate/attest"
	"github.com/nexusgate/nexusgate/gate/report"
)

// statementText says what a statement is about.
func statementText(s attest.Statement, key attest.PublicKey) string {
	sum, inc := s.Summary, s.Summary.Increment
	lines := []string{
		fmt.Sprintf("%s of %s: %s", inc.Name, inc.Nexus, inc.Words()),
		fmt.Sprintf("decided by %s at %s", sum.Verifier.ID, sum.TimeVerified.Format(time.RFC3339)),
		fmt.Sprintf("verdict %s, composition %s, definition sha256:%s", inc.Verdict, inc.Digest, sum.Policy.Digest["sha256"]),
		"signed with " + key.ID,
	}
	for i, line := range lines {
		lines[i] = report.Plain(line)
	}
	for _, name := range slices.Sorted(maps.Keys(inc.Composition)) {
		lines = append(lines, "  "+report.Plain(name+" "+inc.Composition[name]))
	}
	for _, e := range inc.Exceptions {
		lines = append(lines, "  "+report.Plain(fmt.Sprintf("except %s (%s) until %s: %s", e.Criterion, e.ID, e.Until.Format(time.RFC3339), e.Reason)))
	}
	return strings.Join(lines, "\n")
}
