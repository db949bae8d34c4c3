package dashboard

import (
	"context"
	"net/http"

	"github.com/nexusgate/nexusgate/gate"
)

// Signing lets people who have logged in give sign-offs on the pages, and take them back.
type Signing interface {
	// Who is logged in with a request, as a criterion names people: "login:ana@example.com"; "" where nobody is.
	Who(r *http.Request) string
	// Token goes into a form for who is logged in, and Sent says whether a request brings such a one.
	Token(r *http.Request) string
	Sent(r *http.Request) bool
	// May says whether somebody may give a sign-off on what a verdict is about, and whether they have given it.
	May(v gate.Verdict, name, who string) (may, given bool)
	// Sign gives one for just what the verdict was made on, or takes it back.
	Sign(ctx context.Context, v gate.Verdict, name, who string, withdrawn bool) error
}

// signForm is a button by which a finding is signed.
type signForm struct {
	Path, Token, Name string
	Back              bool // it takes the sign-off back
}

// mostOfForm bounds a form, in bytes.
const mostOfForm = 8 << 10

// forms gives the findings of a verdict the buttons that who is logged in may press.
func (d *dashboard) forms(r *http.Request, v gate.Verdict) func(gate.Finding) *signForm {
	signing := d.options.Signing
	if signing == nil {
		return nil
	}
	who, token := signing.Who(r), signing.Token(r)
	if who == "" || token == "" {
		return nil
	}
	return func(f gate.Finding) *signForm {
		if f.SignOff == "" || v.Subject.Kind == gate.OfIncrement && f.Component != "" { // signed where it was judged
			return nil
		}
		may, given := signing.May(v, f.SignOff, who)
		if !may || f.State == gate.Met && !given {
			return nil
		}
		return &signForm{Path: verdictPath(v.ID) + "/sign", Token: token, Name: f.SignOff, Back: f.State == gate.Met}
	}
}

// sign takes a form. It answers with the page on which what comes of it is seen.
func (d *dashboard) sign(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, mostOfForm)
	who := ""
	if d.options.Signing != nil {
		who = d.options.Signing.Who(r)
	}
	switch {
	case who == "":
		http.Error(w, "nobody is logged in who could sign", http.StatusForbidden)
		return
	case http.NewCrossOriginProtection().Check(r) != nil || !d.options.Signing.Sent(r):
		http.Error(w, "this form was not sent by a page of ours, or too long after it was made: open the page again", http.StatusForbidden)
		return
	}
	v, err := d.reader.Verdict(r.Context(), r.PathValue("id"))
	if err != nil {
		d.refuse(w, r, d.failed(r, "reading a verdict", err, noVerdict(r.PathValue("id"))))
		return
	}
	name := r.PostFormValue("name")
	if may, _ := d.options.Signing.May(v, name, who); !may {
		http.Error(w, "you are not among those who may sign this", http.StatusForbidden)
		return
	}
	if err := d.options.Signing.Sign(r.Context(), v, name, who, r.PostFormValue("back") != ""); err != nil {
		d.options.Log.ErrorContext(r.Context(), "keeping a sign-off", "verdict", v.ID, "error", err)
		http.Error(w, "the sign-off could not be kept; try again", http.StatusServiceUnavailable)
		return
	}
	http.Redirect(w, r, subjectPath(v), http.StatusSeeOther) //nolint:gosec // a path of ours, of a verdict of ours
}

// subjectPath is the page on which it is seen how the subject of a verdict stands now.
func subjectPath(v gate.Verdict) string {
	if v.Subject.Kind == gate.OfComponent {
		return componentPath(v.Nexus, v.Subject.ID)
	}
	return nexusPath(v.Nexus)
}
