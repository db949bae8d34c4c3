package gate_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/gate"
)

// full is evidence with something in every field.
func full(t *testing.T) gate.Evidence {
	t.Helper()
	var e gate.Evidence
	for _, field := range leaves(reflect.ValueOf(&e).Elem()) {
		alter(t, field, 1)
	}
	return e
}

// leaves are the fields that hold no further ones.
func leaves(v reflect.Value) (all []reflect.Value) {
	if _, moment := v.Interface().(time.Time); v.Kind() != reflect.Struct || moment {
		return []reflect.Value{v}
	}
	for i := range v.NumField() {
		all = append(all, leaves(v.Field(i))...)
	}
	return all
}

// alter gives a field another value for each n.
func alter(t *testing.T, field reflect.Value, n int) {
	t.Helper()
	switch field.Interface().(type) {
	case time.Time:
		field.Set(reflect.ValueOf(morning.Add(time.Duration(n) * time.Nanosecond)))
		return
	case gate.Facts:
		field.Set(reflect.ValueOf(gate.Facts{"conclusion": fmt.Sprint(n)}))
		return
	case map[string]time.Time:
		field.Set(reflect.ValueOf(map[string]time.Time{"hours": morning.Add(time.Duration(n) * time.Hour)}))
		return
	}
	switch field.Kind() {
	case reflect.String:
		field.SetString(fmt.Sprint("text ", n))
	case reflect.Int, reflect.Int64:
		field.SetInt(int64(n))
	case reflect.Bool:
		field.SetBool(n%2 == 1)
	default:
		t.Fatalf("evidence has a field of type %s, which this test does not know", field.Type())
	}
}

func TestAReferenceIsAnotherWhenAnyFieldIs(t *testing.T) {
	e := full(t)
	seen := map[string]string{e.Ref(): "the evidence as it was"}
	fields := leaves(reflect.ValueOf(&e).Elem())
	for i, field := range fields {
		before := reflect.ValueOf(field.Interface())
		alter(t, field, 2)
		if other, taken := seen[e.Ref()]; taken {
			t.Errorf("field %d (%s) changed, and the reference is still that of %s", i, field.Type(), other)
		}
		seen[e.Ref()] = fmt.Sprint("field ", i)
		field.Set(before)
	}
	if len(seen) != len(fields)+1 {
		t.Errorf("%d references for %d fields", len(seen), len(fields))
	}
}

func TestFactsThatDifferHaveAnotherReference(t *testing.T) {
	seen := map[string]gate.Facts{}
	for _, facts := range []gate.Facts{
		nil,
		{"a": nil},
		{"a": true},
		{"a": false},
		{"a": "true"},
		{"a": "1"},
		{"a": 1},
		{"a": 2},
		{"a": 1.5},
		{"a": "1.5"},
		{"a": []any{}},
		{"a": []any{1, 2}},
		{"a": []any{12}},
		{"a": []any{"1", "2"}},
		{"a": []any{[]any{1}, 2}},
		{"a": map[string]any{}},
		{"a": map[string]any{"b": 1}},
		{"a": map[string]any{}, "b": 1},
		{"a": "s1:b", "b": ""},
		{"a": "", "b": "s1:b"},
		{"as1:b": ""},
	} {
		e := gate.Evidence{Facts: facts}
		if other, taken := seen[e.Ref()]; taken {
			t.Errorf("%v has the reference of %v", facts, other)
		}
		seen[e.Ref()] = facts
	}
}

func TestAReferenceOutlivesBeingKept(t *testing.T) {
	e := full(t)
	e.Started = morning.In(time.FixedZone("CET", 3600))
	e.Facts = gate.Facts{"n": 12, "big": int64(1) << 60, "f": 84.25, "tiny": 1e-9, "huge": 1e21, "s": "é\x00", "b": true, "none": nil, "list": []any{1, "x"}, "map": map[string]any{"k": 2.5}}
	text, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	var kept gate.Evidence
	if err := json.Unmarshal(text, &kept); err != nil {
		t.Fatal(err)
	}
	if kept.Ref() != e.Ref() || len(e.Ref()) != 22 {
		t.Errorf("the reference is %s before and %s after", e.Ref(), kept.Ref())
	}
}

func BenchmarkRef(b *testing.B) {
	b.ReportAllocs()
	_, objects := twenty(b)
	e := objects["junit/unit-1"]
	for b.Loop() {
		if len(e.Ref()) != 22 {
			b.Fatal("it is no reference")
		}
	}
}
