package charts_test

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"helm.sh/helm/v4/pkg/chart/v2/loader"
	"helm.sh/helm/v4/pkg/strvals"
	appsv1 "k8s.io/api/apps/v1"
)

var (
	forCluster = regexp.MustCompile("(?m)^ *(?:\\$ )?((?:helm|kubectl) .*)$|`((?:helm|kubectl) [^`]* -[^`]*|kubectl [^`]*)`")
	wordOf     = regexp.MustCompile(`(?:[^\s'"]|'[^']*'|"[^"]*")+`)
)

// TestEachCommandOfThePagesFitsTheChart reads those of Helm's and kubectl's commands that need a cluster, and sees that
// the chart does what they ask for: it renders with their very flags, reads the keys of their Secrets, and has the
// objects that they name.
func TestEachCommandOfThePagesFitsTheChart(t *testing.T) {
	held := 0
	for _, page := range []string{"nexusgate/README.md", "../docs/upgrade.md", "../docs/operations.md"} {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range forCluster.FindAllStringSubmatch(strings.ReplaceAll(string(text), "\\\n", " "), -1) {
			held++
			if err := fits(t, wordsOf(found[1]+found[2])); err != nil {
				t.Errorf("%s shows %q: %v", page, found[1]+found[2], err)
			}
		}
	}
	if held != 5 {
		t.Errorf("the pages show %d commands for a cluster: are they read rightly?", held)
	}
}

func wordsOf(command string) (words []string) {
	for _, word := range wordOf.FindAllString(command, -1) {
		words = append(words, strings.Trim(word, `'"`))
	}
	return words
}

// fits says what a command asks for that the chart does not have.
func fits(t *testing.T, words []string) error {
	t.Helper()
	verb := slices.DeleteFunc(slices.Clone(words), func(w string) bool { return w == "-n" || w == "gates" })[1:]
	switch strings.Join(verb[:2], " ") {
	case "create namespace":
		return nil
	case "create secret":
		return hasKeys(t, verb[2:])
	case "rollout restart":
		return hasObject(t, verb[2])
	case "install nexusgate", "upgrade nexusgate":
		return renders(t, verb[2], verb[3:])
	}
	return fmt.Errorf("no test knows %q", verb)
}

// hasKeys holds a Secret that is made to the keys that the pods read of it.
func hasKeys(t *testing.T, words []string) error {
	t.Helper()
	template, _ := pod(t, objects(t, "everything"))
	read := map[string]bool{}
	for _, variable := range template.Spec.Containers[0].Env {
		if from := variable.ValueFrom; from != nil && from.SecretKeyRef != nil {
			read[from.SecretKeyRef.Key] = true
		}
	}
	for _, volume := range template.Spec.Volumes {
		if volume.Secret != nil {
			for _, item := range volume.Secret.Items {
				read[item.Key] = true
			}
		}
	}
	for _, word := range words {
		given, is := strings.CutPrefix(word, "--from-")
		if !is {
			continue
		}
		_, key, _ := strings.Cut(given, "=")
		if key, _, _ = strings.Cut(key, "="); !read[key] {
			return fmt.Errorf("no pod reads the key %s", key)
		}
	}
	return nil
}

func hasObject(t *testing.T, named string) error {
	t.Helper()
	given, err := exampleOf(t)
	if err != nil {
		return err
	}
	rendered, err := renderAs("nexusgate", load(t), given)
	if err != nil {
		return err
	}
	all, err := decoded(manifest(rendered))
	if err != nil {
		return err
	}
	if set := one[*appsv1.StatefulSet](t, all); "statefulset/"+set.Name != named {
		return fmt.Errorf("there is only statefulset/%s", set.Name)
	}
	return nil
}

// exampleOf are the values that the README shows beside the command.
func exampleOf(t *testing.T) (map[string]any, error) {
	t.Helper()
	return loader.LoadValues(strings.NewReader(block.FindStringSubmatch(readme(t))[1]))
}

// renders renders the chart with the flags of an installation or an upgrade, over the values of the README.
func renders(t *testing.T, chart string, flags []string) error {
	t.Helper()
	if chart != "oci://ghcr.io/nexusgate/charts/nexusgate" {
		return fmt.Errorf("releases publish no chart %s", chart)
	}
	given, err := exampleOf(t)
	if err != nil {
		return err
	}
	for i := 0; i < len(flags); i++ {
		switch flags[i] {
		case "--reuse-values":
			continue
		case "--values":
		case "--set":
			err = strvals.ParseInto(flags[i+1], given)
		case "--set-file":
			err = strvals.ParseIntoFile(flags[i+1], given, func(path []rune) (any, error) { return "# " + string(path), nil })
		default:
			return fmt.Errorf("no test knows the flag %s", flags[i])
		}
		if i++; err != nil {
			return err
		}
	}
	rendered, err := renderAs("nexusgate", load(t), given)
	if err != nil {
		return err
	}
	_, err = decoded(manifest(rendered))
	return err
}
