package dashboard

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/report"
)

//go:embed templates
var sources embed.FS

// pages are the templates, each with the layout around it, and each made when it is first asked for.
type pages map[string]func() *template.Template

func loadPages(a assets, linked func(string) bool) pages {
	frame := sync.OnceValue(func() *template.Template {
		return template.Must(template.New("").Funcs(functions(a, linked)).ParseFS(sources,
			"templates/layout.html", "templates/parts.html", "templates/tables.html", "templates/proposal.html"))
	})
	p := make(pages)
	for _, name := range [...]string{
		"nexuses", "nexus", "teams", "backlog", "dependencies", "sprint", "timeline", "stream", "event", "component", "verdict", "explain", "definition", "source", "hearing", "aside", "delivery", "fault", "unchosen",
	} {
		p[name] = sync.OnceValue(func() *template.Template {
			return template.Must(template.Must(frame().Clone()).ParseFS(sources, "templates/"+name+".html"))
		})
	}
	return p
}

func functions(a assets, linked func(string) bool) template.FuncMap {
	return template.FuncMap{
		"asset":     a.address,
		"state":     report.StateMark,
		"answer":    answerOf,
		"verdictly": answerTo,
		"most":      func(all definition.Faults) definition.Faults { return all[:min(len(all), report.AtLines)] },
		"tint":      tint,
		"advice":    report.Advice,
		"whose":     report.Whose,
		"inwords":   gate.InWords,
		"text":      func(s string) string { return report.Cut(report.Plain(s), 500) },
		"short":     report.Short,
		"web":       func(address string) string { return webAddress(address, linked) },
		"iso":       func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
		"when":      func(t time.Time) string { return t.UTC().Format("2 Jan 15:04 UTC") },
		"moment":    func(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") },
		"briefed":   briefedOf,
		"day":       func(t time.Time) string { return t.UTC().Format("2 Jan") },
		"nexus":     nexusPath,
		"component": componentPath,
		"verdict":   verdictPath,
		"defined":   definitionPath,
		"heard":     hearingPath,
		"long":      report.Day,
		"refname":   refName,
		"ends": func(name, url, title string) map[string]string {
			return map[string]string{"Name": name, "URL": url, "Title": title}
		},
	}
}

// webAddress is an address that a page may link to, or "".
func webAddress(address string, linked func(string) bool) string {
	if !linked(address) {
		return ""
	}
	return report.WebAddress(address)
}

// tint is the class of a state: one of ours, whatever was kept.
func tint(s gate.FindingState) string { return string(gate.FindingStates[report.Rank(s)]) }

func nexusPath(name string) string { return "/nexus/" + url.PathEscape(name) }

// headPath is the head Increment in the API.
func headPath(nexus string) string { return "/api/v1" + nexusPath(nexus) + "/increments/head" }

func componentPath(nexus, name string) string {
	return nexusPath(nexus) + "/components/" + url.PathEscape(name)
}

func verdictPath(id string) string { return "/verdicts/" + url.PathEscape(id) }

// crumb is a step on the way to a page.
type crumb struct{ Name, Path string }

// page is what the layout shows around the content of a page.
type page struct {
	Title   string
	Crumbs  []crumb // the way here, the page itself last and without a path
	API     string  // the same as JSON, "" where there is none
	Live    int     // at the most every how many seconds it is worth fetching again when something has changed; 0: never
	Chart   bool    // whether it draws one
	Nexus   string  // whose pages are led to; "": none
	Here    string  // which of them it is
	Filter  *filter // what can be chosen of it; nil: nothing
	Form    bool    // it has another form
	Nav     []navGroup
	Kiosk   bool   // it is seen from afar, and nobody can touch it
	Wall    string // where it is shown so
	Version string
	Logout  string // "" where nobody logs in
	Shown   time.Time
	Body    any
}

// How often a page is fetched again, in seconds: what is at hand soon, what has to be read seldom.
const (
	soon   = 2
	seldom = 15
	rarely = 60
)

// render writes a page whole or not at all. What htmx asks for is its content alone.
func (d *dashboard) render(w http.ResponseWriter, r *http.Request, status int, name string, p page) {
	p.Version, p.Shown = d.options.Version, d.options.Now()
	if d.options.Private {
		p.Logout = d.options.Logout
	}
	if p.Kiosk = r.URL.Query().Has("kiosk"); !p.Kiosk && slices.Contains(d.reader.Nexuses(), p.Nexus) {
		p.Nav = d.nav(p.Nexus, p.Here)
	}
	p.Wall = wallPath(r.URL)
	part := "page"
	if r.Header.Get("HX-Request") == "true" {
		part = "fragment"
	}
	var b bytes.Buffer
	if err := d.pages[name]().ExecuteTemplate(&b, part, p); err != nil {
		d.options.Log.ErrorContext(r.Context(), "rendering a page", "page", name, "error", err)
		http.Error(w, "this page could not be made; the error was logged", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Vary", "HX-Request")
	if p.Filter != nil || p.Form {
		w.Header().Set("Content-Security-Policy", policy(true))
	}
	w.WriteHeader(status)
	_, _ = w.Write(tidy(b.Bytes())) // a reader who has left is nobody's error
}

// wallPath is the same page for a wall display, with what was chosen of it.
func wallPath(here *url.URL) string {
	if chosen := chosenOf(here.Query()); chosen != "" {
		return here.EscapedPath() + "?" + chosen + "&kiosk"
	}
	return here.EscapedPath() + "?kiosk"
}

// tidy drops the blank lines that templates leave behind. Those of a text that is shown as it is stay.
func tidy(page []byte) []byte {
	var b bytes.Buffer
	verbatim := false
	for line := range strings.Lines(string(page)) {
		verbatim = verbatim || strings.Contains(line, "<pre")
		if verbatim || strings.TrimSpace(line) != "" {
			b.WriteString(line)
		}
		verbatim = verbatim && !strings.Contains(line, "</pre>")
	}
	return b.Bytes()
}
