package definition_test

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/nexusgate/nexusgate/definition"
)

var update = flag.Bool("update", false, "write what the txtar cases want from what they get")

// TestATeamsFileTightensOrIsRefused holds each team's file in testdata/team against a Nexus: the case's own, or
// testdata/nexus.cue; and where there is one, against a later Nexus that overtakes it.
func TestATeamsFileTightensOrIsRefused(t *testing.T) {
	cases, err := filepath.Glob("testdata/team/*.txtar")
	if err != nil || len(cases) == 0 {
		t.Fatalf("finding the cases: %v, %d found", err, len(cases))
	}
	for _, file := range cases {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			golden(t, file, teamCase)
		})
	}
}

// golden holds the case's last file, want, against what the case gets.
func golden(t *testing.T, file string, get func(*testing.T, archive) string) {
	t.Helper()
	ar, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	a := archive{comment: string(ar.Comment), files: map[string]string{}}
	for _, f := range ar.Files {
		a.files[f.Name] = string(f.Data)
	}
	got := get(t, a)
	if *update {
		ar.Files[len(ar.Files)-1].Data = []byte(got)
		if err := os.WriteFile(file, txtar.Format(ar), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(a.files["want"], got); diff != "" {
		t.Errorf("what is wanted (-) and what is got (+) differ:\n%s", diff)
	}
}

type archive struct {
	comment string
	files   map[string]string
}

func teamCase(t *testing.T, a archive) string {
	source, own := a.files["nexus.cue"]
	if !own {
		source = read(t, "testdata/nexus.cue")
	}
	nexus := load(t, source)
	name := "cart-api"
	if _, after, found := strings.Cut(a.comment, "component: "); found {
		name = strings.TrimSpace(after)
	}
	c, found := nexus.Component(name)
	if !found {
		t.Fatalf("the Nexus has no component %s", name)
	}
	var b strings.Builder
	team, err := definition.LoadTightening(definition.File{Name: "done.cue", Source: []byte(a.files["done.cue"])})
	if err != nil {
		describe(&b, "fault", err)
		return b.String()
	}
	standing := definition.New
	if later, overtaken := a.files["later/nexus.cue"]; overtaken {
		if _, _, err := nexus.Rules(c, team, definition.New); err != nil {
			t.Fatalf("the file was never accepted: %v", err)
		}
		nexus, standing = load(t, later), definition.Accepted
	}
	rules, warnings, err := nexus.Rules(c, team, standing)
	describe(&b, "fault", err)
	describe(&b, "warning", warnings)
	describeRules(&b, rules, a.files["done.cue"], a.files["facts.json"])
	return b.String()
}

func describe(b *strings.Builder, what string, err error) {
	if faults := (definition.Faults{}); errors.As(err, &faults) && len(faults) > 0 {
		for _, line := range strings.Split(faults.Error(), "\n") {
			fmt.Fprintf(b, "%s %s\n", what, line)
		}
	}
}

// describeRules writes the rules that a team's file names, and whether facts meet them.
func describeRules(b *strings.Builder, rules []definition.Rule, team, facts string) {
	for _, r := range rules {
		if !strings.Contains(team, r.Main().ID+":") {
			continue
		}
		for _, c := range []*definition.Criterion{r.Nexus, r.Team} {
			if c == nil {
				continue
			}
			fmt.Fprintf(b, "%s %s: %s\n", c.Layer, c.ID, criterion(c))
			if facts != "" {
				fmt.Fprintf(b, "\tmet: %v\n", met(c, decode(facts)))
			}
		}
	}
}

func criterion(c *definition.Criterion) string {
	parts := []string{fmt.Sprintf("%s on %s", c.Level, c.On)}
	if !c.RequiredFrom.IsZero() {
		parts = append(parts, "from "+c.RequiredFrom.Format(time.RFC3339))
	}
	parts = append(parts, fmt.Sprintf("by %s %q ×%d %v", c.Evidence, c.Name, c.AtLeast, c.From))
	parts = append(parts, fmt.Sprintf("fresh %s within %s", c.Fresh, c.Within))
	if len(c.Paths) > 0 {
		parts = append(parts, fmt.Sprintf("paths %v", c.Paths))
	}
	for _, l := range c.Must {
		parts = append(parts, fmt.Sprintf("%s (%s %s)", l, l.Layer, l.Pos))
	}
	return strings.Join(append(parts, c.Why+"/"+c.Fix), "\n\t")
}

func met(c *definition.Criterion, facts map[string]any) bool {
	for _, l := range c.Must {
		if fact, present := l.Lookup(facts); !present || !l.Admits(fact) {
			return false
		}
	}
	return true
}

func decode(facts string) map[string]any {
	var decoded map[string]any
	d := json.NewDecoder(strings.NewReader(facts))
	d.UseNumber()
	if err := d.Decode(&decoded); err != nil {
		return nil
	}
	return decoded
}

func read(t testing.TB, file string) string {
	t.Helper()
	source, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(source)
}

func load(t testing.TB, source string) *definition.Definition {
	t.Helper()
	d, err := definition.Load(definition.File{Name: "nexus.cue", Source: []byte(source)})
	if err != nil {
		t.Fatalf("loading the Nexus's layer:\n%v", err)
	}
	return d
}
