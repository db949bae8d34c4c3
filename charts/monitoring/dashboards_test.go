package monitoring_test

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"

	promlabels "github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
)

func TestEachMetricAndLabelThatADashboardNamesIsThere(t *testing.T) {
	there := known(t)
	eachPanel(t, func(name string, p panel) {
		for _, target := range p.Targets {
			found, has := faults(target.Expr, there)
			for _, fault := range found {
				t.Errorf("%s: %s", name, fault)
			}
			for _, l := range legendLabel.FindAllStringSubmatch(target.LegendFormat, -1) {
				if !has[l[1]] {
					t.Errorf("%s: the legend names the label %s, which nothing in it has", name, l[1])
				}
			}
		}
	})
}

var legendLabel = regexp.MustCompile(`\{\{(\w+)\}\}`)

func TestTheDashboardsOfANexusAskForThatNexusAlone(t *testing.T) {
	there := known(t)
	for file, b := range boards(t) {
		if file == "service.json" {
			continue
		}
		for _, p := range b.Panels {
			for _, target := range p.Targets {
				for _, v := range selectors(t, target.Expr) {
					chosen := slices.ContainsFunc(v.LabelMatchers, func(m *promlabels.Matcher) bool { return m.Name == "nexus" && m.Value == "$nexus" })
					if there[v.Name]["nexus"] && v.Name != "ALERTS" && !chosen {
						t.Errorf("%s: %s: %s is asked for of every Nexus", file, p.Title, v.Name)
					}
				}
			}
		}
	}
}

func selectors(t *testing.T, expr string) (all []*parser.VectorSelector) {
	t.Helper()
	root, err := parsed(expr)
	if err != nil {
		t.Fatal(err)
	}
	parser.Inspect(root, func(node parser.Node, _ []parser.Node) error {
		if v, is := node.(*parser.VectorSelector); is {
			all = append(all, v)
		}
		return nil
	})
	return all
}

func TestDashboardsAndTheirPanelsAreToldApart(t *testing.T) {
	uids := set()
	for file, b := range boards(t) {
		if uids[b.UID] || b.UID == "" || b.Title == "" {
			t.Errorf("%s has the uid %q and the title %q", file, b.UID, b.Title)
		}
		uids[b.UID] = true
		ids := map[int]bool{}
		for _, p := range b.Panels {
			if ids[p.ID] || p.ID <= 0 {
				t.Errorf("%s: %s has the id %d, which another has too, or which is none", file, p.Title, p.ID)
			}
			ids[p.ID] = true
		}
	}
}

func TestNoPanelLiesOnAnotherOrOutsideOfTheGrid(t *testing.T) {
	for file, b := range boards(t) {
		for i, p := range b.Panels {
			if g := p.GridPos; g.X < 0 || g.Y < 0 || g.W <= 0 || g.H <= 0 || g.X+g.W > 24 {
				t.Errorf("%s: %s lies at %+v", file, p.Title, g)
			}
			for _, q := range b.Panels[:i] {
				if p.GridPos.overlaps(q.GridPos) {
					t.Errorf("%s: %s lies on %s", file, p.Title, q.Title)
				}
			}
		}
	}
}

func (g place) overlaps(h place) bool {
	return g.X < h.X+h.W && h.X < g.X+g.W && g.Y < h.Y+h.H && h.Y < g.Y+g.H
}

func TestEachPanelSaysHowToReadItAndInWhatItCounts(t *testing.T) {
	eachPanel(t, func(name string, p panel) {
		if len(p.Description) < 20 {
			t.Errorf("%s says of itself %q", name, p.Description)
		}
		told := p.Type == "table" // whose columns have units of their own, where they are numbers
		for _, f := range p.fields(t) {
			told = told || f.Unit != "" || len(f.Mappings) > 0
		}
		if !told {
			t.Errorf("%s has no unit and no words for its values", name)
		}
	})
}

func TestNoStateIsToldByItsColourAlone(t *testing.T) {
	eachPanel(t, func(name string, p panel) {
		worded := false
		for _, f := range p.fields(t) {
			for _, m := range f.Mappings {
				worded = true
				for value, shown := range m.Options {
					if shown.Color != "" && shown.Text == "" {
						t.Errorf("%s shows %s by a colour alone", name, value)
					}
				}
			}
		}
		if p.Type == "state-timeline" && !worded {
			t.Errorf("%s has no words for its states", name)
		}
		if strings.Contains(string(p.Options), `"textMode": "none"`) {
			t.Errorf("%s shows no value", name)
		}
	})
}

func TestTheThresholdsOfAPanelAreThoseOfTheAlertsThatItNames(t *testing.T) {
	bounds := alertBounds(t)
	named := set()
	eachPanel(t, func(name string, p panel) {
		var steps []float64
		for _, f := range p.fields(t) {
			for _, s := range f.Thresholds.Steps {
				if s.Value != nil {
					steps = append(steps, *s.Value)
				}
			}
		}
		for _, alert := range alertName.FindAllString(p.Description, -1) {
			named[alert] = true
			if len(bounds[alert]) == 0 && alert != "NexusgateDown" {
				t.Errorf("%s names the alert %s, which has no bound", name, alert)
			}
			if len(bounds[alert]) > 0 && !slices.ContainsFunc(bounds[alert], func(b float64) bool { return slices.Contains(steps, b) }) {
				t.Errorf("%s has the thresholds %v; %s has %v", name, steps, alert, bounds[alert])
			}
		}
	})
	for alert := range bounds {
		if !named[alert] && alert != "NexusgateNexusUntended" {
			t.Errorf("no panel shows what the alert %s rests on", alert)
		}
	}
}

var alertName = regexp.MustCompile(`\bNexus(?:gate)?[A-Z]\w+`)

// alertBounds are the numbers that alerts compare with.
func alertBounds(t *testing.T) map[string][]float64 {
	t.Helper()
	all := map[string][]float64{}
	for _, r := range rules(t) {
		if r.Alert == "" || r.Alert == "NexusgateDown" {
			continue
		}
		root, err := parsed(r.Expr)
		if err != nil {
			t.Fatalf("%s: %v", r.Alert, err)
		}
		all[r.Alert] = append(all[r.Alert], compared(root)...)
	}
	return all
}

// compared are the numbers on the right of comparisons. A comparison with 1, or of at least one, is with the step at 1.
func compared(root parser.Node) (all []float64) {
	parser.Inspect(root, func(node parser.Node, _ []parser.Node) error {
		if b, is := node.(*parser.BinaryExpr); is && b.Op.IsComparisonOperator() {
			if bound, is := number(b.RHS); is {
				all = append(all, bound)
				if b.Op == parser.GTR && bound == 0 || b.Op == parser.EQLC && bound == 0 {
					all = append(all, 1)
				}
			}
		}
		return nil
	})
	return all
}

// number is what an expression of numbers alone comes to.
func number(e parser.Expr) (float64, bool) {
	switch n := e.(type) {
	case *parser.NumberLiteral:
		return n.Val, true
	case *parser.ParenExpr:
		return number(n.Expr)
	case *parser.BinaryExpr:
		left, ok := number(n.LHS)
		right, ok2 := number(n.RHS)
		return left * right, ok && ok2 && n.Op == parser.MUL
	default:
		return 0, false
	}
}

func TestEachDashboardIsIndentedAsAnEditorWouldReadIt(t *testing.T) {
	for _, path := range glob(t, dashboardsFolder+"/*.json") {
		var any json.RawMessage
		text := contents(t, path)
		if err := json.Unmarshal([]byte(text), &any); err != nil || !strings.HasPrefix(text, "{\n  \"") || !strings.HasSuffix(text, "}\n") {
			t.Errorf("%s: %v", path, err)
		}
	}
}
