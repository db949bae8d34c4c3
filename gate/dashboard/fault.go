package dashboard

import (
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/report"
)

// fault is what a page or the API says when it cannot answer, and what to do next.
type fault struct {
	status int
	Title  string `json:"-"`
	Error  string `json:"error"`
	Next   string `json:"next"`
}

func noNexus(name string) *fault {
	return &fault{http.StatusNotFound, "No such Nexus", fmt.Sprintf("there is no Nexus %q here", brief(name)), "see / for those that there are"}
}

func noComponent(nexus, name string) *fault {
	return &fault{http.StatusNotFound, "No such component", fmt.Sprintf("%s has no component %q", nexus, brief(name)), "see " + nexusPath(nexus) + " for those that it has"}
}

// noHead is nil where there is a head.
func noHead(s gate.Standing) *fault {
	if s.Head.Number > 0 {
		return nil
	}
	return &fault{http.StatusNotFound, "No Increment", s.Definition.Name + " has no Increment yet", "the first one is made when the head of every component is known"}
}

// noDone is nil where there is a done Increment.
func noDone(s gate.Standing) *fault {
	if s.LastDone.Number > 0 {
		return nil
	}
	return &fault{http.StatusNotFound, "No done Increment", s.Definition.Name + " has no done Increment yet", "see " + headPath(s.Definition.Name) + " for what holds it back"}
}

func noIncrement(nexus string, number int64) *fault {
	return &fault{http.StatusNotFound, "No such Increment", fmt.Sprintf("%s has no Increment %d", nexus, number), "see " + headPath(nexus) + " for the latest"}
}

func noNumber(which string) *fault {
	return &fault{http.StatusBadRequest, "Not an Increment", fmt.Sprintf("%q is not an Increment", brief(which)), "ask for a number from 1, head or last-done"}
}

func noVerdict(id string) *fault {
	return &fault{http.StatusNotFound, "No such verdict", fmt.Sprintf("there is no verdict %q", brief(id)), "see / for how things stand now"}
}

// letGo tells of what was there and is kept no longer.
func letGo(at time.Time) *fault {
	return &fault{
		http.StatusGone, "No longer kept", "this was let go on " + at.Format("2 January 2006") + ", for it was superseded long before",
		"see / for how things stand now; the service's --keep-sprints says for how long such are kept",
	}
}

func noSource(nexus, digest string) *fault {
	return &fault{http.StatusNotFound, "No such definition", fmt.Sprintf("no definition of %s has the digest %q", brief(nexus), brief(digest)), "see " + definitionPath(brief(nexus)) + " for those that there were"}
}

func notAsked(verdict string, none gate.NotAsked) *fault {
	return &fault{http.StatusNotFound, "No such finding", report.Cut(report.Plain(none.Error()), 300), "see " + verdictPath(brief(verdict)) + " for all that was found"}
}

func noLogHead(nexus string) *fault {
	return &fault{status: http.StatusNotFound, Error: fmt.Sprintf("no head of a log of %q is signed yet", brief(nexus)), Next: "one is signed within a minute of the first verdict"}
}

func noProof(nexus string) *fault {
	return &fault{status: http.StatusNotFound, Error: fmt.Sprintf("the last signed head of %q tells of no such thing", brief(nexus)), Next: "a verdict is under a signed head within a minute; see /api/v1/nexus/{name}/log for the last"}
}

// size is a number of leaves, as it was asked for.
func size(asked string) (int64, *fault) {
	n, err := strconv.ParseInt(asked, 10, 64)
	if err != nil || n < 1 {
		return 0, &fault{status: http.StatusBadRequest, Error: fmt.Sprintf("%q is not a number of leaves", brief(asked)), Next: "it is the second line of a head"}
	}
	return n, nil
}

func noMoment(err error) *fault {
	return &fault{http.StatusBadRequest, "No such moment", "since: " + report.Cut(report.Plain(err.Error()), 200), "leave it out to see what is shown otherwise"}
}

func noPage() *fault {
	return &fault{http.StatusNotFound, "Nothing here", "there is no such page", "see / for how things stand now"}
}

func unread() *fault {
	return &fault{http.StatusServiceUnavailable, "Not now", "the store did not answer", "try again in a moment; the operator finds the reason in the log"}
}

// brief is as much of what somebody asked for as an answer repeats.
func brief(asked string) string {
	if r := []rune(asked); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return asked
}

// failed turns an error of the reader into what is said of it: missing where there is no such
// thing; otherwise the error is ours, and it is logged here, once.
func (d *dashboard) failed(r *http.Request, doing string, err error, missing *fault) *fault {
	if at, is := d.options.LetGo(err); is {
		return letGo(at)
	}
	if d.options.NotFound(err) {
		return missing
	}
	if r.Context().Err() == nil {
		d.options.Log.ErrorContext(r.Context(), "the read side failed", "doing", doing, "error", err)
	}
	return unread()
}

// refuse shows a fault as a page.
func (d *dashboard) refuse(w http.ResponseWriter, r *http.Request, f *fault) {
	d.render(w, r, f.status, "fault", page{Title: f.Title, Crumbs: []crumb{{Name: f.Title}}, Body: f})
}

func (d *dashboard) nowhere(w http.ResponseWriter, r *http.Request) { d.refuse(w, r, noPage()) }
