package facts

import (
	"encoding/xml"
	"errors"
	"io"
)

// readJUnit counts the test cases of JUnit XML. The format has no owner; the dialects that are read
// are those of Surefire (https://maven.apache.org/surefire/maven-surefire-plugin/xsd/surefire-test-report.xsd),
// pytest, gotestsum, jest-junit and GoogleTest.
//
// failed counts all tests that did not pass, errors those of them that broke instead of failing: who
// writes failed: 0 means that every test passes. flaky counts those of passed that failed first, which
// only Surefire tells.
func readJUnit(f File) (counts, error) {
	x := openXML(f)
	root, err := x.root()
	if err != nil {
		return nil, err
	}
	if root.Name.Local != "testsuites" && root.Name.Local != "testsuite" {
		return nil, x.fault(x.at, "<%s> is not the root of JUnit XML, which is <testsuites> or <testsuite>: have the tool write JUnit XML", cut(root.Name.Local, maxTextShown))
	}
	all, err := readSuites(x, root)
	if err != nil {
		return nil, err
	}
	return all.counts(), nil
}

// readSuites reads a suite and those within it, to the end of the file.
func readSuites(x *xmlFile, root xml.StartElement) (suite, error) {
	first, err := openSuite(x, root)
	if err != nil {
		return suite{}, err
	}
	open := []suite{first} // the innermost last
	for {
		token, err := x.next()
		if errors.Is(err, io.EOF) {
			return open[0], nil
		}
		if err != nil {
			return suite{}, err
		}
		switch t := token.(type) {
		case xml.StartElement:
			if open, err = within(x, open, t); err != nil {
				return suite{}, err
			}
		case xml.EndElement:
			open = closeSuite(open)
		}
	}
}

// within reads what begins in the innermost suite. What is not a suite is read to its end.
func within(x *xmlFile, open []suite, t xml.StartElement) ([]suite, error) {
	inner := &open[len(open)-1]
	switch t.Name.Local {
	case "testsuite", "testsuites":
		s, err := openSuite(x, t)
		return append(open, s), err
	case "testcase":
		c, err := readCase(x, t)
		inner.count(c)
		return open, err
	case "error": // the suite itself broke
		inner.breaks(0, 1)
	case "failure":
		inner.breaks(1, 0)
	}
	return open, x.skip()
}

func closeSuite(open []suite) []suite {
	last := len(open) - 1
	open[last].settle()
	if last == 0 {
		return open
	}
	open[last-1].add(open[last])
	return open[:last]
}
