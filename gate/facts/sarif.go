package facts

import (
	"encoding/json"
	"strings"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
)

// readSARIF counts the results of SARIF 2.1.0 by their level, as its chapter 3.27 has it
// (https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html): a result without one has that of
// its rule. Results that are suppressed, and those that a baseline says are gone, are left out.
//
// A run that holds no list of results has not looked for any, and the file says nothing. A run that says of itself that it did not succeed may have found too little and is refused, as is one
// whose results lie in other files.
func readSARIF(f File) (counts, error) {
	runs, err := sarifRuns(f)
	if err != nil {
		return nil, err
	}
	if len(runs) == 0 {
		return nil, nil
	}
	all := counts{}
	for _, run := range runs {
		found, err := run.counts(f)
		if err != nil {
			return nil, err
		}
		if found == nil {
			return nil, nil
		}
		all.add(found)
	}
	return all, nil
}

// sarifRun is what counts of a run. Its results and rules are decoded one at a time, as a whole they
// take many times the room that they have in the file.
type sarifRun struct {
	Tool struct {
		Driver     sarifComponent    `json:"driver"`
		Extensions []json.RawMessage `json:"extensions"`
	} `json:"tool"`
	Invocations []json.RawMessage `json:"invocations"`
	Results     []json.RawMessage `json:"results"`
	External    struct {
		Results []json.RawMessage `json:"results"`
		Driver  json.RawMessage   `json:"driver"`
	} `json:"externalPropertyFileReferences"`
}

// sarifComponent is a tool or a plug-in of it.
type sarifComponent struct {
	Name  string            `json:"name"`
	GUID  string            `json:"guid"`
	Rules []json.RawMessage `json:"rules"`
}

func sarifRuns(f File) ([]sarifRun, error) {
	if err := f.boundJSON(maxObjects); err != nil {
		return nil, err
	}
	var log struct {
		Version string            `json:"version"`
		Runs    []json.RawMessage `json:"runs"`
	}
	if err := f.decodeJSON(&log); err != nil {
		return nil, err
	}
	if !strings.HasPrefix(log.Version, "2.1.") {
		return nil, f.fault(0, "version %s is not that of SARIF 2.1.0, which is read: have the tool write SARIF 2.1.0", excerpt([]byte(log.Version)))
	}
	return sarifParts[sarifRun](f, log.Runs, "runs")
}

// sarifParts are runs, or the plug-ins of a tool: each takes many times the room that it needs to have in the file.
func sarifParts[T any](f File, raw []json.RawMessage, what string) ([]T, error) {
	if len(raw) > maxParts {
		return nil, f.refusal("there are more than %d %s: submit them in parts, under names of their own", maxParts, what)
	}
	all := make([]T, len(raw))
	for i := range raw {
		if err := f.decodePart(raw[i], &all[i]); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// counts are nil where the run has looked for nothing.
func (r *sarifRun) counts(f File) (counts, error) {
	rules, err := r.rules(f)
	if err != nil {
		return nil, err
	}
	if len(r.External.Results) > 0 || len(r.External.Driver) > 0 {
		return nil, f.refusal("results or rules of %s lie in other files: have the tool write one file", excerpt([]byte(r.Tool.Driver.Name)))
	}
	if r.Results == nil {
		return nil, nil
	}
	found := counts{"errors": 0, "warnings": 0, "notes": 0, "suppressed": 0}
	for _, raw := range r.Results {
		result := sarifResult()
		if err := f.decodePart(raw, result); err != nil {
			return nil, err
		}
		if err := count(found, result, rules); err != nil {
			return nil, f.faultIn(raw, 0, "%w", err)
		}
	}
	return found, nil
}

// sarifResult has the indexes that the standard gives to what is absent, where the library has 0.
func sarifResult() *sarif.Result {
	nowhere := &sarif.ToolComponentReference{Index: -1}
	return &sarif.Result{RuleIndex: -1, Rule: &sarif.ReportingDescriptorReference{Index: -1, ToolComponent: nowhere}}
}
