package webhook_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/webhook"
)

var update = flag.Bool("update", false, "rewrite the expected events")

// Each file is one situation: what it is, a delivery ("-- github push --"), and what becomes of it:
// "-- events --", one after another with their zero fields left out, or "-- aside --" and the reason.
func TestASituationDecodesToTheEventsOfItsFile(t *testing.T) {
	files, err := filepath.Glob("testdata/decode/*.txtar")
	if err != nil || len(files) < 100 {
		t.Fatalf("%d situations: %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) { situation(t, file) })
	}
}

func situation(t *testing.T, file string) {
	t.Helper()
	a, err := txtar.ParseFile(file)
	if err != nil || len(a.Files) != 2 {
		t.Fatalf("%s is not a delivery and what becomes of it: %v", file, err)
	}
	source, event, _ := strings.Cut(a.Files[0].Name, " ")
	got := shown(t, gate.Delivery{
		ID: "d1", Source: gate.Source(source), Event: event, Trust: definition.Webhook, Body: a.Files[0].Data,
	})
	if *update {
		a.Files[1] = got
		if err := os.WriteFile(file, txtar.Format(a), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(a.Files[1], got); diff != "" {
		t.Errorf("what becomes of it (-want +got):\n%s", diff)
	}
}

// shown is what Decode makes of a delivery as a file of a txtar archive.
func shown(t *testing.T, d gate.Delivery) txtar.File {
	t.Helper()
	events, err := webhook.Decode(d)
	if err != nil {
		return txtar.File{Name: "aside", Data: []byte(err.Error() + "\n")}
	}
	var b strings.Builder
	for _, e := range events {
		text, err := json.MarshalIndent(lean(reflect.ValueOf(e)), "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "%T %s\n", e, text)
	}
	return txtar.File{Name: "events", Data: []byte(b.String())}
}

// lean is a value with the zero fields of its structs left out.
func lean(v reflect.Value) any {
	if at, ok := v.Interface().(time.Time); ok {
		return at
	}
	if v.Kind() != reflect.Struct {
		return v.Interface()
	}
	fields := map[string]any{}
	for i := range v.NumField() {
		if !v.Field(i).IsZero() {
			fields[v.Type().Field(i).Name] = lean(v.Field(i))
		}
	}
	return fields
}
