package monitoring_test

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// labels are those that the series of a metric have, by the names of metrics.
type labels map[string]map[string]bool

func set(names ...string) map[string]bool {
	all := make(map[string]bool, len(names))
	for _, name := range names {
		all[name] = true
	}
	return all
}

var (
	row  = regexp.MustCompile("(?m)^\\| `(nexusgate_\\w+)` \\| (gauge|counter|histogram) \\| (.*?) \\|")
	word = regexp.MustCompile("`(\\w+)`")
)

// scraped are the metrics that the README lists, and those of Go's and Prometheus' own that we use. A
// scrape adds the label instance to each, and job.
func scraped(t *testing.T) labels {
	t.Helper()
	text := contents(t, "../../README.md")
	all := labels{"process_resident_memory_bytes": set(), "process_cpu_seconds_total": set(), "process_open_fds": set(), "go_goroutines": set()}
	for _, m := range row.FindAllStringSubmatch(text, -1) {
		own := set()
		for _, l := range word.FindAllStringSubmatch(m[3], -1) {
			own[l[1]] = true
		}
		if m[2] != "histogram" {
			all[m[1]] = own
			continue
		}
		bucket := set("le")
		for l := range own {
			bucket[l] = true
		}
		all[m[1]+"_bucket"], all[m[1]+"_sum"], all[m[1]+"_count"] = bucket, own, own
	}
	if len(all) < 30 {
		t.Fatalf("the README lists %d metrics: is the pattern still right?", len(all))
	}
	for _, own := range all {
		own["instance"], own["job"] = true, true
	}
	all["ALERTS"] = set("alertname", "alertstate", "severity", "audience")
	return all
}

func contents(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(text), "\r\n", "\n")
}
