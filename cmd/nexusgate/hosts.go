package main

import (
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/nexusgate/nexusgate/gate/login"
)

// hostly guards what whoever is on this machine may look at without a login. A page of another site can have
// its own name lead here, and a browser on this machine then takes us for that site and lets it read: so only
// the names that are ours are answered to.
type hostly struct {
	open bool   // all names are: a login or a proxy keeps others out, or the address is not of this machine alone
	name string // by which people reach the pages, "" where nobody said
}

// hosts are the names that an address answers to.
func (s *server) hosts(address string) hostly {
	h := hostly{open: s.config.look.public || s.config.look.issuer != "" || !onlyHere(address)}
	if at, err := url.Parse(s.config.url); err == nil {
		h.name = at.Hostname()
	}
	return h
}

// guard answers under our own names alone.
func (h hostly) guard(next http.Handler) http.Handler {
	if h.open {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !h.has(r.Host) {
			say(w, http.StatusMisdirectedRequest, "This address is for this machine alone, and the name that it was asked for by may be another site's. "+
				"Open it as http://127.0.0.1 or http://localhost with its port. If people reach the pages by that name, start the service with --url https://NAME; "+
				"where a proxy keeps others out, with --public.")
			return
		}
		next.ServeHTTP(w, r)
	})
}

// has says whether a Host header is one of our names. Browsers always send one.
func (h hostly) has(host string) bool {
	name := host
	if apart, _, err := net.SplitHostPort(host); err == nil {
		name = apart
	}
	name = strings.TrimSuffix(strings.Trim(name, "[]"), ".")
	return host == "" || login.IsLoopback(name) || h.name != "" && strings.EqualFold(name, h.name)
}
