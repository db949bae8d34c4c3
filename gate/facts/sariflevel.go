package facts

import (
	"fmt"
	"slices"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
)

// count adds a result by its level, unless it does not count.
func count(to counts, result *sarif.Result, rules sarifRules) error {
	if result.BaselineState != nil && *result.BaselineState == "absent" {
		return nil
	}
	if suppressed(result) {
		to["suppressed"]++
		return nil
	}
	level := result.Level
	switch {
	case level != "":
	case result.Kind != "" && result.Kind != "fail":
		level = "none"
	default:
		level = rules.level(result)
	}
	names := map[string]string{"error": "errors", "warning": "warnings", "note": "notes"}
	switch name, counted := names[level]; {
	case counted:
		to[name]++
	case level != "none":
		return fmt.Errorf("%s is no level of SARIF, which are error, warning, note and none: look at what wrote the file", excerpt([]byte(level)))
	}
	return nil
}

// suppressed says whether a result is: somebody asked for it, and no request was turned down or is
// still under review.
func suppressed(result *sarif.Result) bool {
	pending := func(s *sarif.Suppression) bool { return s == nil || s.Status != nil && *s.Status != "accepted" }
	return len(result.Suppressions) > 0 && !slices.ContainsFunc(result.Suppressions, pending)
}
