package charts_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"helm.sh/helm/v4/pkg/chart/v2/loader"
)

var block = regexp.MustCompile("(?s)```yaml\n(.*?)```")

func readme(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("nexusgate/README.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestEachExampleOfTheREADMERenders(t *testing.T) {
	shown := block.FindAllStringSubmatch(readme(t), -1)
	if len(shown) < 3 {
		t.Fatalf("the README shows %d sets of values: is it read rightly?", len(shown))
	}
	for _, found := range shown {
		given, err := loader.LoadValues(strings.NewReader(found[1]))
		if err != nil {
			t.Fatal(err)
		}
		rendered, err := render(load(t), given)
		if err != nil {
			t.Errorf("%v\n%s", err, found[1])
			continue
		}
		if _, err := decoded(manifest(rendered)); err != nil {
			t.Errorf("%v\n%s", err, found[1])
		}
	}
}

// Which keys a Secret needs is said where one is told to make it.
func TestTheREADMENamesEachKeyOfASecret(t *testing.T) {
	template, _ := pod(t, objects(t, "everything"))
	text := readme(t)
	var keys []string
	for _, variable := range template.Spec.Containers[0].Env {
		if from := variable.ValueFrom; from != nil && from.SecretKeyRef.Key != "password" { // extraEnv's
			keys = append(keys, from.SecretKeyRef.Key)
		}
	}
	for _, volume := range template.Spec.Volumes {
		if volume.Secret == nil || volume.Name == "postgres" {
			continue
		}
		for _, item := range volume.Secret.Items {
			keys = append(keys, item.Key)
		}
	}
	if len(keys) < 10 {
		t.Errorf("only %v are read", keys)
	}
	for _, key := range keys {
		if !strings.Contains(text, "`"+key+"`") {
			t.Errorf("the README does not say that a Secret needs %s", key)
		}
	}
}

// The notes that Helm shows name what is there, and what to do next.
func TestTheNotesSayWhatIsNext(t *testing.T) {
	for flavour, says := range map[string][]string{
		"sqlite":     {"statefulset/shop-nexusgate", "port-forward service/shop-nexusgate 8080:80", "shop-nexusgate-webhook", "Give url", "have no login", "The volume outlives"},
		"postgres":   {"deployment/shop-nexusgate", "https://done.example.com", "shop-nexusgate-webhook"},
		"everything": {"deployment/done", "https://hooks.example.com/webhook/github", "https://hooks.example.com/webhook/gitlab", "Recreate"},
	} {
		notes := mustRender(t, load(t), values(t, flavour))["nexusgate/templates/NOTES.txt"]
		for _, want := range says {
			if !strings.Contains(notes, want) {
				t.Errorf("%s: the notes do not say %q:\n%s", flavour, want, notes)
			}
		}
	}
}

// valueName is a value of the chart, as prose names it.
var valueName = regexp.MustCompile("`((?:[a-z][A-Za-z]*\\.)+[a-zA-Z]+)`")

// notValues are names with a dot that are files, or keys of a Secret.
var notValues = map[string]bool{"values.yaml": true, "values.schema.json": true, "log.key": true, "attest.key": true}

func TestEachValueThatTheREADMENamesIsThere(t *testing.T) {
	named := 0
	for _, found := range valueName.FindAllStringSubmatch(readme(t), -1) {
		if notValues[found[1]] {
			continue
		}
		named++
		var at any = load(t).Values
		for name := range strings.SplitSeq(found[1], ".") {
			inside, _ := at.(map[string]any)
			there := false
			if at, there = inside[name]; !there {
				t.Errorf("the README names %s, which is no value of the chart", found[1])
			}
		}
	}
	if named < 12 {
		t.Errorf("the README names %d values: are they read rightly?", named)
	}
}
