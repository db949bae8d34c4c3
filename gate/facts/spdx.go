package facts

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/spdx/tools-golang/spdx/v2/common"
	"github.com/spdx/tools-golang/spdx/v2/v2_3"
	"github.com/spdx/tools-golang/tagvalue/reader"
)

// spdxBill counts packages but the one that the document is of. Where it describes several, they are
// what it is about; files are no packages.
type spdxBill struct {
	packages  []string // by their identifiers
	described map[string]bool
}

func (b *spdxBill) counts() counts {
	n := len(b.packages)
	for _, id := range b.packages {
		if len(b.described) == 1 && b.described[id] {
			n--
		}
	}
	return counts{"components": n}
}

// readSPDXJSON decodes packages and relationships one at a time: the library's reader of documents takes
// many times the room that they have in the file, and time that grows with the square of their number.
func readSPDXJSON(f File) (counts, error) {
	var document struct {
		Version       string                `json:"spdxVersion"`
		Describes     []common.DocElementID `json:"documentDescribes"`
		Packages      []json.RawMessage     `json:"packages"`
		Relationships []json.RawMessage     `json:"relationships"`
	}
	if err := f.decodeJSON(&document); err != nil {
		return nil, err
	}
	if !strings.HasPrefix(document.Version, "SPDX-2.") {
		return nil, f.fault(0, "spdxVersion %s is not read: have the tool write SPDX 2.3", excerpt([]byte(document.Version)))
	}
	bill := spdxBill{described: map[string]bool{}}
	for _, raw := range document.Packages {
		var p v2_3.Package
		if err := f.decodePart(raw, &p); err != nil {
			return nil, err
		}
		bill.packages = append(bill.packages, string(p.PackageSPDXIdentifier))
	}
	for _, id := range document.Describes {
		bill.described[string(id.ElementRefID)] = true
	}
	for _, raw := range document.Relationships {
		var r v2_3.Relationship
		if err := f.decodePart(raw, &r); err != nil {
			return nil, err
		}
		bill.relate(string(r.RefA.ElementRefID), r.Relationship, string(r.RefB.ElementRefID))
	}
	return bill.counts(), nil
}

func (b *spdxBill) relate(from, how, to string) {
	switch how {
	case common.TypeRelationshipDescribe:
		b.described[to] = true
	case common.TypeRelationshipDescribeBy:
		b.described[from] = true
	}
}

// readSPDXTags reads the tags of packages and relationships, in the order that they have in the file.
func readSPDXTags(f File) (counts, error) {
	if lines := bytes.Count(f.Body, []byte("\n")); lines > maxElements {
		return nil, f.refusal("the SBOM has %d lines, more than %d: have the tool leave out files", lines, maxElements)
	}
	tags, err := reader.ReadTagValues(bytes.NewReader(withoutTexts(f.Body)))
	if err != nil {
		return nil, f.refusal("these are no tag values of SPDX (%s): look at what wrote the file", cut(err.Error(), maxNameShown))
	}
	if version := tags[0].Value; !strings.HasPrefix(version, "SPDX-2.") {
		return nil, f.fault(0, "SPDXVersion %s is not read: have the tool write SPDX 2.3", excerpt([]byte(version)))
	}
	bill := spdxBill{described: map[string]bool{}}
	inPackage := false
	for _, t := range tags {
		switch t.Tag {
		case "PackageName":
			bill.packages, inPackage = append(bill.packages, ""), true
		case "SPDXID":
			if inPackage {
				bill.packages[len(bill.packages)-1] = t.Value
			}
			inPackage = false // what follows may be a file of the package
		case "Relationship":
			if words := strings.Fields(t.Value); len(words) == 3 {
				bill.relate(words[0], words[1], words[2])
			}
		}
	}
	return bill.counts(), nil
}

// withoutTexts takes out texts of several lines, as licences have them: the library reads them in time
// that grows with their square, and no fact is in them.
func withoutTexts(body []byte) []byte {
	short := make([]byte, 0, len(body))
	inside := false
	for line := range bytes.Lines(body) {
		rest := line
		if !inside {
			before, text, begun := bytes.Cut(line, []byte("<text>"))
			if !begun {
				short = append(short, line...)
				continue
			}
			short, rest = append(append(short, before...), "<text>"...), text
		}
		_, after, ended := bytes.Cut(rest, []byte("</text>"))
		if inside = !ended; ended {
			short = append(append(short, "</text>"...), after...)
		}
	}
	return short
}
