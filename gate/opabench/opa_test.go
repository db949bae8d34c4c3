package opabench_test

import (
	"testing"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
)

// prepared is a query to a policy, compiled and ready to be asked.
func prepared(tb testing.TB, text, file string) rego.PreparedEvalQuery {
	tb.Helper()
	query, err := rego.New(rego.Query(text), rego.Module(file, string(read(tb, "testdata/"+file)))).PrepareForEval(tb.Context())
	if err != nil {
		tb.Fatal(err)
	}
	return query
}

// reportOf is a report as a JSON decoder yields it, with no more than the policies read.
func reportOf(e *gate.Evidence) map[string]any {
	return map[string]any{
		"object": e.Object, "kind": e.Kind, "name": e.Name, "app": e.Producer.App, "holder": e.Holder, "attempt": e.Run.Attempt,
		"trust": int(e.Trust), "status": string(e.Status), "observed": e.Observed.Unix(), "facts": map[string]any(e.Facts),
	}
}

// input is what done.rego is asked about.
func input(reports []gate.Evidence, now time.Time) map[string]any {
	list := make([]any, len(reports))
	for i := range reports {
		list[i] = reportOf(&reports[i])
	}
	return map[string]any{"now": now.Unix(), "since": morning.Unix(), "floor": int(definition.Token), "reports": list}
}

// leanInput is what lean.rego is asked about: the reports by kind and name.
func leanInput(reports []gate.Evidence, now time.Time) map[string]any {
	byKind := map[string]any{}
	for i := range reports {
		e := &reports[i]
		byName, _ := byKind[e.Kind].(map[string]any)
		if byName == nil {
			byName = map[string]any{}
			byKind[e.Kind] = byName
		}
		byName[e.Name] = reportOf(e)
	}
	return map[string]any{"now": now.Unix(), "floor": int(definition.Token), "reports": byKind}
}

func parsed(tb testing.TB, input map[string]any) ast.Value {
	tb.Helper()
	value, err := ast.InterfaceToValue(input)
	if err != nil {
		tb.Fatal(err)
	}
	return value
}

// ask gives what the query comes to.
func ask(tb testing.TB, query rego.PreparedEvalQuery, about rego.EvalOption) map[string]any {
	tb.Helper()
	results, err := query.Eval(tb.Context(), about)
	if err != nil || len(results) != 1 {
		tb.Fatalf("%d results: %v", len(results), err)
	}
	said, _ := results[0].Expressions[0].Value.(map[string]any)
	return said
}
