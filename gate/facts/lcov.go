package facts

import (
	"bytes"
	"fmt"
	"math"
	"strconv"
)

// lcov reads a tracefile: records of one source file each, from SF to end_of_record, as lcov's geninfo
// describes them (https://github.com/linux-test-project/lcov, man/geninfo.1). Records of the same source
// file, as several tests leave them, are of the same lines.
type lcov struct {
	File
	at      int // where the line begins that is read
	sources map[string]*lcovSource
	record  *lcovRecord // the one that is open
}

func readLCOV(f File) (coverage, error) {
	if lines := bytes.Count(f.Body, []byte("\n")); lines > maxElements {
		return coverage{}, f.refusal("the tracefile has %d lines, more than %d: split it", lines, maxElements)
	}
	l := lcov{File: f, sources: map[string]*lcovSource{}}
	for line := range bytes.Lines(f.Body) {
		if err := l.read(bytes.TrimSpace(line)); err != nil {
			return coverage{}, f.fault(l.at, "%w", err)
		}
		l.at += len(line)
	}
	if l.record != nil {
		return coverage{}, f.fault(l.at, "the last record has no end_of_record: look whether the tool has ended before the file was whole")
	}
	var c coverage
	for _, s := range l.sources {
		s.addTo(&c)
	}
	return c, nil
}

func (l *lcov) read(line []byte) error {
	key, value, keyed := bytes.Cut(line, []byte(":"))
	switch {
	case len(line) == 0 || line[0] == '#':
		return nil
	case string(line) == "end_of_record":
		return l.close()
	case !keyed:
		return fmt.Errorf("%s is no line of LCOV: look at what wrote the file", excerpt(line))
	case string(key) == "SF":
		return l.open(string(value))
	case l.record == nil:
		return nil // TN, the name of a test, and what else is said of the whole
	}
	if err := l.record.read(string(key), value); err != nil {
		return fmt.Errorf("%s: %w", excerpt(line), err)
	}
	return nil
}

func (l *lcov) open(source string) error {
	if l.record != nil {
		return fmt.Errorf("a source file begins before end_of_record of the one before: look at what wrote the file")
	}
	l.record = newLCOVRecord(source)
	return nil
}

func (l *lcov) close() error {
	if l.record == nil {
		return fmt.Errorf("end_of_record ends nothing: look at what wrote the file")
	}
	s := l.sources[l.record.source]
	if s == nil {
		s = &lcovSource{lines: map[string]bool{}, branches: map[string]bool{}, functions: map[string]lcovFunction{}}
		l.sources[l.record.source] = s
	}
	s.add(l.record)
	l.record = nil
	return nil
}

// hits says whether something was run by how often it was, in any form that tools write numbers in.
// A negative one is a counter that went over.
func hits(count []byte) (bool, error) {
	n, err := strconv.ParseFloat(string(bytes.TrimSpace(count)), 64)
	if err != nil || math.IsNaN(n) {
		return false, noCount(count)
	}
	return n > 0, nil
}

func noCount(text []byte) error {
	return fmt.Errorf("%s is no count: look at what wrote the file", excerpt(text))
}
