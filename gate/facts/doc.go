// Package facts reads evidence files: what a test runner, a coverage tool, a scanner wrote becomes the
// facts that a Definition of Done asks about.
//
//	facts.Read("junit", []facts.File{{Name: "unit.xml", Body: …}, {Name: "e2e.xml", Body: …}})
//
//	gate.Facts{"tests": 120, "passed": 117, "failed": 1, "errors": 0, "skipped": 2, "flaky": 1}
//
// The Nexus Guide asks for a Definition of Done that is applied to the sum of the work: facts are
// therefore counts, so that several files add up, and a percentage is made from the sum, rounded down.
//
// # What is read
//
//   - junit: JUnit XML as Surefire, pytest, gotestsum, jest-junit and others of its family write it.
//     Elements are counted; where a suite's own numbers tell of more failures than it shows, they
//     count too.
//   - coverage: Go cover profiles, LCOV, Cobertura and JaCoCo XML. A Go profile counts statements,
//     which are its lines here.
//   - sarif: SARIF 2.1.0, by the level that its rules give to a result.
//   - sbom: CycloneDX in JSON and XML, SPDX 2 in JSON and as tag values.
//   - vulnerabilities: the JSON of Grype and Trivy, the JSON and SARIF of govulncheck.
//   - a kind of the user's own: a JSON object of facts.
//
// Which format it is follows from the content, never from the name. A file that says nothing (no test,
// no line) is read, and its facts say so, or are none: what judges them calls it empty, and never met. A file that
// contradicts itself counts as the worse of what it says. A file that cannot be understood is refused,
// with its place and what to do.
//
// # Bounds
//
// A file may come from anybody who can run a pipeline. Its size, the depth of its nesting and the number
// of its elements are bounded before anything is made of it; no entity is expanded and nothing is
// fetched; reading takes time in proportion to the size. The package is pure: it reads no disk, no clock
// and no network. It refuses to know where a file came from, how far it is trusted and whether what it
// says is enough.
package facts
