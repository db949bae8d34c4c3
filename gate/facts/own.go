package facts

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"

	"github.com/nexusgate/nexusgate/gate"
)

// The bounds of facts of the user's own, all of which are kept.
const (
	maxOwn      = 64 << 10 // bytes
	maxOwnDepth = 8
)

// forges are the kinds that a forge or nexusgate itself brings. A file cannot stand in for them.
var forges = []string{"pipeline", "job", "check", "status", "suite", "review", "dependencies", "integration", "landing", "signoff"}

var kindName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9._-]{0,99}$`)

// readOwn reads the one file of a kind of the user's own: a JSON object of facts. Several files are
// refused: of numbers that nobody has named it is not known whether they are counts, and two scores of
// 60 are no score of 120.
func readOwn(kind string, files []File) (gate.Facts, error) {
	switch {
	case !kindName.MatchString(kind):
		return nil, fmt.Errorf("%s is no name of a kind: use letters, digits, dots, dashes and underscores, a letter first", excerpt([]byte(kind)))
	case slices.Contains(forges, kind):
		return nil, fmt.Errorf("it comes from the forge and not from files: choose another name for what you submit")
	case len(files) > 1:
		return nil, fmt.Errorf("%d files of a kind of your own cannot be added, for it is not known what in them are counts: join them into one file of facts", len(files))
	}
	f, err := plain(files[0])
	if err != nil {
		return nil, err
	}
	if len(f.Body) > maxOwn {
		return nil, f.refusal("%d bytes are more than %d: submit the facts that a definition asks about, and not the whole report", len(f.Body), maxOwn)
	}
	return f.ownFacts()
}

func (f File) ownFacts() (gate.Facts, error) {
	var facts gate.Facts
	if err := f.boundJSON(maxOwn); err != nil {
		return nil, err
	}
	if err := f.decodeJSON(&facts); err != nil {
		return nil, err
	}
	if facts == nil {
		return nil, f.fault(0, "null is no object of facts: write one such as {\"score\": 61.5}")
	}
	return facts, f.unambiguous()
}

// unambiguous refuses a name that comes twice in an object: which of the two facts counts would be chance.
func (f File) unambiguous() error {
	decoder := json.NewDecoder(bytes.NewReader(f.Body))
	if err := names(decoder, 0); err != nil {
		return f.fault(int(decoder.InputOffset()), "%w", err)
	}
	return nil
}

// names reads one value.
func names(decoder *json.Decoder, depth int) error {
	token, err := decoder.Token()
	if err != nil || token != json.Delim('{') && token != json.Delim('[') {
		return err
	}
	if depth++; depth > maxOwnDepth {
		return fmt.Errorf("facts are nested deeper than %d: write plain ones", maxOwnDepth)
	}
	seen := map[string]bool{}
	for decoder.More() {
		if token == json.Delim('{') {
			name, err := decoder.Token()
			if err != nil {
				return err
			}
			text, _ := name.(string)
			if seen[text] {
				return fmt.Errorf("the fact %s comes twice: say it once", excerpt([]byte(text)))
			}
			seen[text] = true
		}
		if err := names(decoder, depth); err != nil {
			return err
		}
	}
	_, err = decoder.Token()
	return err
}
