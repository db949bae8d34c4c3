package webhook_test

import (
	"bytes"
	"os"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// published are the schemas of GitHub's webhooks that octokit publishes.
func published(t *testing.T) *jsonschema.Compiler {
	t.Helper()
	text, err := os.ReadFile("../.testdata/octokit-webhooks-schemas/schema.json")
	if err != nil {
		t.Fatalf("the schemas are not there; run `make testdata`: %v", err)
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	// The validator's notion of a template is narrower than RFC 6570's, which GitHub writes.
	compiler.RegisterFormat(&jsonschema.Format{Name: "uri-template", Validate: func(any) error { return nil }})
	if err := compiler.AddResource("webhooks.json", document); err != nil {
		t.Fatal(err)
	}
	return compiler
}

// wantPublished holds a body against the schema of its event and action.
func wantPublished(t *testing.T, compiler *jsonschema.Compiler, event string, body []byte) {
	t.Helper()
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	action, ok := document.(map[string]any)["action"].(string)
	if !ok {
		action = "event"
	}
	schema, err := compiler.Compile("webhooks.json#/definitions/" + event + "$" + action)
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(document); err != nil {
		t.Errorf("it is not in the published shape: %v", err)
	}
}
