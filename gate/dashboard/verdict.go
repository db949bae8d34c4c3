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
	Ratio   ratio
	Lists   []list
	Parts   []part
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
	crumbs := []crumb{{v.Nexus, nexusPath(v.Nexus)}, {Name: "Verdict on " + report.Cut(report.Plain(v.Subject.Name), 60)}}
	d.render(w, r, http.StatusOK, "verdict", page{
		Title: report.OutcomeMark(v.Outcome).Word + ": " + report.Cut(report.Plain(v.Subject.Name), 60), Crumbs: crumbs,
		API: "/api/v1" + verdictPath(v.ID), Body: newVerdictPage(v),
	})
}

func newVerdictPage(v gate.Verdict) verdictPage {
	p := verdictPage{Verdict: v, Ratio: newRatio(v), Lists: lists(v, 0)}
	for _, c := range slices.Sorted(maps.Keys(v.Composition)) {
		p.Parts = append(p.Parts, part{c, v.Composition[c]})
	}
	return p
}
