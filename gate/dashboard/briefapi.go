package dashboard

import (
	"fmt"
	"net/http"
	"slices"

	"github.com/nexusgate/nexusgate/gate"
)

func (d *dashboard) apiBrief(w http.ResponseWriter, r *http.Request) {
	b, f := d.brief(r, gate.BriefEvent(r.PathValue("event")))
	if f != nil {
		d.answer(w, r, nil, f)
		return
	}
	d.answer(w, r, b, nil)
}

// brief is the one for an event of the Nexus that a request names, since when it asks.
func (d *dashboard) brief(r *http.Request, event gate.BriefEvent) (gate.Brief, *fault) {
	name := r.PathValue("name")
	s, ok := d.reader.Standing(name)
	switch {
	case !ok || s.Definition == nil:
		return gate.Brief{}, noNexus(name)
	case d.options.Brief == nil || !slices.Contains(gate.BriefEvents[:], event):
		return gate.Brief{}, noBrief(string(event))
	}
	since, err := gate.ParseSince(r.URL.Query().Get("since"), d.options.Now(), s.Definition.Zone)
	if err != nil {
		return gate.Brief{}, &fault{http.StatusBadRequest, "No such moment", "since: " + err.Error(), "leave it out to look back as far as the event does"}
	}
	b, err := d.options.Brief(r.Context(), name, event, since)
	if err != nil {
		return gate.Brief{}, d.failed(r, "making a brief", err, noBrief(string(event)))
	}
	return b, nil
}

func noBrief(event string) *fault {
	return &fault{
		http.StatusNotFound, "No such event", fmt.Sprintf("there is no brief for %q", brief(event)),
		"there are those for daily, review, retrospective and planning",
	}
}
