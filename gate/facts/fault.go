package facts

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// fault is an error at an offset of a file: FILE:LINE:COL and what is wrong.
func (f File) fault(offset int, format string, args ...any) error {
	before := f.Body[:max(0, min(offset, len(f.Body)))]
	line := bytes.Count(before, []byte("\n")) + 1
	column := len(before) - (bytes.LastIndexByte(before, '\n') + 1) + 1
	return fmt.Errorf("%s:%d:%d: %w", f.shown(), line, column, fmt.Errorf(format, args...))
}

// refusal is an error about a file as a whole.
func (f File) refusal(format string, args ...any) error {
	return fmt.Errorf("%s: %w", f.shown(), fmt.Errorf(format, args...))
}

// shown is the name as an error may have it: on one line, and not longer than one.
func (f File) shown() string {
	name := cut(f.Name, maxNameShown)
	if strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) || r == utf8.RuneError }) {
		return strconv.Quote(name)
	}
	if name == "" {
		return "a file without a name"
	}
	return name
}

// excerpt quotes a piece of a file.
func excerpt(text []byte) string { return strconv.Quote(cut(string(text), maxTextShown)) }

// cut shortens a text without breaking a rune.
func cut(text string, most int) string {
	if len(text) <= most {
		return text
	}
	for most > 0 && !utf8.RuneStart(text[most]) {
		most--
	}
	return text[:most] + "…"
}
