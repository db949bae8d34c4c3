package facts

import (
	"strconv"
	"strings"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
)

// sarifRules are the levels of rules, by the component that has them: the tool itself, then its extensions.
type sarifRules struct {
	levels [][]string
	byID   []map[string]int
	named  map[string]int // components, by their name or GUID
}

// rules reads the rules of a run, and what was made of their levels when it was called.
func (r *sarifRun) rules(f File) (sarifRules, error) {
	all := sarifRules{named: map[string]int{}}
	overrides, err := r.invocations(f)
	if err != nil {
		return all, err
	}
	extensions, err := sarifParts[sarifComponent](f, r.Tool.Extensions, "extensions of a tool")
	if err != nil {
		return all, err
	}
	for at, c := range append([]sarifComponent{r.Tool.Driver}, extensions...) {
		all.name(at, c)
		levels, byID := make([]string, len(c.Rules)), map[string]int{}
		for i, raw := range c.Rules {
			var rule sarif.ReportingDescriptor
			if err := f.decodePart(raw, &rule); err != nil {
				return all, err
			}
			levels[i] = levelOf(&rule, overrides, i)
			if rule.ID != nil {
				byID[*rule.ID] = i
			}
		}
		all.levels, all.byID = append(all.levels, levels), append(all.byID, byID)
	}
	return all, nil
}

func levelOf(rule *sarif.ReportingDescriptor, overrides map[string]string, i int) string {
	level := "warning"
	if d := rule.DefaultConfiguration; d != nil && d.Level != "" {
		level = d.Level
	}
	if set, ok := overrides[ruleKey(nil, i)]; ok {
		level = set
	}
	if set, ok := overrides[ruleKey(rule.ID, i)]; ok {
		level = set
	}
	return level
}

// ruleKey names a rule that an override speaks of, by its id or else by its place.
func ruleKey(id *string, index int) string {
	if id != nil {
		return *id
	}
	return "\x00" + strconv.Itoa(index)
}

// invocations refuses a run that did not succeed, and tells which levels were set when it was called.
func (r *sarifRun) invocations(f File) (map[string]string, error) {
	levels := map[string]string{}
	for _, raw := range r.Invocations {
		var called sarif.Invocation
		if err := f.decodePart(raw, &called); err != nil {
			return nil, err
		}
		if done := called.ExecutionSuccessful; done != nil && !*done {
			return nil, f.faultIn(raw, 0, "%s says that it did not succeed (executionSuccessful), so that it may have found too little: look at its log", excerpt([]byte(r.Tool.Driver.Name)))
		}
		for _, o := range called.RuleConfigurationOverrides {
			if o != nil && o.Descriptor != nil && o.Configuration != nil && o.Configuration.Level != "" {
				levels[ruleKey(o.Descriptor.ID, o.Descriptor.Index)] = o.Configuration.Level
			}
		}
	}
	return levels, nil
}

// level is that of the rule that a result names: by its place in the list of its component, otherwise
// by its id, of which the last parts may say a case of the rule (CA1000/1).
func (r sarifRules) level(result *sarif.Result) string {
	at, index, id := r.component(result), result.RuleIndex, result.RuleID
	if rule := result.Rule; rule != nil {
		index = max(index, rule.Index)
		if id == nil {
			id = rule.ID
		}
	}
	if index >= 0 && index < len(r.levels[at]) {
		return r.levels[at][index]
	}
	if id == nil {
		return "warning"
	}
	name := *id
	for range maxDepth {
		if i, known := r.byID[at][name]; known {
			return r.levels[at][i]
		}
		name = name[:max(strings.LastIndexByte(name, '/'), 0)]
	}
	return "warning"
}

// component is which of the tool and its extensions has the rule of a result.
func (r sarifRules) component(result *sarif.Result) int {
	if result.Rule == nil || result.Rule.ToolComponent == nil {
		return 0
	}
	named := result.Rule.ToolComponent
	if i := named.Index + 1; i > 0 && i < len(r.levels) {
		return i
	}
	for _, name := range []*string{named.GuID, named.Name} {
		if name != nil {
			if i, known := r.named[*name]; known {
				return i
			}
		}
	}
	return 0
}

// name enters a component, unless one before bears the name.
func (r sarifRules) name(at int, c sarifComponent) {
	for _, name := range []string{c.GUID, c.Name} {
		if _, taken := r.named[name]; !taken && name != "" {
			r.named[name] = at
		}
	}
}
