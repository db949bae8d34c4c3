package gate

import (
	"fmt"
	"strings"
	"time"

	"github.com/nexusgate/nexusgate/definition"
)

// clausesOf takes a rule apart: what each layer says, and where. A team's layer is shown by what it
// adds to the Nexus's.
func clausesOf(rule definition.Rule) []Clause {
	if rule.Nexus == nil {
		return clausesOfLayer(rule.Team, nil)
	}
	clauses := clausesOfLayer(rule.Nexus, nil)
	if rule.Team != nil {
		clauses = append(clauses, clausesOfLayer(rule.Team, rule.Nexus)...)
	}
	return clauses
}

// clausesOfLayer are the leaves of a layer at their own places, and its fields at the criterion's.
// What the layer under it says already is not said twice.
func clausesOfLayer(c, under *definition.Criterion) (clauses []Clause) {
	for _, leaf := range c.Must {
		if leaf.Layer == c.Layer {
			clauses = append(clauses, Clause{Says: leaf.String(), Layer: leaf.Layer, At: leaf.Pos.String()})
		}
	}
	var known []string
	if under != nil {
		known = fieldsOf(under)
	}
	for i, says := range fieldsOf(c) {
		if says != "" && (known == nil || says != known[i]) {
			clauses = append(clauses, Clause{Says: says, Layer: c.Layer, At: c.Pos.String()})
		}
	}
	return clauses
}

// fieldsOf says each field of a criterion beside its leaves, always as many and in one order; ""
// where it is not set.
func fieldsOf(c *definition.Criterion) []string {
	evidence := c.Evidence
	if c.Name != "" {
		evidence += " named " + c.Name
	}
	fields := []string{
		fmt.Sprintf("on %s, evidence %s", c.On, evidence), levelOf(c), "", "",
		listed("from ", c.From.App), listed("from the workflow ", c.From.Workflow), "",
		listed("only where these paths are touched: ", c.Paths),
		listed("for the teams ", c.AppliesTo.Teams), listed("for the components ", c.AppliesTo.Components),
		"within " + lasting(c.Within), "",
	}
	if c.AtLeast > 1 {
		fields[2] = fmt.Sprintf("at least %d times", c.AtLeast)
	}
	if c.From.Trust != definition.Unset {
		fields[6] = "from a trust of " + c.From.Trust.String() + " or more"
	}
	if c.Fresh > 0 {
		fields[11] = "fresh for " + lasting(c.Fresh)
	}
	return fields
}

func levelOf(c *definition.Criterion) string {
	if c.Level == definition.Required && !c.RequiredFrom.IsZero() {
		return "required from " + day(c.RequiredFrom)
	}
	return string(c.Level)
}

func listed(head string, all []string) string {
	if len(all) == 0 {
		return ""
	}
	return head + strings.Join(all, ", ")
}

// lasting is a duration as a definition writes it: 14d, 24h, 1h30m.
func lasting(d time.Duration) string {
	if hours := d / time.Hour; hours >= 48 && d%(24*time.Hour) == 0 {
		return fmt.Sprintf("%dd", hours/24)
	}
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

// day is a day in full, in the zone that it is given in.
func day(t time.Time) string { return t.Format(dayWords) }
