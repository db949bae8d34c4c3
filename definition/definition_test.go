package definition_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/cuecontext"
	"cuelang.org/go/cue/format"

	"github.com/nexusgate/nexusgate/definition"
)

// A cue.Value holds on to its context, which grows with each compilation.
func TestNoValueOfCUEOutlivesALoad(t *testing.T) {
	d := load(t, read(t, "testdata/nexus.cue"))
	team, err := definition.LoadTightening(definition.File{Name: "done.cue", Source: []byte("done: coverage: must: lines: >=90")})
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range []any{d, team} {
		if path := leadsToCUE(reflect.TypeOf(v), nil); path != nil {
			t.Errorf("%T holds a value of CUE: %v", v, path)
		}
	}
}

func leadsToCUE(t reflect.Type, seen []reflect.Type) []reflect.Type {
	if slices.Contains(seen, t) || t.PkgPath() == "time" || t.PkgPath() == "regexp" {
		return nil
	}
	seen = append(slices.Clip(seen), t)
	if strings.HasPrefix(t.PkgPath(), "cuelang.org") || t.Kind() == reflect.Func || t.Kind() == reflect.Interface && t.NumMethod() > 0 {
		return seen
	}
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Array:
		return leadsToCUE(t.Elem(), seen)
	case reflect.Map:
		return slices.Concat(leadsToCUE(t.Key(), seen), leadsToCUE(t.Elem(), seen))
	case reflect.Struct:
		for i := range t.NumField() {
			if path := leadsToCUE(t.Field(i).Type, seen); path != nil {
				return path
			}
		}
	default:
	}
	return nil
}

func TestSchemaIsFormattedAndTakesWhatLoadTakes(t *testing.T) {
	formatted, err := format.Source([]byte(definition.Schema()))
	if err != nil || string(formatted) != definition.Schema() {
		t.Errorf("schema.cue is not formatted: %v\n%s", err, formatted)
	}
	ctx := cuecontext.New()
	nexus := ctx.CompileString(definition.Schema()).LookupPath(cue.ParsePath("#Nexus"))
	if err := nexus.Unify(ctx.CompileString(read(t, "testdata/nexus.cue"))).Validate(); err != nil {
		t.Errorf("the schema refuses what Load takes: %v", err)
	}
}

func TestEveryFieldOfTheSchemaIsKnownInATeamsFile(t *testing.T) {
	ctx := cuecontext.New()
	schema := ctx.CompileString(definition.Schema())
	for prefix, of := range map[string]string{"": "#Criterion", "from: ": "#From", "appliesTo: ": "#AppliesTo"} {
		fields, err := schema.LookupPath(cue.ParsePath(of)).Fields(cue.Optional(true))
		if err != nil {
			t.Fatal(err)
		}
		for fields.Next() {
			source := "done: x: " + prefix + fields.Selector().Unquoted() + ": {}"
			_, err := definition.LoadTightening(definition.File{Name: "done.cue", Source: []byte(source)})
			if err != nil && strings.Contains(err.Error(), "is no field here") {
				t.Errorf("%s: %v", source, err)
			}
		}
	}
}

// What a team may say of a criterion is what the Nexus may, but for whom it is.
func TestTheSchemaOfATeamsFileHasEachFieldOfACriterion(t *testing.T) {
	schema := cuecontext.New().CompileString(definition.Schema())
	names := func(of string, but ...string) []string {
		fields, err := schema.LookupPath(cue.ParsePath(of)).Fields(cue.Optional(true))
		if err != nil {
			t.Fatal(err)
		}
		var all []string
		for fields.Next() {
			if name := fields.Selector().Unquoted(); !slices.Contains(but, name) {
				all = append(all, name)
			}
		}
		slices.Sort(all)
		return all
	}
	if want, got := names("#Criterion", "appliesTo"), names("#Tightened"); !slices.Equal(want, got) {
		t.Errorf("#Tightened has %v, want %v", got, want)
	}
}

func TestComponentsAreFoundByName(t *testing.T) {
	d := load(t, read(t, "testdata/nexus.cue"))
	names := []string{}
	for _, c := range d.All() {
		names = append(names, c.Team+"/"+c.Name)
	}
	if want := []string{"cart/cart-api", "pay/pay", "web/web"}; !slices.Equal(names, want) {
		t.Errorf("the components are %v, want %v", names, want)
	}
	c, found := d.Component("web")
	if !found || c.Forge != "gitlab" || c.Repo != "acme/web" || c.Branch != "main" || c.Pos.Line != 5 {
		t.Errorf("web is %+v (%v)", c, found)
	}
	if _, found := d.Component("none"); found {
		t.Error("a component is found that is not there")
	}
}

func TestRulesWithoutATeamsLayerAreThoseThatApply(t *testing.T) {
	d := load(t, read(t, "testdata/nexus.cue"))
	for component, want := range map[string]string{
		"web": "ci claimed coverage licences lint tests",
		"pay": "ci claimed coverage licences lint pci tests",
	} {
		c, _ := d.Component(component)
		rules, warnings, err := d.Rules(c, nil, definition.New)
		if got := ids(rules); got != want || warnings != nil || err != nil {
			t.Errorf("the rules of %s are %s (%v, %v), want %s", component, got, warnings, err, want)
		}
	}
	if got := ids(d.IncrementRules()); got != "e2e" {
		t.Errorf("the rules on the Increment are %s, want e2e", got)
	}
}

func ids(rules []definition.Rule) string {
	var ids []string
	for _, r := range rules {
		ids = append(ids, r.Main().ID)
	}
	return strings.Join(ids, " ")
}

func TestRequiredFromTheMidnightOfTheZone(t *testing.T) {
	d := load(t, read(t, "testdata/nexus.cue"))
	c := d.Criteria[slices.IndexFunc(d.Criteria, func(c definition.Criterion) bool { return c.ID == "licences" })]
	midnight := time.Date(2027, 1, 14, 23, 0, 0, 0, time.UTC) // in Madrid
	if c.RequiredAt(midnight.Add(-time.Nanosecond)) || !c.RequiredAt(midnight) {
		t.Errorf("it is required from %v, want %v", c.RequiredFrom, midnight)
	}
}

func TestTrustIsReadAndWritten(t *testing.T) {
	for trust := definition.Unset; trust <= definition.OIDC; trust++ {
		if read, err := definition.ParseTrust(trust.String()); err != nil || read != trust {
			t.Errorf("%v is read as %v (%v)", trust, read, err)
		}
	}
	if _, err := definition.ParseTrust("blind"); err == nil {
		t.Error("blind is a trust")
	}
	if got := definition.Trust(9).String(); got != "Trust(9)" {
		t.Errorf("an unknown trust is %q", got)
	}
}

func TestANameWithAGlobMatchesMany(t *testing.T) {
	for name, want := range map[string]bool{"": true, "ci": false, "ci*": true, "ci?": true, "[a]": true, "a (b)": false} {
		if got := (&definition.Criterion{Name: name}).HasGlob(); got != want {
			t.Errorf("%q has a glob: %v, want %v", name, got, want)
		}
	}
}

func TestDigestNamesTheContent(t *testing.T) {
	const want = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
	if got := definition.Digest(nil); got != want {
		t.Errorf("the digest of nothing is %s, want %s", got, want)
	}
}
