package login

import (
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Guard lets only those through who are logged in, and programs that bring a token to the API. The context
// of a request ends with the session that it came with.
func (l *Login) Guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		session, until := l.session(r)
		switch {
		case session != "":
			ctx, end := l.visits.begin(r.Context(), session, until.Sub(l.options.Now()))
			defer end()
			next.ServeHTTP(w, r.WithContext(ctx))
		case l.program(r):
			next.ServeHTTP(w, r)
		case r.Method == http.MethodGet && strings.Contains(r.Header.Get("Accept"), "text/html"):
			w.Header().Set("Cache-Control", "no-store")
			http.Redirect(w, r, loginPath+"?to="+url.QueryEscape(local(r.URL.RequestURI())), http.StatusFound)
		default:
			w.Header().Set("WWW-Authenticate", `Bearer realm="nexusgate"`)
			say(w, http.StatusUnauthorized, "Log in at "+loginPath+" first; a program brings a token to the API.")
		}
	})
}

// session is the sealed one that a request came with, and when it ends; "" without one.
func (l *Login) session(r *http.Request) (sealed string, until time.Time) {
	_, sealed, until = l.visitor(r)
	return sealed, until
}

// program says whether a request to the API brings a token. Digests are compared: they tell nothing by
// how long it takes, not even a length.
func (l *Login) program(r *http.Request) bool {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok || !strings.HasPrefix(r.URL.Path, "/api/") {
		return false
	}
	brought, found := sha256.Sum256([]byte(token)), 0
	for _, known := range l.tokens {
		found |= subtle.ConstantTimeCompare(brought[:], known[:])
	}
	return found == 1
}
