package dashboard

import (
	"maps"
	"net/http"
	"slices"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/report"
)

// verdictPage shows a decision as it was made.
type verdictPage struct {
	Verdict gate.Verdict
	Says    string // the answer in a sentence
	Ratio   ratio
	Lists   []list
	Parts   []part
	Grants  []grant // the exceptions that it rests on
	Signed  string  // where the signed statement on it is; "" where there is none
}

// part is a component of a composition.
type part struct{ Component, Commit string }

func (d *dashboard) verdict(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("id")
	v, err := d.reader.Verdict(r.Context(), id)
	if err != nil {
		d.refuse(w, r, d.failed(r, "reading a verdict", err, noVerdict(id)))
		return
	}
	look := d.sight(r, v.Nexus, v.Definition, 0)
	look.unfolded, look.form = true, d.forms(r, v)
	crumbs := []crumb{{v.Nexus, nexusPath(v.Nexus)}, {Name: "Verdict on " + report.Cut(report.Plain(v.Subject.Name), 60)}}
	shown := newVerdictPage(v, look)
	shown.Signed = d.attestationPath(v)
	d.render(w, r, http.StatusOK, "verdict", page{
		Title: answerTo(v).Word + ": " + report.Cut(report.Plain(v.Subject.Name), 60), Crumbs: crumbs,
		API: "/api/v1" + verdictPath(v.ID), Nexus: v.Nexus, Body: shown,
	})
}

// sight is how this dashboard looks at a verdict that was made under a digest.
func (d *dashboard) sight(r *http.Request, nexus, manifest string, size int) sight {
	return sight{now: d.options.Now(), size: size, places: d.placesOf(r, nexus, manifest), explain: d.explainPath}
}

func newVerdictPage(v gate.Verdict, look sight) verdictPage {
	p := verdictPage{Verdict: v, Ratio: newRatio(v), Lists: look.lists(v)}
	p.Says = p.Ratio.Sentence()
	if v.Subject.Kind == gate.OfDefinition {
		p.Says = report.Title(v)
	}
	for _, c := range slices.Sorted(maps.Keys(v.Composition)) {
		p.Parts = append(p.Parts, part{c, v.Composition[c]})
	}
	for _, id := range v.Exceptions {
		p.Grants = append(p.Grants, *look.grantOf(v, id))
	}
	return p
}
