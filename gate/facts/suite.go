package facts

import "encoding/xml"

// suite is what a test suite and those within it come to.
type suite struct {
	tests, passed, failed, skipped int // what fails outside of a test is one more that did
	flaky                          int
	failures, errors               int // as often as it is said

	// What the suite says of itself. Some tools count in what lies in suites within it, some do not.
	says struct{ tests, failures, errors, skipped int }
	told bool // how many tests it has, none of which lie in suites within it
}

func openSuite(x *xmlFile, start xml.StartElement) (s suite, err error) {
	for _, says := range []struct {
		name string
		n    *int
	}{{"failures", &s.says.failures}, {"errors", &s.says.errors}, {"skipped", &s.says.skipped}} {
		if *says.n, _, err = x.number(start, says.name); err != nil {
			return s, err
		}
	}
	s.says.tests, s.told, err = x.number(start, "tests")
	return s, err
}

// count adds a test.
func (s *suite) count(c testCase) {
	s.tests++
	switch {
	case c.failed || c.broke:
		s.failed++
	case c.skipped:
		s.skipped++
	default:
		s.passed++
		s.flaky += one(c.flaky)
	}
	s.failures += one(c.failed)
	s.errors += one(c.broke)
}

// breaks counts what went wrong outside of any test.
func (s *suite) breaks(failures, errors int) {
	s.tests++
	s.failed++
	s.failures += failures
	s.errors += errors
}

func one(b bool) int {
	if b {
		return 1
	}
	return 0
}

// settle takes the worse of what a suite shows and what it says. A tool that could not run a suite at
// all, or was told to leave out what it prints, has only said that something failed. A number of tests
// that is greater than what is shown brings nothing: of the others nothing is known.
func (s *suite) settle() {
	failures, errors := max(s.says.failures-s.failures, 0), max(s.says.errors-s.errors, 0)
	s.failures += failures
	s.errors += errors
	unseen := failures + errors
	s.failed += unseen
	instead := min(unseen, s.passed) // tests that did not pass after all
	s.passed -= instead
	s.tests += unseen - instead

	s.skip(max(s.says.skipped-s.skipped, s.uncounted(), 0))
	s.flaky = min(s.flaky, s.passed)
}

// uncounted are tests that are shown as if they had passed, and that the suite does not count: those that are
// still to be written are, by jest-junit. Where tests failed, a tool may show one twice and count it once.
func (s *suite) uncounted() int {
	if !s.told || s.failed > 0 {
		return 0
	}
	return s.tests - s.says.tests
}

// skip takes tests that are shown as passed for skipped.
func (s *suite) skip(n int) {
	n = min(n, s.passed)
	s.skipped += n
	s.passed -= n
}

// add puts a suite into the one around it.
func (s *suite) add(inner suite) {
	s.told = false
	s.tests += inner.tests
	s.passed += inner.passed
	s.skipped += inner.skipped
	s.flaky += inner.flaky
	s.failed += inner.failed
	s.failures += inner.failures
	s.errors += inner.errors
}

func (s *suite) counts() counts {
	return counts{
		"tests": s.tests, "passed": s.passed, "failed": s.failed, "errors": s.errors, "skipped": s.skipped, "flaky": s.flaky,
	}
}
