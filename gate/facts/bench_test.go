package facts_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/nexusgate/nexusgate/gate/facts"
)

// large makes a report of n results of each format, as its tools write them.
var large = map[string]struct {
	kind string
	make func(n int) string
}{
	"junit": {"junit", func(n int) string {
		return "<testsuites><testsuite>" + strings.Repeat(`<testcase name="adds up" classname="com.acme.CartTest" time="0.01"><system-out>ok</system-out></testcase>`, n) + "</testsuite></testsuites>"
	}},
	"go": {"coverage", func(n int) string {
		return "mode: set\n" + repeat(n, "example.com/shop/cart/cart.go:%d.24,%[1]d.60 3 1\n")
	}},
	"lcov": {"coverage", func(n int) string { return "SF:src/cart.js\n" + repeat(n, "DA:%d,1\n") + "end_of_record\n" }},
	"jacoco": {"coverage", func(n int) string {
		return `<report name="shop">` + strings.Repeat(`<package name="p"><counter type="LINE" missed="3" covered="9"/></package>`, n) + "</report>"
	}},
	"sarif": {"sarif", func(n int) string {
		return `{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "lint", "rules": [{"id": "A"}]}}, "results": [{"level": "note", "message": {"text": "a"}}` +
			strings.Repeat(`, {"ruleId": "A", "message": {"text": "Unused variable"}, "locations": [{"physicalLocation": {"artifactLocation": {"uri": "src/cart.js"}, "region": {"startLine": 3}}}]}`, n) + "]}]}"
	}},
	"cyclonedx": {"sbom", func(n int) string {
		return `{"bomFormat": "CycloneDX", "specVersion": "1.5", "components": [{"type": "library", "name": "a"}` + strings.Repeat(`, {"type": "library", "name": "cart", "version": "1.0.0", "purl": "pkg:npm/cart@1.0.0", "licenses": [{"license": {"id": "MIT"}}]}`, n) + "]}"
	}},
	"grype": {"vulnerabilities", func(n int) string {
		return `{"descriptor": {"name": "grype"}, "matches": [` + repeat(n, `{"vulnerability": {"id": "CVE-%d", "severity": "Low"}, "artifact": {"name": "zlib", "version": "1", "type": "deb"}},`) + `{"vulnerability": {"id": "CVE-0", "severity": "Low"}}]}`
	}},
}

func repeat(n int, format string) string {
	var text strings.Builder
	for i := range n {
		fmt.Fprintf(&text, format, i+1)
	}
	return text.String()
}

// BenchmarkRead reads reports of a thousand and of sixteen thousand results: time goes with the size, so
// that MB/s stay.
func BenchmarkRead(b *testing.B) {
	for name, report := range large {
		for _, n := range []int{1000, 16000} {
			b.Run(fmt.Sprintf("%s/%d", name, n), func(b *testing.B) {
				files := []facts.File{{Name: "report", Body: []byte(report.make(n))}}
				b.SetBytes(int64(len(files[0].Body)))
				for b.Loop() {
					if _, err := facts.Read(report.kind, files); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// dense are files that hold as much as the bounds let in, and nothing that takes room in the file.
var dense = map[string]struct{ kind, body string }{
	"xml":   {"junit", "<testsuite>" + strings.Repeat("<a/>", 999_999) + "</testsuite>"},
	"go":    {"coverage", "mode: set\n" + repeat(900_000, "%d:1.1,1.1 1 1\n")},
	"lcov":  {"coverage", repeat(400_000, "SF:%d\nend_of_record\n")},
	"sarif": {"sarif", `{"version": "2.1.0", "runs": [{"results": [` + strings.Repeat("{},", 999_990) + "{}]}]}"},
	"rules": {"sarif", `{"version": "2.1.0", "runs": [{"results": [], "tool": {"driver": {"rules": [` + strings.Repeat("{},", 999_990) + "{}]}}}]}"},
	"plug-ins": {"sarif", `{"version": "2.1.0", "runs": [{"tool": {"driver": {"extensions": []}, "extensions": [` + strings.Repeat(`{"name": "a"},`, 399_990) + `{}]}, "results": [` +
		strings.Repeat(`{"rule": {"toolComponent": {"name": "b"}}},`, 199_990) + "{}]}]}"},
	"cyclonedx": {"sbom", `{"bomFormat": "CycloneDX", "components": [` + strings.Repeat("{},", 199_990) + "{}]}"},
	"bom":       {"sbom", `<bom><components>` + strings.Repeat("<component/>", 199_990) + "</components></bom>"},
	"spdx":      {"sbom", `{"spdxVersion": "SPDX-2.3", "relationships": [` + strings.Repeat("null,", 2_900_000) + "null]}"},
	"grype":     {"vulnerabilities", `{"descriptor": {"name": "grype"}, "ignoredMatches": [], "matches": [` + strings.Repeat(`{"vulnerability":{"id":"a"}},`, 490_000) + `{"vulnerability":{"id":"a"}}]}`},
	"trivy":     {"vulnerabilities", `{"SchemaVersion": 2, "Results": [` + strings.Repeat("{},", 999_990) + "{}]}"},
	"own":       {"mutation", "{" + repeat(5_000, `"%d":1,`) + `"a":1}`},
}

// BenchmarkDense tells how much memory the densest files take: what is allocated, and what is held at
// the end at most.
func BenchmarkDense(b *testing.B) {
	for name, file := range dense {
		b.Run(name, func(b *testing.B) {
			files := []facts.File{{Name: "report", Body: []byte(file.body)}}
			b.SetBytes(int64(len(file.body)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := facts.Read(file.kind, files); err != nil {
					b.Fatal(err)
				}
			}
			var memory runtime.MemStats
			runtime.ReadMemStats(&memory)
			b.ReportMetric(float64(memory.HeapSys)/(1<<20), "heap-MiB")
		})
	}
}
