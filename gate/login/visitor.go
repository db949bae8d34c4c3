package login

import (
	"net/http"
	"strings"
	"time"
)

// visitor is who is logged in, as a session keeps it.
type visitor struct {
	Subject string `json:"sub"`
	Name    string `json:"name"` // as a Definition of Done names people: "login:ana@example.com", "login:sub:1234"
}

// newVisitor is somebody whom the issuer has told of. An address is a name where the issuer has seen that it is
// theirs; the subject is one always.
func newVisitor(p Person) visitor {
	v := visitor{Subject: p.Subject, Name: "login:sub:" + p.Subject}
	if address := strings.ToLower(p.Email); p.Verified && strings.Contains(address, "@") && !strings.HasPrefix(address, "sub:") {
		v.Name = "login:" + address
	}
	return v
}

// visitor is who is logged in with a request, by a sealed session that ends; nobody by "".
func (l *Login) visitor(r *http.Request) (v visitor, sealed string, until time.Time) {
	sealed, until, err := l.read(r, sessionCookie, &v)
	if err != nil || v.Subject == "" {
		return visitor{}, "", time.Time{}
	}
	return v, sealed, until
}

// Who is logged in with a request, as a Definition of Done names people: "login:ana@example.com", or
// "login:sub:1234" where no address is known to be theirs; "" where nobody is.
func (l *Login) Who(r *http.Request) string {
	v, _, _ := l.visitor(r)
	return v.Name
}

// formToken is what a form is sealed for.
const formToken = "nexusgate-form"

// Token goes into a form that is made for who is logged in. No other site can make one, or read it.
func (l *Login) Token(r *http.Request) string {
	v, session, _ := l.visitor(r)
	if session == "" {
		return ""
	}
	sealed, err := l.sealed.close(formToken, v.Subject, Session)
	if err != nil {
		l.options.Log.ErrorContext(r.Context(), "a form cannot be made", "error", err)
		return ""
	}
	return sealed
}

// FormField is the name of the field that holds the token of a form.
const FormField = "token"

// Sent says whether a form was sent by a page of ours that was made for who is logged in now.
func (l *Login) Sent(r *http.Request) bool {
	v, session, _ := l.visitor(r)
	var made string
	_, err := l.sealed.open(formToken, r.PostFormValue(FormField), &made)
	return session != "" && err == nil && made == v.Subject
}
