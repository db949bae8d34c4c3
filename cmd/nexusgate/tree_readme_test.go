package main_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/nexusgate/nexusgate/gate/metrics"
)

func TestTheREADMETellsOfEachMetric(t *testing.T) {
	want := metricsTable()
	got := strings.TrimSpace(between(t, "metrics", readme(t)))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the README's metrics are not those of gate/metrics (-want +got):\n%s\nwant:\n%s", diff, want)
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
	return strings.Join(rows, "\n")
}

func readme(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
