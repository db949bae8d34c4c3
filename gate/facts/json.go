package facts

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// boundJSON looks at the nesting and the number of values of a JSON text before anything is made of
// it. Whether it is sound JSON is for the decoder to say.
func (f File) boundJSON(mostObjects int) error {
	depth, values, objects := 0, 0, 0
	for i, b := range unquoted(f.Body) {
		switch b {
		case '{', '[':
			depth, values, objects = depth+1, values+1, objects+one(b == '{')
		case '}', ']':
			depth--
		case ',':
			values++
		}
		switch {
		case depth > maxDepth:
			return f.fault(i, "objects and lists are nested deeper than %d: no report is", maxDepth)
		case values > maxValues || objects > mostObjects:
			return f.fault(i, "there are more than %d values or %d objects: split the report, or leave out what the tool adds to its results", maxValues, mostObjects)
		}
	}
	return nil
}

// unquoted are the bytes of a JSON text that stand outside of strings, and where.
func unquoted(text []byte) func(func(int, byte) bool) {
	return func(yield func(int, byte) bool) {
		quoted, escaped := false, false
		for i, b := range text {
			switch {
			case escaped:
				escaped = false
			case quoted && b == '\\':
				escaped = true
			case b == '"':
				quoted = !quoted
			case !quoted && !yield(i, b):
				return
			}
		}
	}
}

// decodeJSON reads the whole file as one value.
func (f File) decodeJSON(to any) error {
	decoder := json.NewDecoder(bytes.NewReader(f.Body))
	if err := decoder.Decode(to); err != nil {
		at, said := unsound(err, len(f.Body))
		return f.fault(at, "%w", said)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return f.fault(int(decoder.InputOffset())-1, "the JSON goes on after its end: submit each document as a file of its own")
	}
	return nil
}

// decodePart reads one of many values, which was kept as it stands in the file.
func (f File) decodePart(raw json.RawMessage, to any) error {
	if err := json.Unmarshal(raw, to); err != nil {
		at, said := unsound(err, len(raw))
		return f.faultIn(raw, at, "%w", said)
	}
	return nil
}

// faultIn is an error at an offset of a part.
func (f File) faultIn(raw json.RawMessage, offset int, format string, args ...any) error {
	return f.fault(max(bytes.Index(f.Body, raw), 0)+offset, format, args...)
}

// unsound is where an error of the decoder lies, and what it says, in a text of that length.
func unsound(err error, length int) (at int, said error) {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.Is(err, io.EOF):
		return 0, errors.New("there is no JSON: the tool has written nothing")
	case errors.Is(err, io.ErrUnexpectedEOF):
		return length, errors.New("the JSON ends too early: look whether the tool has ended before the file was whole")
	case errors.As(err, &syntax):
		return int(syntax.Offset) - 1, fmt.Errorf("this is not sound JSON (%s): have the tool write its report into a file of its own", cut(syntax.Error(), maxNameShown))
	case errors.As(err, &kind):
		word, _, _ := strings.Cut(kind.Value, " ")
		return int(kind.Offset) - 1, fmt.Errorf("%s cannot be a JSON %s: look at what wrote the file", cut(kind.Field, maxNameShown), cut(word, maxTextShown))
	default:
		return 0, fmt.Errorf("the JSON cannot be read (%s): look at what wrote the file", cut(err.Error(), maxNameShown))
	}
}
