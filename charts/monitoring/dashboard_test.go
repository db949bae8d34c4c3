package monitoring_test

import (
	"encoding/json"
	"path/filepath"
	"testing"
)

const dashboardsFolder = "../nexusgate/dashboards"

// board is what the tests need to know of a dashboard. Whether it is one at all, Grafana's types say.
type board struct {
	UID    string
	Title  string
	Panels []panel
}

// panel is one of a dashboard. A row has no queries.
type panel struct {
	ID                       int
	Type, Title, Description string
	GridPos                  place
	Targets                  []struct {
		RefID              string `json:"refId"`
		Expr, LegendFormat string
		Instant            bool
	}
	FieldConfig struct {
		Defaults  field
		Overrides []struct {
			Properties []struct {
				ID    string
				Value json.RawMessage
			}
		}
	}
	Options json.RawMessage
}

type place struct{ X, Y, W, H int }

// field says how values are shown.
type field struct {
	Unit       string
	Thresholds thresholds
	Mappings   []mapping
}

type thresholds struct{ Steps []struct{ Value *float64 } }

// mapping gives values words.
type mapping struct {
	Options map[string]struct{ Text, Color string }
}

// fields are those of a panel: of all its columns, and of single ones.
func (p panel) fields(t *testing.T) []field {
	t.Helper()
	all := []field{p.FieldConfig.Defaults}
	for _, o := range p.FieldConfig.Overrides {
		var one field
		for _, property := range o.Properties {
			into := map[string]any{"unit": &one.Unit, "thresholds": &one.Thresholds, "mappings": &one.Mappings}[property.ID]
			if into == nil {
				continue
			}
			if err := json.Unmarshal(property.Value, into); err != nil {
				t.Fatalf("%s: %s: %v", p.Title, property.ID, err)
			}
		}
		all = append(all, one)
	}
	return all
}

func boards(t *testing.T) map[string]board {
	t.Helper()
	all := map[string]board{}
	for _, path := range glob(t, dashboardsFolder+"/*.json") {
		var b board
		if err := json.Unmarshal([]byte(contents(t, path)), &b); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		all[filepath.Base(path)] = b
	}
	return all
}

// eachPanel calls back for each panel that is no row.
func eachPanel(t *testing.T, check func(name string, p panel)) {
	t.Helper()
	shown := 0
	for name, b := range boards(t) {
		for _, p := range b.Panels {
			if p.Type != "row" {
				check(name+": "+p.Title, p)
				shown++
			}
		}
	}
	if shown < 30 {
		t.Errorf("the dashboards have %d panels: are they read rightly?", shown)
	}
}
