package setup

import (
	"net/http"
	"strings"
)

// reach takes the address by which the forges reach us, for all of them.
func (p *page) reach(w http.ResponseWriter, r *http.Request) {
	p.noted(p.steps.Reach(trimmed(r, "address")))
	http.Redirect(w, r, "/setup#address", http.StatusSeeOther)
}

// register sends a browser to GitHub, with a form of its own to press: only a form carries a manifest there.
func (p *page) register(w http.ResponseWriter, r *http.Request) {
	scheme := "http://"
	if r.TLS != nil || r.Header.Get("X-Forwarded-Proto") == "https" {
		scheme = "https://"
	}
	errand, err := p.steps.Register(r.Context(), Registration{
		Address: trimmed(r, "address"), URL: trimmed(r, "url"), Org: trimmed(r, "org"), Back: scheme + r.Host + "/setup/github/back", Uses: r.PostForm["use"],
	})
	if err != nil {
		p.noted(err)
		http.Redirect(w, r, "/setup#github", http.StatusSeeOther)
		return
	}
	// A browser holds to the policy where GitHub sends it on to, too: that is back here.
	w.Header().Set("Content-Security-Policy", policy("'self' "+errand.Site))
	p.render(w, http.StatusOK, "errand", errand)
}

func trimmed(r *http.Request, name string) string { return strings.TrimSpace(r.PostForm.Get(name)) }

func (p *page) connect(w http.ResponseWriter, r *http.Request) {
	p.noted(p.steps.Connect(r.Context(), trimmed(r, "address"), trimmed(r, "url"), trimmed(r, "token"), r.PostForm["use"]))
	http.Redirect(w, r, "/setup#gitlab", http.StatusSeeOther)
}

func (p *page) choose(w http.ResponseWriter, r *http.Request) {
	p.noted(p.steps.Choose(r.Context(), r.PostForm["repo"]))
	http.Redirect(w, r, "/setup#repositories", http.StatusSeeOther)
}

// define vets what was written, and saves it where that was pressed.
func (p *page) define(w http.ResponseWriter, r *http.Request) {
	source := strings.ReplaceAll(r.PostForm.Get("source"), "\r\n", "\n")
	if r.PostForm.Get("do") == "save" {
		if err := p.steps.Save(r.Context(), source, r.PostForm.Get("over") != ""); err == nil {
			http.Redirect(w, r, "/setup#definition", http.StatusSeeOther)
			return
		} else {
			p.noted(err)
		}
	}
	vetted := p.steps.Vet(r.Context(), source)
	s := p.steps.Look(r.Context())
	s.Draft.Source, s.Draft.Vetted = source, vetted
	p.render(w, http.StatusOK, "setup", p.view(s))
}

// vet answers the script with the part of the page that says what vet says.
func (p *page) vet(w http.ResponseWriter, r *http.Request) {
	p.render(w, http.StatusOK, "vetted", p.steps.Vet(r.Context(), strings.ReplaceAll(r.PostForm.Get("source"), "\r\n", "\n")))
}

// finish tells that the service starts, and then has it start.
func (p *page) finish(w http.ResponseWriter, r *http.Request) {
	if err := p.steps.Finish(); err != nil {
		p.noted(err)
		http.Redirect(w, r, "/setup", http.StatusSeeOther)
		return
	}
	p.render(w, http.StatusOK, "started", nil)
}
