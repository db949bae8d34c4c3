package dashboard

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"github.com/nexusgate/nexusgate/gate"
)

// verdictDocument is a verdict as the API shows it: lists are never null, and the increment is
// always said, as in the output of judge.
type verdictDocument struct {
	gate.Verdict
	Increment string `json:"increment"`
}

func documentOf(v gate.Verdict) verdictDocument {
	if v.Exceptions == nil {
		v.Exceptions = []string{}
	}
	if v.Findings == nil {
		v.Findings = []gate.Finding{}
	}
	return verdictDocument{v, v.Increment}
}

type incrementDocument struct {
	Nexus       string           `json:"nexus"`
	Number      int64            `json:"number"`
	Digest      string           `json:"digest"`
	Composition gate.Composition `json:"composition"`
	Made        time.Time        `json:"made"`
	Landing     *gate.Landing    `json:"landing"`
	Outcome     gate.Outcome     `json:"outcome"`
	Exceptions  []string         `json:"exceptions"` // that it rests on: with any, it is not plainly done
	Successor   int64            `json:"successor,omitempty"`
	Verdict     *verdictDocument `json:"verdict"`
}

type componentDocument struct {
	Nexus   string          `json:"nexus"`
	Name    string          `json:"name"`
	Team    string          `json:"team"`
	Repo    string          `json:"repo"` // "github:acme/cart-api"
	Branch  string          `json:"branch"`
	Path    string          `json:"path,omitempty"`
	Commit  string          `json:"commit"`
	Since   time.Time       `json:"since,omitzero"`
	Outcome gate.Outcome    `json:"outcome"`
	Under   []string        `json:"exceptions"` // that it rests on
	File    string          `json:"file"`
	Faults  []string        `json:"faults"`
	Verdict verdictDocument `json:"verdict"`
}

func (d *dashboard) apiIncrement(w http.ResponseWriter, r *http.Request) {
	s, ok := d.reader.Standing(r.PathValue("name"))
	if !ok || s.Definition == nil {
		d.answer(w, r, nil, noNexus(r.PathValue("name")))
		return
	}
	inc, v, f := d.increment(r, s, r.PathValue("which"))
	if f != nil {
		d.answer(w, r, nil, f)
		return
	}
	doc := incrementDocument{
		Nexus: s.Definition.Name, Number: inc.Number, Digest: inc.Digest, Composition: inc.Composition,
		Made: inc.Made, Outcome: inc.Outcome, Exceptions: listed(inc.Exceptions), Successor: inc.Successor,
	}
	if inc.Landing.Component != "" {
		doc.Landing = &inc.Landing
	}
	if v.ID != "" {
		whole := documentOf(v)
		doc.Verdict, doc.Outcome, doc.Exceptions = &whole, v.Outcome, listed(v.Exceptions)
	}
	d.answer(w, r, doc, nil)
}

// increment finds the Increment that was asked for, by number or by pointer, with its last verdict.
func (d *dashboard) increment(r *http.Request, s gate.Standing, which string) (gate.Increment, gate.Verdict, *fault) {
	if which == "head" {
		return s.Head, s.HeadSays, noHead(s)
	}
	inc, f := s.LastDone, noDone(s)
	if which != "last-done" {
		inc, f = d.numbered(r, s.Definition.Name, which)
	}
	if f != nil {
		return gate.Increment{}, gate.Verdict{}, f
	}
	v, f := d.verdictOf(r, inc)
	return inc, v, f
}

// numbered is the Increment of a number, as it was asked for.
func (d *dashboard) numbered(r *http.Request, nexus, which string) (gate.Increment, *fault) {
	number, err := strconv.ParseInt(which, 10, 64)
	if err != nil || number < 1 {
		return gate.Increment{}, noNumber(which)
	}
	inc, err := d.reader.Increment(r.Context(), nexus, number)
	if err != nil {
		return gate.Increment{}, d.failed(r, "reading an Increment", err, noIncrement(nexus, number))
	}
	return inc, nil
}

// verdictOf is the last verdict on an Increment; none is not a fault: it may not be judged yet.
func (d *dashboard) verdictOf(r *http.Request, inc gate.Increment) (gate.Verdict, *fault) {
	if inc.Verdict == "" {
		return gate.Verdict{}, nil
	}
	v, err := d.reader.Verdict(r.Context(), inc.Verdict)
	if err != nil && !d.options.NotFound(err) {
		return gate.Verdict{}, d.failed(r, "reading the verdict on an Increment", err, unread())
	}
	return v, nil
}

func (d *dashboard) apiComponent(w http.ResponseWriter, r *http.Request) {
	s, c, f := d.find(r)
	if f != nil {
		d.answer(w, r, nil, f)
		return
	}
	faults := c.Faults
	if faults == nil {
		faults = []string{}
	}
	d.answer(w, r, componentDocument{
		Nexus: s.Definition.Name, Name: c.Name, Team: c.Team, Repo: c.Forge + ":" + c.Repo, Branch: c.Branch,
		Path: c.Path, Commit: c.Commit, Since: c.Since, Outcome: c.Says.Outcome, Under: listed(c.Says.Exceptions), File: c.File, Faults: faults, Verdict: documentOf(c.Says),
	}, nil)
}

func (d *dashboard) apiVerdict(w http.ResponseWriter, r *http.Request) {
	v, err := d.reader.Verdict(r.Context(), r.PathValue("id"))
	if err != nil {
		d.answer(w, r, nil, d.failed(r, "reading a verdict", err, noVerdict(r.PathValue("id"))))
		return
	}
	d.answer(w, r, documentOf(v), nil)
}

func (d *dashboard) apiNowhere(w http.ResponseWriter, r *http.Request) {
	d.answer(w, r, nil, &fault{status: http.StatusNotFound, Error: "there is nothing of the API here", Next: "it is described in the README, and starts with /api/v1/nexus/{name}/increments/head"})
}

// answer writes a document, or the fault that there is instead, as JSON.
func (d *dashboard) answer(w http.ResponseWriter, r *http.Request, doc any, f *fault) {
	if f != nil {
		d.write(w, r, f.status, f)
		return
	}
	d.write(w, r, http.StatusOK, doc)
}

// write writes a document as JSON.
func (d *dashboard) write(w http.ResponseWriter, r *http.Request, status int, doc any) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false) // ">=90" is to be read by people too; the type is JSON and is not sniffed
	enc.SetIndent("", "  ")
	if err := enc.Encode(doc); err != nil {
		d.options.Log.ErrorContext(r.Context(), "writing a document", "error", err)
		http.Error(w, `{"error":"this could not be written as JSON","next":"the operator finds the reason in the log"}`, http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes()) // a reader who has left is nobody's error
}
