package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// deepestJSON is how deep a JSON text may be that is held against what is deployed.
const deepestJSON = 50

// unambiguous refuses a JSON text that others may read otherwise than we do: in which an object has a name twice, or
// two that differ in their case alone. Of the first some take the one and some the other, and of the second we do.
func unambiguous(text []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	if err := readNames(decoder, 0); err != nil {
		return err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return errors.New("it goes on after its end")
	}
	return nil
}

// readNames reads one value, and holds the names of its objects.
func readNames(decoder *json.Decoder, depth int) error {
	token, err := decoder.Token()
	if err != nil || token != json.Delim('{') && token != json.Delim('[') {
		return err
	}
	if depth++; depth > deepestJSON {
		return fmt.Errorf("objects and lists are nested deeper than %d", deepestJSON)
	}
	named := map[string]bool{}
	for decoder.More() {
		if token == json.Delim('{') {
			name, err := decoder.Token()
			if err != nil {
				return err
			}
			text, _ := name.(string)
			if named[strings.ToLower(text)] {
				return fmt.Errorf("%.80q is there twice, and nobody knows which of them another tool takes", text)
			}
			named[strings.ToLower(text)] = true
		}
		if err := readNames(decoder, depth); err != nil {
			return err
		}
	}
	_, err = decoder.Token()
	return err
}
