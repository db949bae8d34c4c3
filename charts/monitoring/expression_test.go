package monitoring_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/prometheus/promql/parser"
)

// variables are what Grafana puts into an expression before it asks Prometheus.
var variables = strings.NewReplacer("$__rate_interval", "5m", "$__range", "14d")

func parsed(expr string) (parser.Expr, error) {
	return parser.NewParser(parser.Options{}).ParseExpr(variables.Replace(expr))
}

// faults tells what an expression names that is not known, and which labels what it names has.
func faults(expr string, known labels) (all []string, has map[string]bool) {
	root, err := parsed(expr)
	if err != nil {
		return []string{err.Error()}, nil
	}
	has = named(root, known)
	parser.Inspect(root, func(node parser.Node, _ []parser.Node) error {
		switch n := node.(type) {
		case *parser.VectorSelector:
			all = append(all, selectorFaults(n, known)...)
		case *parser.AggregateExpr:
			all = append(all, lacking("groups by", n.Grouping, named(n.Expr, known))...)
		case *parser.BinaryExpr:
			if n.VectorMatching != nil {
				all = append(all, lacking("matches on", n.VectorMatching.MatchingLabels, named(n, known))...)
			}
		}
		return nil
	})
	return all, has
}

func selectorFaults(v *parser.VectorSelector, known labels) (all []string) {
	own, there := known[v.Name]
	if !there {
		return []string{fmt.Sprintf("there is no metric %q", v.Name)}
	}
	for _, m := range v.LabelMatchers {
		if m.Name != "__name__" && !own[m.Name] {
			all = append(all, fmt.Sprintf("%s has no label %s, only %v", v.Name, m.Name, slices.Sorted(maps.Keys(own))))
		}
	}
	return all
}

func lacking(what string, names []string, has map[string]bool) (all []string) {
	for _, name := range names {
		if !has[name] {
			all = append(all, fmt.Sprintf("it %s %s, which nothing in it has", what, name))
		}
	}
	return all
}

// named are the labels of all series that an expression names.
func named(root parser.Node, known labels) map[string]bool {
	has := set()
	parser.Inspect(root, func(node parser.Node, _ []parser.Node) error {
		if v, is := node.(*parser.VectorSelector); is {
			maps.Copy(has, known[v.Name])
		}
		return nil
	})
	return has
}

func TestWhatIsNotThereIsFound(t *testing.T) {
	known := labels{"up": set("instance", "job"), "done": set("nexus")}
	for expr, want := range map[string]string{
		`sum by (nexus) (up)`:   "groups by nexus",
		`up{team="cart"}`:       "has no label team",
		`rate(upp[5m])`:         `no metric "upp"`,
		`up and on (team) done`: "matches on team",
		`sum(up`:                "unclosed left parenthesis",
		`{__name__=~"up|down"}`: "no metric",
		`max by (nexus) (done) unless sum(nothing)`: "nothing",
	} {
		got, _ := faults(expr, known)
		if !strings.Contains(strings.Join(got, "\n"), want) {
			t.Errorf("%s: found %q; want %q", expr, got, want)
		}
	}
	if got, _ := faults(`sum by (nexus) (avg_over_time(done[$__range])) or on (job) up{instance=~"a.*"}`, known); len(got) > 0 {
		t.Errorf("in what is sound %q is found", got)
	}
}
