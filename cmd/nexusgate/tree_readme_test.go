package main_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate/metrics"
)

func TestTheREADMETellsOfEachMetric(t *testing.T) {
	name := filepath.Join(root, "README.md")
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	want, told := metricsTable(), between(t, "metrics", string(text))
	if *update {
		renewed := strings.Replace(string(text), "<!-- metrics -->\n"+told, "<!-- metrics -->\n"+want, 1)
		if err := os.WriteFile(name, []byte(renewed), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, told); diff != "" {
		t.Errorf("the README's metrics are not those of gate/metrics; run the test with -update (-want +got):\n%s", diff)
	}
}

func metricsTable() string {
	rows := []string{"| Metric | Type | Labels | Meaning |", "|---|---|---|---|"}
	for _, m := range metrics.Documented() {
		labels := ""
		if len(m.Labels) > 0 {
			labels = "`" + strings.Join(m.Labels, "`, `") + "`"
		}
		rows = append(rows, fmt.Sprintf("| `%s` | %s | %s | %s |", m.Name, m.Type, labels, m.Help))
	}
	return strings.Join(rows, "\n") + "\n"
}

var cueBlock = regexp.MustCompile("(?ms)^ *```cue\n(.*?)^ *```$")

func TestEachDefinitionThatAPageShowsIsSound(t *testing.T) {
	shown := 0
	for _, p := range pages(t) {
		for _, block := range cueBlock.FindAllStringSubmatch(p.text, -1) {
			shown++
			file := definition.File{Name: p.path, Source: []byte(block[1])}
			if err := soundness(file); err != nil {
				t.Errorf("%s shows a definition with faults:\n%v\n%s", p.path, err, block[1])
			}
		}
	}
	if shown == 0 {
		t.Error("no page shows a definition: is the pattern still right?")
	}
}

// soundness reads what is shown as the layer that it is: a Nexus's names itself first, cases say so.
func soundness(f definition.File) error {
	if strings.HasPrefix(strings.TrimSpace(string(f.Source)), "cases:") {
		_, err := definition.LoadCases(f)
		return err
	}
	if !strings.HasPrefix(strings.TrimSpace(string(f.Source)), "name:") {
		_, err := definition.LoadTightening(f)
		return err
	}
	nexus, err := definition.Load(f)
	if err != nil {
		return err
	}
	if faults, _ := nexus.Vet(nil, time.Now()); len(faults) > 0 {
		return faults
	}
	return nil
}
