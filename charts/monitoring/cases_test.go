package monitoring_test

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// promtool runs Prometheus' own tool: the one on the path, else what make prometheus fetched.
func promtool(t *testing.T, arguments ...string) string {
	t.Helper()
	name, err := exec.LookPath("promtool")
	if err != nil {
		if name, err = filepath.Abs("../../.testdata/prometheus/usr/bin/promtool"); err != nil {
			t.Fatal(err)
		}
	}
	said, err := exec.CommandContext(t.Context(), name, arguments...).CombinedOutput()
	if err != nil {
		t.Errorf("promtool %s: %v\n%s", strings.Join(arguments, " "), err, said)
	}
	return string(said)
}

func TestPrometheusTakesTheRules(t *testing.T) {
	promtool(t, append([]string{"check", "rules", "--lint=all", "--lint-fatal"}, glob(t, rulesFolder+"/*.yaml")...)...)
}

func TestTheCasesOfTheRulesHold(t *testing.T) {
	said := promtool(t, append([]string{"test", "rules"}, glob(t, rulesFolder+"/testdata/*.yaml")...)...)
	if files := len(glob(t, rulesFolder+"/testdata/*.yaml")); strings.Count(said, "SUCCESS") != files {
		t.Errorf("of %d files promtool says:\n%s", files, said)
	}
}

// cases are what a file of promtool's says is expected.
type cases struct {
	Tests []struct {
		Alerts []struct {
			Name     string                       `yaml:"alertname"`
			Expected []struct{ Labels yaml.Node } `yaml:"exp_alerts"`
		} `yaml:"alert_rule_test"`
		Expressions []struct{ Expr string } `yaml:"promql_expr_test"`
	}
}

func TestEachRuleHasItsCases(t *testing.T) {
	speaks, silent, asked := set(), set(), ""
	for _, path := range glob(t, rulesFolder+"/testdata/*.yaml") {
		var file cases
		if err := yaml.Unmarshal([]byte(contents(t, path)), &file); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		for _, test := range file.Tests {
			for _, a := range test.Alerts {
				speaks[a.Name] = speaks[a.Name] || len(a.Expected) > 0
				silent[a.Name] = silent[a.Name] || len(a.Expected) == 0
			}
			for _, e := range test.Expressions {
				asked += e.Expr + "\n"
			}
		}
	}
	for _, r := range rules(t) {
		if r.Alert != "" && (!speaks[r.Alert] || !silent[r.Alert]) {
			t.Errorf("%s has a case in which it speaks: %v; in which it is silent: %v", r.Alert, speaks[r.Alert], silent[r.Alert])
		}
		if !strings.Contains(asked, r.Record) {
			t.Errorf("%s has no case", r.Record)
		}
	}
}
