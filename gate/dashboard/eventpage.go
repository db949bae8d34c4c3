package dashboard

import (
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/nexusgate/nexusgate/gate"
)

// eventPage shows what people who meet at an event of the Nexus should know.
type eventPage struct {
	gate.Brief
	Asked string // from when on it was asked for, "" since the event before
}

// eventNames are the events by the pages that are for them, in the order of a Sprint.
var eventNames = [...]struct {
	Event gate.BriefEvent
	Name  string
}{
	{gate.DailyBrief, "Daily"},
	{gate.ReviewBrief, "Review"},
	{gate.RetrospectiveBrief, "Retrospective"},
	{gate.PlanningBrief, "Planning"},
}

func eventPath(nexus string, event gate.BriefEvent) string {
	return nexusPath(nexus) + "/" + string(event)
}

// event answers for one of them.
func (d *dashboard) event(event gate.BriefEvent, name string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		s, f := d.standing(r)
		if f != nil || d.options.Brief == nil {
			d.refuseOr(w, r, f)
			return
		}
		asked := r.URL.Query().Get("since")
		since, f := momentOf(asked)
		if f != nil {
			d.refuse(w, r, f)
			return
		}
		b, err := d.options.Brief(r.Context(), s.Definition.Name, event, since)
		if err != nil {
			d.refuse(w, r, d.failed(r, "making a brief", err, unread()))
			return
		}
		d.render(w, r, http.StatusOK, "event", d.within(s, page{
			Title: fmt.Sprintf("Nexus %s", name), Here: name, Live: rarely, Form: true, API: apiBrief(s.Definition.Name, event, since), Body: eventPage{b, asked},
		}))
	}
}

// apiBrief is the same as JSON.
func apiBrief(nexus string, event gate.BriefEvent, since time.Time) string {
	path := "/api/v1" + nexusPath(nexus) + "/brief/" + string(event)
	if !since.IsZero() {
		path += "?" + url.Values{"since": {since.UTC().Format(time.RFC3339)}}.Encode()
	}
	return path
}
