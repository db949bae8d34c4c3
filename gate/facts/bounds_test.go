package facts_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/facts"
)

func TestWhatIsTooMuchIsRefusedWithTheNextStep(t *testing.T) {
	times := strings.Repeat
	tests := map[string]struct {
		kind, body, want string
	}{
		"depth of XML":      {"junit", times("<testsuite>", 101), "elements are nested deeper than 100"},
		"depth in a test":   {"junit", "<testsuite><testcase>" + times("<a>", 100), "elements are nested deeper than 100"},
		"elements":          {"junit", "<testsuite>" + times("<testcase/>", 1_000_000), "more than 1000000 elements: split the report"},
		"attributes":        {"junit", "<testsuite " + times(`a="" `, 101) + "/>", "unit:1:1: an element has more than 100 attributes"},
		"quoted attributes": {"junit", "<testsuite " + times(`a='">' `, 101) + "/>", "an element has more than 100 attributes"},
		"unended tag":       {"junit", "<testsuite " + times(`a="" `, 101), "an element has more than 100 attributes"},
		"lines of LCOV":     {"coverage", "TN:\n" + times("#\n", 1_000_000), "more than 1000000: split it"},
		"lines of Go":       {"coverage", "mode: set\n" + times("\n", 1_000_000) + "a", "more than 1000000: merge it with go tool covdata"},
		"a line of Go":      {"coverage", "mode: set\n" + times("a", 1<<16), "this is no Go cover profile"},
		"depth of JSON":     {"sarif", times("[", 101), "unit:1:101: objects and lists are nested deeper than 100"},
		"depth of objects":  {"sbom", times(`{"a":`, 101), "unit:1:501: objects and lists are nested deeper than 100"},
		"values":            {"vulnerabilities", `{"matches": [` + times("1,", 3_000_001), "more than 3000000 values"},
		"objects":           {"sarif", `{"runs": [` + times("{},", 1_000_001), "more than 3000000 values or 1000000 objects: split the report"},
		"objects held":      {"sbom", `{"bomFormat": "CycloneDX", "components": [` + times("{},", 200_001), "or 200000 objects"},
		"runs":              {"sarif", `{"version": "2.1.0", "runs": [` + times("{},", 1000) + `{}]}`, "more than 1000 runs: submit them in parts"},
		"extensions":        {"sarif", `{"version": "2.1.0", "runs": [{"tool": {"extensions": [` + times("{},", 1000) + `{}]}}]}`, "more than 1000 extensions of a tool"},
		"elements held":     {"sbom", `<bom>` + times("<component/>", 200_001), "more than 200000 elements"},
		"lines of SPDX":     {"sbom", "SPDXVersion: SPDX-2.3\n" + times("\n", 1_000_000) + "a", "more than 1000000: have the tool leave out files"},
		"own bytes":         {"mutation", `{"a": "` + times("a", 64<<10) + `"}`, "65545 bytes are more than 65536: submit the facts that a definition asks about"},
		"a kind's name":     {times("a", 101), "{}", "reading evidence of kind " + times("a", 60) + "…: "},
		"bytes":             {"junit", times(" ", facts.MaxFile+1), "unit has 33554433 bytes, more than 33554432: split it"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := facts.Read(test.kind, []facts.File{{Name: "unit", Body: []byte(test.body)}})
			wantRefusal(t, err, test.want)
		})
	}
}

// What a tool was given to print belongs to no bound but that of the file.
func TestALongOutputIsReadOver(t *testing.T) {
	long := strings.Repeat(`<a b="c"> = `, 1<<16)
	body := `<testsuite><testcase name="a"><system-out><![CDATA[` + long + `]]></system-out></testcase><!--` + long + `--></testsuite>`
	got, err := facts.Read("junit", []facts.File{{Name: "unit.xml", Body: []byte(body)}})
	if err != nil {
		t.Fatal(err)
	}
	if got["passed"] != 1 {
		t.Errorf("facts %v, want one test that passed", got)
	}
}

func TestFilesAreBoundedTogether(t *testing.T) {
	large := make([]byte, facts.MaxFile)
	tests := map[string]struct {
		files []facts.File
		want  string
	}{
		"none":  {nil, "there is no file: name at least one"},
		"many":  {make([]facts.File, facts.MaxFiles+1), "1001 files are more than 1000: submit them in parts"},
		"large": {[]facts.File{{Body: large}, {Body: large}, {Body: []byte("x")}}, "3 files have 67108865 bytes together, more than 67108864: submit them in parts"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := facts.Read("junit", test.files)
			wantRefusal(t, err, test.want)
		})
	}
}

func TestAFileIsReadInWhateverItsToolWroteIt(t *testing.T) {
	const text = `<testsuite><testcase name="Größe"><failure>é</failure></testcase></testsuite>`
	latin := bytes.ReplaceAll(bytes.ReplaceAll(bytes.ReplaceAll([]byte(text), []byte("ö"), []byte{0xf6}), []byte("ß"), []byte{0xdf}), []byte("é"), []byte{0xe9})
	little, big := []byte{0xff, 0xfe}, []byte{0xfe, 0xff}
	for _, unit := range utf16.Encode([]rune(`<?xml version="1.0" encoding="utf-16"?>` + text)) {
		little = append(little, byte(unit), byte(unit>>8))
		big = append(big, byte(unit>>8), byte(unit))
	}
	tests := map[string][]byte{
		"UTF-8":                  []byte(text),
		"UTF-8 that says so":     []byte(`<?xml version='1.0' encoding='UTF-8'?>` + text),
		"UTF-8 with a mark":      []byte("\ufeff" + `<?xml version="1.0" encoding="utf-8"?>` + text),
		"ISO-8859-1":             append([]byte(`<?xml version="1.0" encoding="ISO-8859-1" standalone="yes"?>`), latin...),
		"Windows-1252":           append([]byte(`<?xml version="1.0" encoding="windows-1252"?>`), latin...),
		"UTF-16, little-endian":  little,
		"UTF-16, big-endian":     big,
		"UTF-8 and white space":  []byte("\n\t" + text + "\r\n"),
		"a file that is ASCII":   []byte(`<?xml version="1.0" encoding="US-ASCII"?><testsuite><testcase><failure/></testcase></testsuite>`),
		"characters of control":  []byte("<testsuite name='\x00'><testcase name='\x1b[31mred\x1b[0m'>\x01<failure>\x08</failure></testcase></testsuite>"),
		"UTF-16 cut in a letter": append(little[:len(little):len(little)], 0x20),
	}
	for name, body := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := facts.Read("junit", []facts.File{{Name: "unit.xml", Body: body}})
			if err != nil {
				t.Fatal(err)
			}
			wantFacts(t, got, gate.Facts{"tests": n(1), "passed": n(0), "failed": n(1), "errors": n(0), "skipped": n(0), "flaky": n(0)})
		})
	}
	t.Run("and not as another", func(t *testing.T) {
		_, err := facts.Read("junit", []facts.File{{Name: "unit.xml", Body: latin}})
		wantRefusal(t, err, "this is not sound XML (invalid UTF-8)")
	})
}

func TestAnErrorNamesTheFileOnOneLine(t *testing.T) {
	tests := map[string]struct{ name, want string }{
		"a path":          {"out/unit.xml", "reading evidence of kind junit: out/unit.xml:1:1: "},
		"none":            {"", "a file without a name:1:1: "},
		"several lines":   {"a\nlevel=INFO\x1b[2J", `"a\nlevel=INFO\x1b[2J":1:1: `},
		"no text":         {"a\xff", `"a\xff":1:1: `},
		"more than fits":  {strings.Repeat("ä", 300), strings.Repeat("ä", 100) + "…:1:1: "},
		"turned to right": {"a\u202exml", `"a\u202exml":1:1: `},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := facts.Read("junit", []facts.File{{Name: test.name, Body: []byte("<" + strings.Repeat("a", 5000) + "/>")}})
			wantRefusal(t, err, test.want)
			if len(err.Error()) > 600 {
				t.Errorf("the error has %d bytes: %v", len(err.Error()), err)
			}
		})
	}
}

func TestCountsThatNoArithmeticIsSafeWithAreRefused(t *testing.T) {
	line := "a/a.go:%d.1,%d.1 1000000000 1\n"
	var body strings.Builder
	body.WriteString("mode: set\n")
	for i := range 100_001 {
		fmt.Fprintf(&body, line, i, i)
	}
	_, err := facts.Read("coverage", []facts.File{{Name: "cover.out", Body: []byte(body.String())}})
	wantRefusal(t, err, "linesCovered, linesTotal comes to more than anything real has: look at what wrote the files")
}

func TestAKindThatAForgeBringsIsRefused(t *testing.T) {
	for _, kind := range []string{"pipeline", "job", "check", "status", "suite", "review", "dependencies", "integration", "landing", "signoff"} {
		_, err := facts.Read(kind, []facts.File{{Name: "a.json", Body: []byte(`{"conclusion": "success"}`)}})
		wantRefusal(t, err, "reading evidence of kind "+kind+": it comes from the forge and not from files: choose another name")
	}
	for _, kind := range []string{"", "a b", "1a", "a/b", "é", "-a", "a\n"} {
		_, err := facts.Read(kind, []facts.File{{Name: "a.json", Body: []byte(`{"score": 1}`)}})
		wantRefusal(t, err, "is no name of a kind: use letters, digits, dots, dashes and underscores, a letter first")
	}
}

// What a JSON text quotes is neither deep nor many.
func TestQuotedBracketsAreText(t *testing.T) {
	body := `{"quote": "` + strings.Repeat(`\"[{,`, 1000) + `\\", "score": 3}`
	got, err := facts.Read("mutation", []facts.File{{Name: "a.json", Body: []byte(body)}})
	if err != nil {
		t.Fatal(err)
	}
	if got["score"] != n(3) {
		t.Errorf("facts %v, want a score of 3", got)
	}
}

// A text of many lines is read in time that grows with it, and not with its square.
func TestLongTextsOfSPDXAreReadOver(t *testing.T) {
	body := "SPDXVersion: SPDX-2.3\nPackageName: a\nPackageComment: <text>" + strings.Repeat("a\n", 150_000) + "</text>\nPackageName: b\n"
	got, err := facts.Read("sbom", []facts.File{{Name: "bom.spdx", Body: []byte(body)}})
	if err != nil {
		t.Fatal(err)
	}
	wantFacts(t, got, gate.Facts{"components": n(2)})
}
