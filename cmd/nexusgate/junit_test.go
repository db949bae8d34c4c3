package main_test

import (
	"encoding/xml"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// junit is a JUnit file as those read it who gather results.
type junit struct {
	Tests    int `xml:"tests,attr"`
	Failures int `xml:"failures,attr"`
	Suites   []struct {
		Name     string `xml:"name,attr"`
		Tests    int    `xml:"tests,attr"`
		Failures int    `xml:"failures,attr"`
		Cases    []struct {
			Name    string  `xml:"name,attr"`
			Line    int     `xml:"line,attr"`
			Time    float64 `xml:"time,attr"`
			Failure *struct {
				Message string `xml:"message,attr"`
				Text    string `xml:",chardata"`
			} `xml:"failure"`
		} `xml:"testcase"`
	} `xml:"testsuite"`
}

const hostile = `<x y="&]]>` + "\\u0000\\u0008\\uFFFE"

func TestTheJUnitFileIsWellFormedWhateverTheEvidenceSays(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("nexus.cue", `name: "shop"
teams: cart: components: "cart-api": repo: "github:acme/cart-api"
done: ci: {why: "Green", on: "commit", evidence: "pipeline", must: conclusion: "success"}`)
	quoted := strings.ReplaceAll(hostile, `"`, `\"`)
	write("a_test.cue", `cases: "`+strings.ReplaceAll(quoted, "\\u0000\\u0008\\uFFFE", "")+`": {
	evidence: {now: "2026-01-12T12:00:00Z", composition: "cart-api": "c", evidence: [
		{component: "cart-api", commit: "c", kind: "pipeline", facts: conclusion: "`+quoted+strings.Repeat("x", 1<<17)+`"},
	]}
	want: {outcome: "done", findings: [{criterion: "none", state: "met"}]}
}
cases: passes: {evidence: now: "2026-01-12T12:00:00Z", want: outcome: "awaiting"}`)
	write("b_test.cue", `cases: passes: {evidence: now: "2026-01-12T12:00:00Z", want: outcome: "awaiting"}`)

	results := filepath.Join(dir, "results.xml")
	out, stderr, code := said(t, "test", dir, "--junit", results)
	if code != 1 {
		t.Fatalf("exits with %d, want 1:\n%s%s", code, out, stderr)
	}
	text, err := os.ReadFile(results)
	if err != nil {
		t.Fatal(err)
	}
	if len(text) > 256<<10 {
		t.Errorf("the file has %d bytes: what the evidence says is not bounded", len(text))
	}
	var read junit
	if err := xml.Unmarshal(text, &read); err != nil {
		t.Fatalf("the file does not read: %v\n%.2000s", err, text)
	}
	if read.Tests != 3 || read.Failures != 1 || len(read.Suites) != 2 || read.Suites[0].Tests != 2 || read.Suites[0].Failures != 1 {
		t.Errorf("it counts %d tests, %d failures in %d suites: %.2000s", read.Tests, read.Failures, len(read.Suites), text)
	}
	failed := read.Suites[0].Cases[0]
	if failed.Name != `<x y="&]]>` || failed.Line != 1 || failed.Time <= 0 || failed.Failure == nil {
		t.Fatalf("the case that fails is %+v", failed)
	}
	if !strings.HasPrefix(failed.Failure.Message, "outcome: wanted done, got not-done") || !strings.Contains(failed.Failure.Text, `<x y=\"&]]>`) {
		t.Errorf("it fails by %q:\n%.500s", failed.Failure.Message, failed.Failure.Text)
	}
	if read.Suites[1].Cases[0].Failure != nil {
		t.Error("a case that passes has a failure")
	}
}
