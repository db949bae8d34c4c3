package main

import (
	"encoding/xml"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// junitReport is the results as continuous integration reads them: a suite for each file of cases.
type junitReport struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Time     string       `xml:"time,attr"` // seconds
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Errors   int         `xml:"errors,attr"`
	Skipped  int         `xml:"skipped,attr"`
	Time     string      `xml:"time,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Name    string        `xml:"name,attr"`
	Class   string        `xml:"classname,attr"`
	File    string        `xml:"file,attr"`
	Line    int           `xml:"line,attr"`
	Time    string        `xml:"time,attr"`
	Failure *junitFailure `xml:"failure"`
}

type junitFailure struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr"`
	Text    string `xml:",chardata"`
}

// writeJUnit writes the results to a file. What XML cannot hold, its encoder replaces.
func writeJUnit(path string, b *testBench) error {
	text, err := xml.MarshalIndent(junitOf(b), "", "  ")
	if err != nil {
		return fmt.Errorf("encoding the results as JUnit: %w", err)
	}
	if err := os.WriteFile(path, append([]byte(xml.Header), append(text, '\n')...), 0o644); err != nil {
		return fmt.Errorf("writing the results as JUnit: %w", err)
	}
	return nil
}

func junitOf(b *testBench) junitReport {
	report := junitReport{Tests: len(b.results), Failures: b.failed()}
	var all time.Duration
	for _, file := range b.files() {
		suite := junitSuite{Name: file}
		var took time.Duration
		for _, r := range b.results {
			if r.wanted.Pos.File != file {
				continue
			}
			suite.Tests, took = suite.Tests+1, took+r.took
			if len(r.problems) > 0 {
				suite.Failures++
			}
			suite.Cases = append(suite.Cases, junitCaseOf(r))
		}
		suite.Time, all = seconds(took), all+took
		report.Suites = append(report.Suites, suite)
	}
	report.Time = seconds(all)
	return report
}

func junitCaseOf(r testResult) junitCase {
	at := r.wanted.Pos
	c := junitCase{Name: r.wanted.Name, Class: at.File, File: at.File, Line: at.Line, Time: seconds(r.took)}
	if len(r.problems) > 0 {
		c.Failure = &junitFailure{Message: bounded(r.problems[0], 1<<10), Type: "wanted", Text: bounded(strings.Join(r.problems, "\n"), 64<<10)}
	}
	return c
}

func seconds(d time.Duration) string { return strconv.FormatFloat(d.Seconds(), 'f', 6, 64) }

// bounded shortens at the end of a rune.
func bounded(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	return strings.ToValidUTF8(text[:limit], "") + "…"
}
