package dashboard

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/nexusgate/nexusgate/gate"
)

// Reader is the read side that the pages show. Its methods are called from many requests at a time.
type Reader interface {
	// Nexuses are the names of those that are configured, in the order in which they are shown.
	Nexuses() []string
	// Standing is how one of them stands now.
	Standing(nexus string) (gate.Standing, bool)
	// Verdict is a verdict as it was made.
	Verdict(ctx context.Context, id string) (gate.Verdict, error)
	// Increment is an Increment by its number.
	Increment(ctx context.Context, nexus string, number int64) (gate.Increment, error)
	// Watch signals on changed when something has changed, never blocking on a slow watcher, until
	// stop is called.
	Watch() (changed <-chan struct{}, stop func())
}

// Options are what the pages need beside the reader.
type Options struct {
	Now      func() time.Time
	Version  string
	NotFound func(error) bool                    // whether an error of the reader says that there is no such thing
	LetGo    func(error) (at time.Time, is bool) // whether it says that what was asked for is kept no longer
	Log      *slog.Logger                        // where an error of the reader is told, once; nil: nowhere
	Watchers int                                 // how many may follow /events at a time; 0: 200
	Private  bool                                // those who look have logged in: nothing on the way keeps what they see
	Logout   string                              // where they log out again; "": nowhere
	// Linked says of an address that a forge told whether a page may link there; nil: wherever it leads.
	Linked func(address string) bool
	// Delivery is one as it came, for those who have logged in; nil: bodies are shown to nobody.
	Delivery func(ctx context.Context, id string) (gate.Delivery, error)
	// Explainer explains findings; nil: no page does.
	Explainer Explainer
	// Definitions are the layers that are in force and that ever were; nil: their sources are not shown.
	Definitions Definitions
	// Transparency is the log of verdicts; nil: nothing is told of it.
	Transparency Transparency
	// Attestations are verdicts as signed statements; nil: none is signed.
	Attestations Attestations
	// Hearings tell how well each Nexus hears; nil: no page does.
	Hearings Hearings
	// Backlog is the Product Backlog of a Nexus, and what in it needs what; nil: the API has neither. It, the chronicle
	// and the briefs are asked for with each page: whoever gives them sees to it that they are made once for many.
	Backlog func(nexus string) gate.Backlog
	// Chronicle is what a Nexus came to since a moment; nil: nothing is told of it.
	Chronicle func(nexus string, since time.Time) gate.Chronicle
	// Brief is what people who meet at an event should know, since a moment or, where that is zero, since the event
	// before; nil: there are none.
	Brief func(ctx context.Context, nexus string, event gate.BriefEvent, since time.Time) (gate.Brief, error)
	// Signing lets people sign; nil: the pages are for reading alone.
	Signing Signing
	// Aside lists the latest deliveries that were set aside; nil: there are none.
	Aside func(context.Context) ([]Aside, error)
	// Untaken says which reports of a Nexus the forges have not taken when they were sent; nil: nobody knows of any.
	Untaken func(ctx context.Context, nexus string) ([]gate.Untaken, error)
	// Undone says which errands of a Nexus the forges have not done when they were asked to; nil: nobody knows of any.
	Undone func(ctx context.Context, nexus string) ([]gate.Undone, error)
}

// dashboard serves the pages.
type dashboard struct {
	reader  Reader
	options Options
	assets  assets
	pages   pages
	slots   chan struct{} // one for each follower of /events
}

// New makes the handler of everything below "/", the pages, the API and /events.
func New(r Reader, o Options) http.Handler {
	if o.Watchers == 0 {
		o.Watchers = 200
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.NotFound == nil {
		o.NotFound = func(error) bool { return false }
	}
	if o.LetGo == nil {
		o.LetGo = func(error) (time.Time, bool) { return time.Time{}, false }
	}
	if o.Aside == nil {
		o.Aside = nothingAside
	}
	if o.Linked == nil {
		o.Linked = func(string) bool { return true }
	}
	a := loadAssets()
	d := &dashboard{reader: r, options: o, assets: a, pages: loadPages(a, o.Linked), slots: make(chan struct{}, o.Watchers)}
	return guarded(d.routes(), o.Private, o.Signing != nil)
}

func (d *dashboard) routes() *http.ServeMux {
	mux := http.NewServeMux()
	mux.HandleFunc("/{$}", d.home)
	mux.HandleFunc("/nexus/{name}", d.nexus)
	mux.HandleFunc("/nexus/{name}/teams", d.teams)
	mux.HandleFunc("/nexus/{name}/backlog", d.backlogPage)
	mux.HandleFunc("/nexus/{name}/dependencies", d.dependencies)
	mux.HandleFunc("/nexus/{name}/sprint", d.sprint)
	mux.HandleFunc("/nexus/{name}/timeline", d.timeline)
	mux.HandleFunc("/nexus/{name}/stream", d.stream)
	for _, e := range eventNames {
		mux.HandleFunc("/nexus/{name}/"+string(e.Event), d.event(e.Event, e.Name))
	}
	mux.HandleFunc("/nexus/{name}/components/{component}", d.component)
	mux.HandleFunc("/nexus/{name}/definition", d.definition)
	mux.HandleFunc("/nexus/{name}/hearing", d.hearing)
	mux.HandleFunc("/nexus/{name}/definition/{digest}", d.source)
	mux.HandleFunc("/verdicts/{id}", d.verdict)
	mux.HandleFunc("/verdicts/{id}/explain", d.explain)
	mux.HandleFunc("POST "+signPath, d.sign)
	mux.HandleFunc("/aside", d.aside)
	mux.HandleFunc("/deliveries/{id}", d.delivery)
	mux.HandleFunc("/events", d.events)
	mux.HandleFunc("/assets/{name}", d.assets.serve)
	mux.HandleFunc("/api/v1/nexus/{name}/increments/{which}", d.apiIncrement)
	mux.HandleFunc("/api/v1/nexus/{name}/increments/{which}/checkout", d.apiCheckout)
	mux.HandleFunc("/api/v1/nexus/{name}/components/{component}", d.apiComponent)
	mux.HandleFunc("/api/v1/nexus/{name}/backlog", d.apiBacklog)
	mux.HandleFunc("/api/v1/nexus/{name}/dependencies", d.apiDependencies)
	mux.HandleFunc("/api/v1/nexus/{name}/brief/{event}", d.apiBrief)
	mux.HandleFunc("/api/v1/nexus/{name}/definition", d.apiDefinition)
	mux.HandleFunc("/api/v1/nexus/{name}/definition/versions", d.apiVersions)
	mux.HandleFunc("/api/v1/verdicts/{id}", d.apiVerdict)
	mux.HandleFunc("/api/v1/verdicts/{id}/explain", d.apiExplain)
	mux.HandleFunc("/api/v1/verdicts/{id}/attestation", d.attestation)
	if d.options.Transparency != nil {
		mux.HandleFunc("/api/v1/nexus/{name}/log", d.logHead)
		mux.HandleFunc("/api/v1/nexus/{name}/log/{id}", d.logProof)
		mux.HandleFunc("/api/v1/nexus/{name}/log/leaf/{id}", d.logLeaf)
		mux.HandleFunc("/api/v1/nexus/{name}/log/from/{size}", d.logGrowth)
	}
	mux.HandleFunc("/api/", d.apiNowhere)
	mux.HandleFunc("/", d.nowhere)
	return mux
}

// signPath is where a form is sent to, the only one that there is.
const signPath = "/verdicts/{id}/sign"

// policy lets a page load our own styles, script and icon, follow our own events, send a form to us where there
// are any, and nothing else.
func policy(forms bool) string {
	to := "'none'"
	if forms {
		to = "'self'"
	}
	return "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; " +
		"base-uri 'none'; form-action " + to + "; frame-ancestors 'none'"
}

// writes says whether a request is a form of ours. Everything else is for reading.
func writes(r *http.Request) bool {
	rest, is := strings.CutPrefix(r.URL.Path, "/verdicts/")
	_, at, _ := strings.Cut(rest, "/")
	return is && at == "sign" && r.Method == http.MethodPost
}

// guarded answers only those who read, and who send a form where there are any, and tells browsers how little the
// pages may do.
func guarded(next http.Handler, private, forms bool) http.Handler {
	keeping := "no-cache"
	if private {
		keeping = "no-store"
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy(forms))
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", keeping)
		reads := r.Method == http.MethodGet || r.Method == http.MethodHead
		if !reads && (!forms || !writes(r)) {
			h.Set("Allow", "GET, HEAD")
			http.Error(w, "the dashboard is for reading: GET and HEAD only", http.StatusMethodNotAllowed)
			return
		}
		next.ServeHTTP(w, r)
	})
}
