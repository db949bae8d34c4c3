package main

import (
	"context"
	"errors"
	"net/http"
	"strings"
)

// callerKey is where the context of a request has who asks.
type callerKey struct{}

// callerOf is who asks, as forCallers found out; nobody in particular for somebody who may read the pages.
func callerOf(ctx context.Context) caller {
	by, _ := ctx.Value(callerKey{}).(caller)
	return by
}

// forCallers lets jobs and the holders of static tokens ask, each for what is their own, and all who may read the
// pages. A token that is brought and known to nobody is refused, also where the pages are open to all.
func (s *server) forCallers(known callers, next http.Handler) http.Handler {
	others := next
	if s.people != nil {
		others = s.people.Guard(next)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.Header.Get("Authorization"), "Bearer ") {
			others.ServeHTTP(w, r)
			return
		}
		by, err := known.who(r)
		switch {
		case err == nil:
			next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), callerKey{}, by)))
		case s.people != nil && s.letsIn(r):
			others.ServeHTTP(w, r)
		default:
			s.refuse(w, r, err)
		}
	})
}

// letsIn says whether a request would come to see the pages.
func (s *server) letsIn(r *http.Request) (in bool) {
	s.people.Guard(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { in = true })).ServeHTTP(unheard{}, r)
	return in
}

// unheard is an answer that nobody hears.
type unheard struct{}

// Header, Write and WriteHeader take what is said, and forget it.
func (unheard) Header() http.Header         { return http.Header{} }
func (unheard) Write(b []byte) (int, error) { return len(b), nil }
func (unheard) WriteHeader(int)             {}

// refuse answers that something is not answered. What is our own fault is logged, and shuts the door.
func (s *server) refuse(w http.ResponseWriter, r *http.Request, err error) {
	u, is := errors.AsType[unfit](err)
	if !is {
		if r.Context().Err() == nil {
			s.log.ErrorContext(r.Context(), "a question was not answered", "path", r.URL.Path, "error", err)
		}
		u = unfit{http.StatusServiceUnavailable, "the service cannot say, and the door stays shut: try again in a moment; the operator finds the reason in the log"}
	}
	switch u.status {
	case http.StatusUnauthorized:
		w.Header().Set("WWW-Authenticate", `Bearer realm="nexusgate"`)
	case http.StatusServiceUnavailable:
		w.Header().Set("Retry-After", "2")
	}
	writeJSON(w, u.status, map[string]string{"error": u.says})
}
