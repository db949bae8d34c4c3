package setup

import (
	"bytes"
	"embed"
	"html/template"
	"log/slog"
	"net/http"
	"net/url"
	"strings"

	"github.com/nexusgate/nexusgate/gate/dashboard"
)

//go:embed templates assets
var files embed.FS

// Options are what the page needs beside its steps.
type Options struct {
	Version string
	Log     *slog.Logger // nil: nowhere
}

// page is the handler.
type page struct {
	guard   Guard
	steps   Steps
	options Options
	pages   *template.Template
}

// mostOfForm bounds a form, in bytes. The largest holds a definition.
const mostOfForm = 1 << 20

// New makes the handler of "/setup" and everything below.
func New(g Guard, s Steps, o Options) http.Handler {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	p := &page{guard: g, steps: s, options: o}
	p.pages = template.Must(template.New("").ParseFS(files, "templates/*.html"))
	mux := http.NewServeMux()
	mux.HandleFunc("GET /setup/enter", p.door)
	mux.HandleFunc("POST /setup/enter", p.enter)
	mux.HandleFunc("GET /setup/assets/{name}", serveAsset)
	mux.HandleFunc("GET /setup/github/back", p.back)
	mux.HandleFunc("GET /setup", p.known(p.whole))
	for path, step := range map[string]http.HandlerFunc{
		"address": p.reach, "github": p.register, "gitlab": p.connect, "repositories": p.choose, "definition": p.define, "vet": p.vet, "finish": p.finish,
	} {
		mux.HandleFunc("POST /setup/"+path, p.sent(step))
	}
	mux.HandleFunc("/setup/", func(w http.ResponseWriter, _ *http.Request) {
		p.say(w, http.StatusNotFound, "There is nothing here. The set-up is at /setup.")
	})
	return guarded(mux)
}

// guarded tells browsers how little the pages may do. A form goes to us; the one that goes to GitHub says so itself.
func guarded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy("'self'"))
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin") // an Origin goes along with our own forms, and nothing elsewhere
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		r.Body = http.MaxBytesReader(w, r.Body, mostOfForm)
		next.ServeHTTP(w, r)
	})
}

func policy(forms string) string {
	return "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action " + forms + "; frame-ancestors 'none'"
}

// known answers the session alone.
func (p *page) known(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if !p.guard.Known(r) {
			p.say(w, http.StatusForbidden, "Open the link that the service has shown on the terminal on which it was started. It works once, in one browser, for an hour.")
			return
		}
		next(w, r)
	}
}

// sent takes the forms of the session alone.
func (p *page) sent(next http.HandlerFunc) http.HandlerFunc {
	return p.known(func(w http.ResponseWriter, r *http.Request) {
		if err := r.ParseForm(); err != nil {
			p.say(w, http.StatusRequestEntityTooLarge, "That is more than is taken, or no form: "+http.StatusText(http.StatusRequestEntityTooLarge)+".")
			return
		}
		if !p.guard.Sent(r, r.PostForm.Get("form")) {
			p.say(w, http.StatusForbidden, "This form was not sent by a page of the set-up. Open /setup and send it from there.")
			return
		}
		next(w, r)
	})
}

// door shows the button that uses up the token, so that nothing that only looks at a link does. With a link that
// would not do it says so.
func (p *page) door(w http.ResponseWriter, r *http.Request) {
	if p.guard.Known(r) {
		http.Redirect(w, r, "/setup", http.StatusSeeOther)
		return
	}
	if err := p.guard.Good(r.URL.Query().Get("token")); err != nil {
		p.say(w, http.StatusForbidden, upper(err.Error())+".")
		return
	}
	p.render(w, http.StatusOK, "enter", map[string]string{"Token": r.URL.Query().Get("token")})
}

func (p *page) enter(w http.ResponseWriter, r *http.Request) {
	if http.NewCrossOriginProtection().Check(r) != nil {
		p.say(w, http.StatusForbidden, "Another site sent this. Open the link from the terminal.")
		return
	}
	cookie, err := p.guard.Admit(r.PostFormValue("token"))
	if err != nil {
		p.options.Log.WarnContext(r.Context(), "somebody was not let in to the set-up", "error", err)
		p.say(w, http.StatusForbidden, upper(err.Error())+".")
		return
	}
	http.SetCookie(w, cookie)
	http.Redirect(w, r, "/setup", http.StatusSeeOther)
}

func upper(text string) string { return strings.ToUpper(text[:1]) + text[1:] }

// whole is the page.
func (p *page) whole(w http.ResponseWriter, r *http.Request) {
	p.render(w, http.StatusOK, "setup", p.view(p.steps.Look(r.Context())))
}

// view is what the template shows.
type view struct {
	State
	Form, Version string
	Back          string // where GitHub is to send the browser to
}

func (p *page) view(s State) view {
	return view{State: s, Form: p.guard.Token(), Version: p.options.Version}
}

// back takes somebody back from GitHub. A browser that comes from another site brings no cookie: the page that it
// gets then asks for itself again, from us.
func (p *page) back(w http.ResponseWriter, r *http.Request) {
	asked := url.Values{"code": {r.URL.Query().Get("code")}, "state": {r.URL.Query().Get("state")}}
	if !p.guard.Known(r) && r.URL.Query().Get("again") == "" {
		asked.Set("again", "1")
		p.render(w, http.StatusOK, "again", map[string]string{"To": "/setup/github/back?" + asked.Encode()})
		return
	}
	p.known(func(w http.ResponseWriter, r *http.Request) {
		p.noted(p.steps.Registered(r.Context(), asked.Get("code"), asked.Get("state")))
		http.Redirect(w, r, "/setup#github", http.StatusSeeOther)
	})(w, r)
}

// noted logs what went wrong with a step. The page shows it too.
func (p *page) noted(err error) {
	if err != nil {
		p.options.Log.Warn("a step of the set-up failed", "error", err)
	}
}

func (p *page) render(w http.ResponseWriter, status int, name string, content any) {
	var b bytes.Buffer
	if err := p.pages.ExecuteTemplate(&b, name, content); err != nil {
		p.options.Log.Error("rendering the set-up", "page", name, "error", err)
		http.Error(w, "this page could not be made; the error was logged", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes()) // a reader who has left is nobody's error
}

func (p *page) say(w http.ResponseWriter, status int, words string) {
	p.render(w, status, "said", map[string]string{"Words": words})
}

// serveAsset serves the style of the dashboard and our own.
func serveAsset(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("name")
	body := dashboard.Asset(name)
	if own, err := files.ReadFile("assets/" + name); err == nil {
		body = own
	}
	kind := map[bool]string{strings.HasSuffix(name, ".css"): "text/css; charset=utf-8", strings.HasSuffix(name, ".js"): "text/javascript; charset=utf-8", strings.HasSuffix(name, ".svg"): "image/svg+xml"}[true]
	if len(body) == 0 || kind == "" {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Cache-Control", "max-age=3600") // the last page is shown when nobody is there to ask for them
	_, _ = w.Write(body)
}
