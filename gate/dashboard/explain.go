package dashboard

import (
	"context"
	"errors"
	"net/http"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/report"
)

// Explainer explains findings. A finding that a verdict has not is a [gate.NotAsked].
type Explainer interface {
	// Explain says why a finding of a verdict is what it is, from what the verdict rested on.
	Explain(ctx context.Context, verdict, criterion, component string) (gate.Explanation, error)
}

// explainPage is one finding, explained.
type explainPage struct {
	Verdict     string
	Explanation gate.Explanation
	Text        string // the same as on the command line
}

// explain shows why a finding is what it is. The page of the verdict opens this one's text in place.
func (d *dashboard) explain(w http.ResponseWriter, r *http.Request) {
	e, f := d.explained(r)
	if f != nil {
		d.refuse(w, r, f)
		return
	}
	id, criterion := r.PathValue("id"), report.Cut(report.Plain(e.Finding.Criterion), 60)
	d.render(w, r, http.StatusOK, "explain", page{
		Title:  criterion + ": " + report.StateMark(e.Finding.State).Word,
		Crumbs: []crumb{{e.Nexus, nexusPath(e.Nexus)}, {"Verdict", verdictPath(id)}, {Name: criterion}},
		API:    "/api/v1" + d.explainPath(id, e.Finding.Criterion, e.Finding.Component),
		Nexus:  e.Nexus,
		Body:   explainPage{Verdict: id, Explanation: e, Text: report.Explanation(e)},
	})
}

func (d *dashboard) apiExplain(w http.ResponseWriter, r *http.Request) {
	e, f := d.explained(r)
	if f != nil {
		d.answer(w, r, nil, f)
		return
	}
	text, err := report.ExplanationJSON(e)
	if err != nil {
		d.answer(w, r, nil, d.failed(r, "writing an explanation", err, unread()))
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(text) // a reader who has left is nobody's error
}

func (d *dashboard) explained(r *http.Request) (gate.Explanation, *fault) {
	if d.options.Explainer == nil {
		return gate.Explanation{}, noPage()
	}
	id, asked := r.PathValue("id"), r.URL.Query()
	e, err := d.options.Explainer.Explain(r.Context(), id, asked.Get("criterion"), asked.Get("component"))
	if none, ok := errors.AsType[gate.NotAsked](err); ok {
		return gate.Explanation{}, notAsked(id, none)
	}
	if err != nil {
		return gate.Explanation{}, d.failed(r, "explaining a finding", err, noVerdict(id))
	}
	return e, nil
}
