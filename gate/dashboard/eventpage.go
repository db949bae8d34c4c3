package dashboard

import (
	"net/http"
	"strings"

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
		b, f := d.brief(r, event)
		if f != nil {
			d.refuse(w, r, f)
			return
		}
		asked := brief(r.URL.Query().Get("since"))
		d.render(w, r, http.StatusOK, "event", d.within(s, page{
			Title: "Nexus " + name, Here: name, Live: rarely, Form: true, API: briefPath(s.Definition.Name, event, asked), Body: eventPage{b, asked},
		}))
	}
}

// briefPath is the same as JSON.
func briefPath(nexus string, event gate.BriefEvent, since string) string {
	path := "/api/v1" + nexusPath(nexus) + "/brief/" + string(event)
	if since != "" {
		path += "?" + asked("since", since)
	}
	return path
}

// briefedOf is whose a line is, where it does not begin with that.
func briefedOf(l gate.BriefLine) string {
	if strings.HasPrefix(l.Text, l.Of) {
		return ""
	}
	return l.Of
}
