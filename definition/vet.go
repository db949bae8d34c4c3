package definition

import (
	"errors"
	"maps"
	"slices"
	"time"
)

// Vet holds teams' layers against d and says all that is wrong: with them, with a component or an
// Increment left without a required criterion, and with an exception that lies too far ahead of now.
// Keys are component names.
func (d *Definition) Vet(files map[string]File, now time.Time) (faults, warnings Faults) {
	warnings = slices.Clone(d.Warnings)
	d.vetExceptions(now, &faults, &warnings)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if _, known := d.Component(name); !known {
			faults.add(Pos{files[name].Name, 1, 1}, "this file is for component %q, which the Nexus does not have; name one of its components", name)
		}
	}
	someRequired := requires(d.IncrementRules())
	for _, c := range d.All() {
		rules, warned, err := d.rulesOf(c, files)
		warnings = append(warnings, warned...)
		faults = append(faults, asFaults(err)...)
		if requires(rules) {
			someRequired = true
			continue
		}
		faults.add(c.Pos, "component %s has no required criterion of the Nexus on: \"commit\", so that it would never be done; write one that applies to it", c.Name)
	}
	if len(d.All()) == 0 {
		faults.add(d.done, "the Increment has no component, so that it would never be done; name the components of the teams")
	}
	if !someRequired {
		faults.add(d.done, "the Increment has no required criterion, so that it would never be done; write one")
	}
	return faults.sorted(), warnings.sorted()
}

func (d *Definition) vetExceptions(now time.Time, faults, warnings *Faults) {
	for i := range d.Exceptions {
		switch e := &d.Exceptions[i]; {
		case d.TooFar(e, now):
			faults.add(e.Pos, "exceptions.%s: %s lies more than %d days ahead; bring it nearer", e.ID, e.LastDay().Format(time.DateOnly), d.Longest)
		case !now.Before(e.Until):
			warnings.add(e.Pos, "exceptions.%s: it expired with %s, and excepts nothing any more; take it out", e.ID, e.LastDay().Format(time.DateOnly))
		}
	}
}

// rulesOf are the rules in force for a component with its file, where it has one.
func (d *Definition) rulesOf(c Component, files map[string]File) ([]Rule, Faults, error) {
	var t *Tightening
	f, some := files[c.Name]
	if some {
		var err error
		if t, err = LoadTightening(f); err != nil {
			rules, _, _ := d.Rules(c, nil, New)
			return rules, nil, err
		}
	}
	return d.Rules(c, t, New)
}

// requires says whether the Nexus itself requires a rule on commits or on the Increment, today or from a
// day. What a team adds does not make up for that.
func requires(rules []Rule) bool {
	return slices.ContainsFunc(rules, func(r Rule) bool {
		return r.Nexus != nil && r.Nexus.On != OnChange && r.Nexus.Level == Required
	})
}

func asFaults(err error) Faults {
	var faults Faults
	if errors.As(err, &faults) {
		return faults
	}
	return nil
}
