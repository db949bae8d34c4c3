package charts_test

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	monitoring "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	apps "k8s.io/api/apps/v1"
	core "k8s.io/api/core/v1"
	networking "k8s.io/api/networking/v1"
	policy "k8s.io/api/policy/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/yaml"
)

// kinds are those that the chart may make.
var kinds = func() *runtime.Scheme {
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{
		apps.AddToScheme, core.AddToScheme, networking.AddToScheme, policy.AddToScheme, monitoring.AddToScheme,
	} {
		if err := add(scheme); err != nil {
			panic(err)
		}
	}
	return scheme
}()

// decoded reads a manifest as a strict API server does: an unknown kind, an unknown or a repeated field fails.
func decoded(text string) ([]runtime.Object, error) {
	strict := serializer.NewCodecFactory(kinds, serializer.EnableStrict).UniversalDeserializer()
	documents := yaml.NewYAMLReader(bufio.NewReader(strings.NewReader(text)))
	var all []runtime.Object
	for {
		document, err := documents.Read()
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return nil, err
		}
		if len(bytes.TrimSpace(document)) == 0 {
			continue
		}
		object, _, err := strict.Decode(document, nil, nil)
		if err != nil {
			return nil, err
		}
		all = append(all, object)
	}
}

func objects(t *testing.T, flavour string) []runtime.Object {
	t.Helper()
	all, err := decoded(manifest(mustRender(t, load(t), values(t, flavour))))
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// one is the only object of a kind.
func one[T runtime.Object](t *testing.T, all []runtime.Object) T {
	t.Helper()
	found := every[T](all)
	if len(found) != 1 {
		t.Fatalf("there are %d of %T, want one", len(found), *new(T))
	}
	return found[0]
}

func every[T runtime.Object](all []runtime.Object) (found []T) {
	for _, object := range all {
		if is, ok := object.(T); ok {
			found = append(found, is)
		}
	}
	return found
}

func TestEachObjectIsOneThatTheAPIKnows(t *testing.T) {
	for flavour, want := range map[string]int{"sqlite": 7, "postgres": 7, "everything": 9} {
		all := objects(t, flavour)
		if len(all) < want {
			t.Errorf("%s: %d objects, want %d at least", flavour, len(all), want)
		}
		seen := map[string]bool{}
		for _, object := range all {
			named, ok := object.(meta.Object)
			if !ok {
				t.Fatalf("%s: %T has no name", flavour, object)
			}
			id := object.GetObjectKind().GroupVersionKind().Kind + " " + named.GetName()
			if seen[id] {
				t.Errorf("%s: %s is there twice", flavour, id)
			}
			seen[id] = true
			for _, fault := range validation.IsDNS1123Subdomain(named.GetName()) {
				t.Errorf("%s: %s: %s", flavour, id, fault)
			}
			for name, value := range named.GetLabels() {
				for _, fault := range append(validation.IsQualifiedName(name), validation.IsValidLabelValue(value)...) {
					t.Errorf("%s: %s: label %s: %s", flavour, id, name, fault)
				}
			}
		}
	}
}

func TestAFieldThatDoesNotExistIsNotDecoded(t *testing.T) {
	for text, fault := range map[string]string{
		"apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {selektor: {}}\n":                            `unknown field "spec.selektor"`,
		"apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec:\n  type: a\n  type: b\n":                     `key "type" already set`,
		"apiVersion: monitoring.coreos.com/v1\nkind: ServiceMonitor\nspec: {endpoints: [{intervall: 1s}]}\n":    `unknown field "spec.endpoints[0].intervall"`,
		"apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nspec: {groups: [{rules: [{alarm: a}]}]}\n": `unknown field "spec.groups[0].rules[0].alarm"`,
		"apiVersion: extensions/v1beta1\nkind: Ingress\n":                                                       "no kind",
	} {
		if _, err := decoded(text); err == nil || !strings.Contains(err.Error(), fault) {
			t.Errorf("%q: %v, want %s", text, err, fault)
		}
	}
}
