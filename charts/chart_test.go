package charts_test

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"helm.sh/helm/v4/pkg/chart/common"
	"helm.sh/helm/v4/pkg/chart/common/util"
	chart "helm.sh/helm/v4/pkg/chart/v2"
	"helm.sh/helm/v4/pkg/chart/v2/lint"
	"helm.sh/helm/v4/pkg/chart/v2/lint/support"
	"helm.sh/helm/v4/pkg/chart/v2/loader"
	"helm.sh/helm/v4/pkg/engine"
)

// flavours are the sets of values that are kept, each with what comes of it.
var flavours = []string{"sqlite", "postgres", "everything"}

func load(t *testing.T) *chart.Chart {
	t.Helper()
	c, err := loader.Load("nexusgate")
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func values(t *testing.T, flavour string) map[string]any {
	t.Helper()
	file, err := os.Open(filepath.Join("testdata", flavour+".values.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	given, err := loader.LoadValues(file)
	if err != nil {
		t.Fatal(err)
	}
	return given
}

// set lays a value over others: set(v, "store.kind", "postgres").
func set(given map[string]any, path string, value any) {
	names := strings.Split(path, ".")
	for _, name := range names[:len(names)-1] {
		below, ok := given[name].(map[string]any)
		if !ok {
			below = map[string]any{}
			given[name] = below
		}
		given = below
	}
	given[names[len(names)-1]] = value
}

// render is what a cluster would be given, by the names of the templates.
func render(c *chart.Chart, given map[string]any) (map[string]string, error) {
	return renderAs("shop", c, given)
}

// renderAs is render of a release of another name.
func renderAs(name string, c *chart.Chart, given map[string]any) (map[string]string, error) {
	release := common.ReleaseOptions{Name: name, Namespace: "gates", Revision: 1, IsInstall: true}
	all, err := util.ToRenderValues(c, given, release, common.DefaultCapabilities)
	if err != nil {
		return nil, err
	}
	return engine.Render(c, all)
}

func mustRender(t *testing.T, c *chart.Chart, given map[string]any) map[string]string {
	t.Helper()
	rendered, err := render(c, given)
	if err != nil {
		t.Fatal(err)
	}
	return rendered
}

// manifest is all of it in one text, in the order of the templates' names.
func manifest(rendered map[string]string) string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(rendered)) {
		text := strings.TrimSpace(rendered[name])
		if text == "" || !strings.HasSuffix(name, ".yaml") {
			continue
		}
		b.WriteString("# " + name + "\n" + strings.TrimPrefix(text, "---\n") + "\n---\n")
	}
	return b.String()
}

// withFiles puts rules and dashboards into the chart in place of its own.
func withFiles(t *testing.T, c *chart.Chart, folder string) {
	t.Helper()
	c.Files = slices.DeleteFunc(c.Files, func(f *common.File) bool {
		return strings.HasPrefix(f.Name, "rules/") || strings.HasPrefix(f.Name, "dashboards/")
	})
	tree := os.DirFS(folder)
	err := fs.WalkDir(tree, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := fs.ReadFile(tree, name)
		c.Files = append(c.Files, &common.File{Name: name, Data: text})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestHelmsLinterFindsNothing(t *testing.T) {
	for _, flavour := range flavours {
		for _, m := range lint.RunAll("nexusgate", values(t, flavour), "gates").Messages {
			if m.Severity > support.InfoSev {
				t.Errorf("%s: %s", flavour, m)
			}
		}
	}
}
