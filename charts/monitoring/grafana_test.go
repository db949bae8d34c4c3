package monitoring_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// compiled has TypeScript's compiler hold dashboards, by the names of their files, to Grafana's types. It says
// what is wrong, with the places in what it was given.
func compiled(t *testing.T, dashboards map[string]string) (said string, sound bool) {
	t.Helper()
	tools, err := filepath.Abs("../../.testdata/grafana/node_modules")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.Symlink(tools, filepath.Join(dir, "node_modules")); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"kind.ts", "tsconfig.json"} {
		write(t, filepath.Join(dir, name), contents(t, "testdata/grafana/"+name))
	}
	for name, text := range dashboards {
		write(t, filepath.Join(dir, name+".ts"), "import type { Board } from \"./kind\";\nexport const board: Board = "+text)
	}
	out, err := exec.CommandContext(t.Context(), filepath.Join(tools, ".bin", "tsc"), "--project", dir).CombinedOutput()
	if err != nil && len(out) == 0 {
		t.Fatalf("%v: run make grafana first", err)
	}
	return string(out), err == nil
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestDashboardsAreAsGrafanaDescribesThem(t *testing.T) {
	given := map[string]string{}
	for _, path := range glob(t, dashboardsFolder+"/*.json") {
		given[strings.TrimSuffix(filepath.Base(path), ".json")] = contents(t, path)
	}
	if said, sound := compiled(t, given); !sound {
		t.Error(said)
	}
}

func TestWhatGrafanaDoesNotKnowIsFound(t *testing.T) {
	whole := contents(t, dashboardsFolder+"/overview.json")
	given := map[string]string{}
	for name, change := range map[string][2]string{
		"a_field_of_the_dashboard": {`"uid":`, `"uidd": "", "uid":`},
		"an_option_of_a_panel":     {`"graphMode":`, `"graphColour": 1, "graphMode":`},
		"a_word":                   {`"displayMode": "list"`, `"displayMode": "lists"`},
		"a_type_of_panel":          {`"type": "stat"`, `"type": "stats"`},
		"a_field_of_a_query":       {`"refId": "A"`, `"refId": "A", "exprr": ""`},
		"another_data_source":      {`"uid": "${datasource}"`, `"uid": "prometheus"`},
		"a_custom_field":           {`"lineWidth":`, `"lineWeight": 1, "lineWidth":`},
	} {
		given[name] = strings.ReplaceAll(whole, change[0], change[1])
		if given[name] == whole {
			t.Errorf("%s is not in the dashboard", name)
		}
	}
	said, _ := compiled(t, given)
	for name := range given {
		if !strings.Contains(said, name+".ts(") {
			t.Errorf("%s is not found:\n%s", name, said)
		}
	}
}
