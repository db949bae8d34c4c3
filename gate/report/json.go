package report

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/nexusgate/nexusgate/gate"
)

// JSON is the verdict as `judge --format json` prints it: outcome, definition, increment,
// exceptions and findings, with what those exceptions are and with notices where there are any, in two-space indents and with a line end. Lists are never null.
func JSON(v gate.Verdict) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false) // ">=90" is to be read by people too
	enc.SetIndent("", "  ")
	err := enc.Encode(struct {
		Outcome    gate.Outcome   `json:"outcome"`
		Definition string         `json:"definition"`
		Increment  string         `json:"increment"`
		Exceptions []string       `json:"exceptions"`
		Grants     []gate.Grant   `json:"grants,omitempty"`
		Findings   []gate.Finding `json:"findings"`
		Notices    []string       `json:"notices,omitempty"`
	}{v.Outcome, v.Definition, v.Increment, listed(v.Exceptions), v.Grants, listed(v.Findings), v.Notices})
	if err != nil {
		return nil, fmt.Errorf("writing the verdict on %s as JSON: %w", v.Subject.Name, err)
	}
	return b.Bytes(), nil
}

// listed is the list, empty where it is nil.
func listed[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
