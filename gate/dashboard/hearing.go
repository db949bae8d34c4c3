package dashboard

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/report"
)

// Hearings tell how well a Nexus hears what happens on the forges.
type Hearings interface {
	// Hearing is what the sweeps of a Nexus came to.
	Hearing(ctx context.Context, nexus string) (gate.Hearing, error)
	// Redelivered is what GitHub was asked to deliver again, over all Nexuses.
	Redelivered(ctx context.Context) (gate.Redelivered, error)
}

// hearingPage shows what sweeps found that no webhook told, and how each component is heard.
type hearingPage struct {
	Nexus       string
	Hearing     gate.Hearing
	Lag         string // the longest of the last sweep, "" where none is known
	Redelivered gate.Redelivered
	Components  []heardRow
	Missed      []missedRow
	Warnings    []string
}

// heardRow is a component, and how its repository is heard.
type heardRow struct {
	gate.ComponentStanding
	Heard    gate.RepoHear
	Webhooks string // what is wrong with them, "" for nothing that is known
}

// missedRow is a kind of delivery that sweeps had to find.
type missedRow struct {
	gate.Missed
	Mean string // how late on average, "" where the forge does not tell
}

func (d *dashboard) hearing(w http.ResponseWriter, r *http.Request) {
	nexus := r.PathValue("name")
	s, ok := d.reader.Standing(nexus)
	if !ok || s.Definition == nil {
		d.refuse(w, r, noNexus(nexus))
		return
	}
	if d.options.Hearings == nil {
		d.nowhere(w, r)
		return
	}
	h, err := d.options.Hearings.Hearing(r.Context(), nexus)
	var again gate.Redelivered
	if err == nil {
		again, err = d.options.Hearings.Redelivered(r.Context())
	}
	if err != nil {
		d.refuse(w, r, d.failed(r, "reading how well is heard", err, unread()))
		return
	}
	d.render(w, r, http.StatusOK, "hearing", page{
		Title: "How well we hear: " + nexus, Live: soon, Nexus: nexus, Here: atHearing, Body: newHearingPage(s, h, again),
		Crumbs: []crumb{{nexus, nexusPath(nexus)}, {Name: "Hearing"}},
	})
}

func newHearingPage(s gate.Standing, h gate.Hearing, again gate.Redelivered) hearingPage {
	p := hearingPage{Nexus: s.Definition.Name, Hearing: h, Redelivered: again, Warnings: h.Warnings(s.Components)}
	if h.Sweep.Lag > 0 {
		p.Lag = report.Left(h.Sweep.Lag)
	}
	for _, c := range s.Components {
		heard := h.Of(c.Component)
		p.Components = append(p.Components, heardRow{ComponentStanding: c, Heard: heard, Webhooks: webhooksOf(heard)})
	}
	for _, m := range h.Sum {
		row := missedRow{Missed: m}
		if m.Timed > 0 {
			row.Mean = report.Left(m.Lag / time.Duration(m.Timed))
		}
		p.Missed = append(p.Missed, row)
	}
	return p
}

// webhooksOf says in a few words what is wrong with the webhooks of a repository.
func webhooksOf(r gate.RepoHear) string {
	var all []string
	if n := len(r.Hooks); n > 0 {
		all = append(all, fmt.Sprintf("%d disabled", n))
	}
	if len(r.Lacks) > 0 {
		all = append(all, "not set for "+strings.Join(r.Lacks, ", "))
	}
	return strings.Join(all, "; ")
}

func hearingPath(nexus string) string { return nexusPath(nexus) + "/hearing" }
