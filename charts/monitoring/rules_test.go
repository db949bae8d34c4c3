package monitoring_test

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/prometheus/promql/parser"
	"go.yaml.in/yaml/v3"
)

const rulesFolder = "../nexusgate/rules"

// rule is one of Prometheus' rules: with a record, or an alert.
type rule struct {
	Record, Alert, Expr string
	Labels, Annotations map[string]string
}

// ruleFiles are the rules by their file's name.
func ruleFiles(t *testing.T) map[string][]rule {
	t.Helper()
	all := map[string][]rule{}
	for _, path := range glob(t, rulesFolder+"/*.yaml") {
		var file struct{ Groups []struct{ Rules []rule } }
		if err := yaml.Unmarshal([]byte(contents(t, path)), &file); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		for _, g := range file.Groups {
			all[filepath.Base(path)] = append(all[filepath.Base(path)], g.Rules...)
		}
	}
	return all
}

func glob(t *testing.T, pattern string) []string {
	t.Helper()
	paths, err := filepath.Glob(pattern)
	if err != nil || len(paths) == 0 {
		t.Fatalf("there is no %s (%v)", pattern, err)
	}
	return paths
}

func rules(t *testing.T) (all []rule) {
	t.Helper()
	for _, some := range ruleFiles(t) {
		all = append(all, some...)
	}
	return all
}

// known are the metrics that are scraped, and those that are recorded. What a recorded one's name begins
// with, up to the first colon, are its labels: https://prometheus.io/docs/practices/rules/
func known(t *testing.T) labels {
	t.Helper()
	all := scraped(t)
	for _, r := range rules(t) {
		if r.Record != "" {
			level, _, _ := strings.Cut(r.Record, ":")
			all[r.Record] = set(strings.Split(level, "_")...)
		}
		for name := range r.Labels {
			all["ALERTS"][name] = true
		}
	}
	return all
}

func TestEachMetricAndLabelThatARuleNamesIsThere(t *testing.T) {
	there := known(t)
	for _, r := range rules(t) {
		found, has := faults(r.Expr, there)
		for _, fault := range found {
			t.Errorf("%s%s: %s", r.Record, r.Alert, fault)
		}
		for _, text := range r.Annotations {
			for _, l := range templateLabel.FindAllStringSubmatch(text, -1) {
				if !has[l[1]] {
					t.Errorf("%s speaks of the label %s, which nothing in it has", r.Alert, l[1])
				}
			}
		}
	}
}

var templateLabel = regexp.MustCompile(`\$labels\.(\w+)`)

func TestWhatIsRecordedHasTheLabelsThatItsNameSays(t *testing.T) {
	for _, r := range rules(t) {
		if r.Record == "" {
			continue
		}
		level, _, _ := strings.Cut(r.Record, ":")
		var by []string
		root, err := parsed(r.Expr)
		if err != nil {
			t.Fatalf("%s: %v", r.Record, err)
		}
		parser.Inspect(root, func(node parser.Node, _ []parser.Node) error {
			if a, is := node.(*parser.AggregateExpr); is && by == nil {
				by = slices.DeleteFunc(slices.Clone(a.Grouping), func(l string) bool { return l == "le" })
			}
			return nil
		})
		if strings.Join(by, "_") != level {
			t.Errorf("%s is by %v", r.Record, by)
		}
	}
}

func TestEachAlertSaysWhomItConcernsWhatItMeansAndWhatToDo(t *testing.T) {
	headings := alertHeadings(t)
	for file, some := range ruleFiles(t) {
		for _, r := range some {
			if r.Alert == "" {
				continue
			}
			if !slices.Contains([]string{"critical", "warning", "info"}, r.Labels["severity"]) {
				t.Errorf("%s has the severity %q", r.Alert, r.Labels["severity"])
			}
			if audience := map[string]string{"nexus.yaml": "nexus", "service.yaml": "operations"}[file]; r.Labels["audience"] != audience {
				t.Errorf("%s of %s is for %q; want %q", r.Alert, file, r.Labels["audience"], audience)
			}
			if len(r.Annotations["summary"]) < 20 || len(r.Annotations["description"]) < 80 {
				t.Errorf("%s says little: %q", r.Alert, r.Annotations)
			}
			if want := runbooks + strings.ToLower(r.Alert); r.Annotations["runbook_url"] != want {
				t.Errorf("%s sends to %s; want %s", r.Alert, r.Annotations["runbook_url"], want)
			}
			if headings[r.Alert] < 80 {
				t.Errorf("docs/operations.md says nothing under Alerts of %s", r.Alert)
			}
		}
	}
}

const runbooks = "https://github.com/nexusgate/nexusgate/blob/main/docs/operations.md#"

// alertHeadings are the headings under Alerts in the document that alerts send to, and how much each says.
func alertHeadings(t *testing.T) map[string]int {
	t.Helper()
	_, text, found := strings.Cut(contents(t, "../../docs/operations.md"), "\n## Alerts\n")
	if !found {
		t.Fatal("docs/operations.md has no section Alerts")
	}
	text, _, _ = strings.Cut(text, "\n## ")
	all := map[string]int{}
	for _, part := range strings.Split(text, "\n### ")[1:] {
		heading, body, _ := strings.Cut(part, "\n")
		all[heading] = len(strings.TrimSpace(body))
	}
	return all
}

func TestOfEachHeadingUnderAlertsThereIsAnAlert(t *testing.T) {
	there := set()
	for _, r := range rules(t) {
		there[r.Alert] = true
	}
	for heading := range alertHeadings(t) {
		if !there[heading] {
			t.Errorf("docs/operations.md tells of the alert %s, and there is none", heading)
		}
	}
}
