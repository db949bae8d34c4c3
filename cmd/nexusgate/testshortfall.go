package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
)

// shortfalls says in words what a verdict has otherwise than a case wants it.
func shortfalls(want *definition.WantedVerdict, v gate.Verdict) []string {
	var problems []string
	if string(v.Outcome) != want.Outcome {
		problems = append(problems, fmt.Sprintf("outcome: wanted %s, got %s%s", want.Outcome, v.Outcome, held(v)))
	}
	exceptions := slices.Sorted(slices.Values(want.Exceptions))
	if want.Exceptions != nil && !slices.Equal(exceptions, v.Exceptions) {
		problems = append(problems, fmt.Sprintf("exceptions: wanted %s, got %s", listed(exceptions), listed(v.Exceptions)))
	}
	for i := range want.Findings {
		if problem := missed(&want.Findings[i], v.Findings); problem != "" {
			problems = append(problems, problem)
		}
	}
	if want.Only {
		problems = append(problems, unnamed(want.Findings, v.Findings)...)
	}
	return problems
}

// held says what holds an outcome back, the worst first: ", by coverage of web (unmet, lines 79.9)".
func held(v gate.Verdict) string {
	var by []string
	for _, f := range v.Findings {
		if f.Level == definition.Required && f.State != gate.Met && f.Exception == "" && len(by) < 3 {
			by = append(by, fmt.Sprintf("%s (%s, %s)", findingName(f), f.State, f.Got))
		}
	}
	if len(by) == 0 {
		return ""
	}
	return ", by " + strings.Join(by, ", ")
}

func listed(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}

// missed says why none of the findings is the one that is wanted, or "" where one is.
func missed(want *definition.WantedFinding, findings []gate.Finding) string {
	var nearest []string
	var instead gate.Finding
	for _, f := range findings {
		if !isAbout(want, f) {
			continue
		}
		unlike := otherwise(want, f)
		if len(unlike) == 0 {
			return ""
		}
		if nearest == nil || len(unlike) < len(nearest) {
			nearest, instead = unlike, f
		}
	}
	if nearest == nil {
		return fmt.Sprintf("%s%s: there is no such finding; there are %s", want.Criterion, of(want.Component), findingNames(findings))
	}
	return fmt.Sprintf("%s: %s (the rule wants %s, and found %s)", findingName(instead), strings.Join(nearest, "; "), instead.Want, instead.Got)
}

func isAbout(want *definition.WantedFinding, f gate.Finding) bool {
	return f.Criterion == want.Criterion && (want.Component == "" || f.Component == want.Component)
}

// otherwise are the fields in which a finding is not as it is wanted: "state wanted met, got unmet".
func otherwise(want *definition.WantedFinding, f gate.Finding) []string {
	var unlike []string
	differs := func(field, wanted, got string) {
		unlike = append(unlike, fmt.Sprintf("%s wanted %s, got %s", field, wanted, got))
	}
	if want.State != string(f.State) {
		differs("state", want.State, string(f.State))
	}
	if want.Level != "" && want.Level != f.Level {
		differs("level", string(want.Level), string(f.Level))
	}
	if want.Layer != "" && want.Layer != f.Layer {
		differs("layer", string(want.Layer), string(f.Layer))
	}
	if want.Exception != nil && *want.Exception != f.Exception {
		differs("exception", fmt.Sprintf("%q", *want.Exception), fmt.Sprintf("%q", f.Exception))
	}
	if want.Got != nil && !want.Got.Admits(f.Got) {
		differs("found", want.Got.Text, fmt.Sprintf("%q", f.Got))
	}
	return unlike
}

// unnamed are the findings short of met that a case does not name.
func unnamed(wanted []definition.WantedFinding, findings []gate.Finding) []string {
	var problems []string
	for _, f := range findings {
		named := slices.ContainsFunc(wanted, func(want definition.WantedFinding) bool { return isAbout(&want, f) })
		if f.State != gate.Met && !named {
			problems = append(problems, fmt.Sprintf("%s: wanted nothing else to be short of met, and it is %s: wanted %s, found %s", findingName(f), f.State, f.Want, f.Got))
		}
	}
	return problems
}

func findingName(f gate.Finding) string { return f.Criterion + of(f.Component) }

func of(component string) string {
	if component == "" {
		return ""
	}
	return " of " + component
}

// mostNamed bounds how many findings are named where one was not found.
const mostNamed = 12

func findingNames(findings []gate.Finding) string {
	var all []string
	for _, f := range findings {
		all = append(all, findingName(f))
	}
	slices.Sort(all)
	if len(all) > mostNamed {
		all = append(all[:mostNamed:mostNamed], fmt.Sprintf("%d more", len(all)-mostNamed))
	}
	return listed(all)
}
