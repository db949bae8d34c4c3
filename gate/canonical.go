package gate

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
)

// canonical is a value's JSON in one spelling: encoding/json writes struct fields in their order,
// map keys sorted, and nothing between tokens. What is passed here always encodes.
func canonical(v any) string { return string(canonicalText(v)) }

func canonicalText(v any) []byte {
	text, err := json.Marshal(v)
	if err != nil {
		return []byte(err.Error())
	}
	return text
}

func digest(v any) string {
	sum := sha256.Sum256(canonicalText(v))
	return "sha256:" + hex.EncodeToString(sum[:])
}

// Digest addresses a composition by its content.
func (c Composition) Digest() string { return digest(c) }

// UnmarshalJSON keeps numbers as they were written: a fact is compared exactly, and after a restart
// it must still be what it was.
func (f *Facts) UnmarshalJSON(text []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var facts map[string]any
	if err := decoder.Decode(&facts); err != nil {
		return err
	}
	*f = facts
	return nil
}
