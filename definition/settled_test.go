package definition_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/definition/definitiontest"
)

// TestASettledDefinitionIsTheDefinition settles every Nexus's file among the tests, and reads it back.
func TestASettledDefinitionIsTheDefinition(t *testing.T) {
	files := map[string]string{"nexus.cue": read(t, "testdata/nexus.cue"), "settled.cue": read(t, "testdata/settled.cue")}
	for _, dir := range []string{"nexus", "team", "compare"} {
		cases, err := filepath.Glob("testdata/" + dir + "/*.txtar")
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range cases {
			ar, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range ar.Files {
				if strings.HasSuffix(f.Name, "nexus.cue") { // a team's is not to be evaluated
					files[file+f.Name] = string(f.Data)
				}
			}
		}
	}
	sound := 0
	for name, source := range files {
		f := definition.File{Name: name, Source: []byte(source)}
		if d, err := definition.Load(f); err == nil {
			sound++
			settles(t, f, d)
		}
	}
	if sound < 10 {
		t.Errorf("%d files load: too few to hold anything", sound)
	}
}

// settles holds that a definition comes back from its settled text, whole.
func settles(t *testing.T, f definition.File, d *definition.Definition) {
	t.Helper()
	text, err := definition.Settle(d)
	if err != nil {
		t.Errorf("settling %s: %v\n%s", f.Name, err, f.Source)
		return
	}
	again, err := definition.LoadSettled(f, text)
	if err != nil {
		t.Errorf("%v\n%s\n%s", err, f.Source, text)
		return
	}
	if !reflect.DeepEqual(d, again) {
		t.Errorf("%s comes back as another:\n%s\n%s\n%#v\n%#v", f.Name, f.Source, text, d, again)
	}
}

// TestEveryFieldIsSettled holds that the test above misses no field: what it settles sets them all.
func TestEveryFieldIsSettled(t *testing.T) {
	d := load(t, read(t, "testdata/settled.cue"))
	var missing []string
	set := map[string]bool{}
	isSet(reflect.ValueOf(*d), "", set)
	for _, field := range slices.Sorted(maps.Keys(set)) {
		if !set[field] {
			missing = append(missing, field)
		}
	}
	if missing != nil {
		t.Errorf("testdata/settled.cue leaves %v unset, so that nothing holds that it is settled", missing)
	}
}

// isSet says of each field of our structs in a value whether anything sets it; of a slice, one item has to.
func isSet(v reflect.Value, path string, set map[string]bool) {
	switch {
	case v.Kind() == reflect.Slice:
		for i := range v.Len() {
			isSet(v.Index(i), path, set)
		}
	case v.Kind() == reflect.Struct && strings.HasSuffix(v.Type().PkgPath(), "/definition"):
		for i := range v.NumField() {
			field := path + "." + v.Type().Field(i).Name
			set[field] = set[field] || !v.Field(i).IsZero()
			isSet(v.Field(i), field, set)
		}
	}
}

// TestAnyLeafIsReadBackFromItsText is the property that the settled form rests on.
func TestAnyLeafIsReadBackFromItsText(t *testing.T) {
	sound := 0
	for seed := range definitiontest.Cases(1500) {
		leaf := definitiontest.All(rand.New(rand.NewPCG(uint64(seed), 4))).Leaf().String()
		f := definition.File{Name: "nexus.cue", Source: []byte(nexusWith("must: a: " + leaf))}
		if d, err := definition.Load(f); err == nil {
			sound++
			settles(t, f, d)
		}
	}
	if sound < definitiontest.Cases(300) {
		t.Errorf("%d leaves load: too few to hold anything", sound)
	}
}

func TestWhatIsNotSettledOfTheSourceIsRefused(t *testing.T) {
	f := definition.File{Name: "nexus.cue", Source: []byte(nexusWith("must: a: >=80"))}
	text, err := definition.Settle(load(t, string(f.Source)))
	if err != nil {
		t.Fatal(err)
	}
	for want, text := range map[string]string{
		"unexpected end":                  "",
		"after top-level value":           text + "{}",
		"version 2":                       strings.Replace(text, `"Version":1`, `"Version":2`, 1),
		"version 0":                       strings.Replace(text, `"Version":1,`, "", 1),
		"computed from":                   strings.Replace(text, `"Source":"sha256:`, `"Source":"sha256:0`, 1),
		`unknown field "Extra"`:           strings.Replace(text, `"Version":1`, `"Version":1,"Extra":2`, 1),
		"no time zone":                    strings.Replace(text, `"Zone":"UTC"`, `"Zone":"Local"`, 1),
		"no name of a Nexus":              strings.Replace(text, `"Name":"n"`, `"Name":"<b>"`, 1),
		"no day of a calendar":            strings.Replace(text, `"RequiredFrom":null`, `"RequiredFrom":99999999999999`, 1),
		"says x, which is none of":        strings.Replace(text, `\u003e=80`, `x`, 1),
		"calls a function":                strings.Replace(text, `\u003e=80`, `len(1)`, 1),
		"has a default":                   strings.Replace(text, `\u003e=80`, `*80 | 81`, 1),
		"is not written as a leaf":        strings.Replace(text, `\u003e=80`, `\u003e= 80`, 1),
		"a fact is":                       strings.Replace(text, `["a"]`, `[]`, 1),
		"is no leaf":                      strings.Replace(text, `\u003e=80`, `\u003e=80 \u0026`, 1),
		"nests too deeply":                strings.Replace(text, `\u003e=80`, strings.Repeat("(", 5000), 1),
		`it is on "moon"`:                 strings.Replace(text, `"On":"commit"`, `"On":"moon"`, 1),
		"asks for nothing":                strings.Replace(text, `"AtLeast":1`, `"AtLeast":0`, 1),
		"it is no UTF-8":                  strings.Replace(text, `"Why":"x"`, "\"Why\":\"\xff\"", 1),
		"more than 4 MiB":                 text + strings.Repeat(" ", 5<<20),
		"200 teams, 2000 criteria":        strings.Replace(text, `"Teams":[`, `"Teams":[`+strings.Repeat("{},", 300), 1),
		"cannot unmarshal number into Go": strings.Replace(text, `"ID":"x"`, `"ID":7`, 1),
	} {
		if _, err := definition.LoadSettled(f, text); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("it is read with the error %v, want one line with %q", err, want)
		}
	}
}

func TestADefinitionThatComputesToTooMuchDoesNotSettle(t *testing.T) {
	d := load(t, `import "list"
name: "n"
teams: {for i in list.Range(0, 300, 1) {"t\(i)": {}}}
done: {}`)
	if text, err := definition.Settle(d); err == nil || !strings.Contains(err.Error(), "write fewer") {
		t.Errorf("300 teams settle to %.80q (%v)", text, err)
	}
	d.Teams, d.Exceptions = nil, make([]definition.Exception, 1001)
	if text, err := definition.Settle(d); err == nil || !strings.Contains(err.Error(), "or 1000 exceptions") {
		t.Errorf("1001 exceptions settle to %.80q (%v)", text, err)
	}
}

func FuzzLoadSettled(f *testing.F) {
	source := read(f, "testdata/settled.cue")
	d, err := definition.Load(definition.File{Name: "nexus.cue", Source: []byte(source)})
	if err != nil {
		f.Fatal(err)
	}
	text, err := definition.Settle(d)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add(fmt.Sprintf(`{"Version":1,"Source":%q,"Name":"n","Zone":"UTC"}`, definition.Digest([]byte(source))))
	f.Fuzz(func(t *testing.T, text string) {
		d, err := definition.LoadSettled(definition.File{Name: "nexus.cue", Source: []byte(source)}, text)
		if err != nil {
			return
		}
		for _, c := range d.All() {
			if _, _, err := d.Rules(c, nil, definition.New); err != nil {
				t.Errorf("the rules of %s: %v", c.Name, err)
			}
		}
		for _, c := range d.Criteria {
			for _, l := range c.Must {
				l.Admits(80)
				l.Lookup(map[string]any{"a": "b"})
			}
		}
		settled, err := definition.Settle(d)
		if err != nil {
			return // beyond the bounds, once it is written in full
		}
		if again, err := definition.LoadSettled(definition.File{Name: "nexus.cue", Source: []byte(source)}, settled); err != nil || !reflect.DeepEqual(d, again) {
			t.Errorf("what was read comes back as another (%v):\n%s\n%s", err, text, settled)
		}
	})
}
