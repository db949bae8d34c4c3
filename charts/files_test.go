package charts_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	monitoring "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	core "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/yaml"
)

// brought are the objects of the chart with files of a folder: its own, and those with all that could clash.
func brought(t *testing.T, folder string) []runtime.Object {
	t.Helper()
	c := load(t)
	if folder != "nexusgate" {
		withFiles(t, c, folder)
	}
	all, err := decoded(manifest(mustRender(t, c, values(t, "everything"))))
	if err != nil {
		t.Fatalf("%s: %v", folder, err)
	}
	return all
}

func contents(t *testing.T, pattern string) map[string]string {
	t.Helper()
	names, err := filepath.Glob(pattern)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		all[strings.TrimSuffix(filepath.Base(name), filepath.Ext(name))] = string(text)
	}
	return all
}

func TestDashboardsReachGrafanaAsTheyAre(t *testing.T) {
	for _, folder := range []string{"nexusgate", "testdata/files"} {
		got := map[string]string{}
		for _, m := range every[*core.ConfigMap](brought(t, folder)) {
			if _, is := m.Labels["grafana_dashboard"]; !is {
				continue
			}
			name := strings.TrimPrefix(m.Name, "done-dashboard-")
			got[name] = m.Data["nexusgate-"+name+".json"]
			if !json.Valid([]byte(got[name])) || len(got[name]) > 1<<20 {
				t.Errorf("%s: %d bytes that are no JSON, or more than a ConfigMap holds", m.Name, len(got[name]))
			}
		}
		want := contents(t, filepath.Join(folder, "dashboards/*.json"))
		for name := range want {
			want[name] = strings.TrimSpace(want[name])
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", folder, diff)
		}
	}
}

func TestRulesReachPrometheusAsTheyAre(t *testing.T) {
	for _, folder := range []string{"nexusgate", "testdata/files"} {
		got := map[string]any{}
		for _, r := range every[*monitoring.PrometheusRule](brought(t, folder)) {
			got[strings.TrimPrefix(r.Name, "done-")] = r.Spec
		}
		want := map[string]any{}
		for name, text := range contents(t, filepath.Join(folder, "rules/*.yaml")) {
			if strings.HasSuffix(name, "_test") {
				continue
			}
			var groups monitoring.PrometheusRuleSpec
			if err := yaml.UnmarshalStrict([]byte(text), &groups); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			want[name] = groups
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", folder, diff)
		}
	}
}

func TestAFileOfRulesWithoutGroupsIsRefused(t *testing.T) {
	c := load(t)
	withFiles(t, c, t.TempDir())
	folder := t.TempDir()
	for name, text := range map[string]string{"rules/empty.yaml": "rules: []\n"} {
		if err := os.MkdirAll(filepath.Join(folder, filepath.Dir(name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	withFiles(t, c, folder)
	if _, err := render(c, values(t, "everything")); err == nil || !strings.Contains(err.Error(), "rules/empty.yaml holds no groups of rules") {
		t.Errorf("%v; want a refusal that names the file", err)
	}
}
