package webhook

import (
	"bytes"
	"errors"
	"fmt"
	"net/url"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/nexusgate/nexusgate/gate"
)

// body reads the fields of T and passes over all others, so that a field of another shape elsewhere
// in the body, as old and new forges send them, does no harm. Of a name that comes twice the last one
// counts, and what is no UTF-8 is replaced: a delivery is not lost for either.
//
// Whatever is to agree about a body (the places that it bears on, and the events in it) reads it here
// and by the same fields.
func body[T any](d gate.Delivery) (T, error) {
	var t T
	err := unmarshal(plain(d), &t)
	return t, err
}

func unmarshal(text []byte, to any) error {
	err := json.Unmarshal(text, to, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	return fault(err)
}

// fault says what is wrong with a body in words of ours. Those of the JSON package name Go's types, and
// are meant to differ from process to process, where a reason that is recorded is to be the same.
func fault(err error) error {
	var syntactic *jsontext.SyntacticError
	var semantic *json.SemanticError
	switch {
	case errors.As(err, &syntactic):
		return fmt.Errorf("after %d bytes: %w", syntactic.ByteOffset, syntactic.Err)
	case errors.As(err, &semantic) && semantic.Err != nil:
		return fmt.Errorf("%s: %w", semantic.JSONPointer, semantic.Err)
	case errors.As(err, &semantic):
		return fmt.Errorf("%s: a JSON %s is not what belongs there", semantic.JSONPointer, semantic.JSONKind)
	default:
		return err
	}
}

// plain is the JSON in the body. A GitHub webhook that was set up without choosing a content type
// sends it as the field of a form.
func plain(d gate.Delivery) []byte {
	if d.Source != gate.FromGitHub || !bytes.HasPrefix(d.Body, []byte("payload=")) {
		return d.Body
	}
	form, err := url.ParseQuery(string(d.Body))
	if err != nil {
		return d.Body
	}
	return []byte(form.Get("payload"))
}
