package facts

import (
	"encoding/xml"
	"strings"
)

// testCase is what one test came to.
type testCase struct{ failed, broke, skipped, flaky bool }

// readCase reads a test case to its end. What failed and passed when it was run again is told by
// flakyFailure and flakyError; what failed again and again by rerunFailure and rerunError beside the
// first failure.
func readCase(x *xmlFile, start xml.StartElement) (testCase, error) {
	c := caseOf(start)
	for depth := len(x.path); len(x.path) >= depth; {
		token, err := x.next()
		if err != nil {
			return c, err
		}
		if t, ok := token.(xml.StartElement); ok && len(x.path) == depth+1 {
			c.tell(t.Name.Local)
		}
	}
	return c, nil
}

func (c *testCase) tell(element string) {
	switch element {
	case "failure", "rerunFailure":
		c.failed = true
	case "error", "rerunError":
		c.broke = true
	case "skipped":
		c.skipped = true
	case "flakyFailure", "flakyError":
		c.flaky = true
	}
}

// caseOf knows the attribute by which GoogleTest and CTest say what no element does.
func caseOf(start xml.StartElement) testCase {
	switch strings.ToLower(attribute(start, "status")) {
	case "notrun", "disabled", "skipped":
		return testCase{skipped: true}
	case "fail", "failed", "failure":
		return testCase{failed: true}
	case "error":
		return testCase{broke: true}
	}
	return testCase{}
}
