package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/nexusgate/nexusgate/gate/dashboard"
	"github.com/nexusgate/nexusgate/gate/login"
	"github.com/nexusgate/nexusgate/gate/store"
	"github.com/nexusgate/nexusgate/webhook"
)

// route makes the handlers. Webhooks and metrics are on the public address unless they have one of their
// own. Whoever keeps the service running, measures it or delivers to it does not log in, and forges deliver
// under whatever name they know.
func (s *server) route() error {
	hooks, err := s.webhooks()
	if err != nil {
		return err
	}
	public, numbers := http.NewServeMux(), http.NewServeMux()
	ours, measured := s.hosts(s.config.listen), s.hosts(s.config.listen)
	s.doors = append(s.doors, newDoor(s.publicAt, public))
	if s.metricsAt == nil {
		numbers = public
	} else {
		s.doors = append(s.doors, newDoor(s.metricsAt, numbers))
		measured = s.hosts(s.config.metricsListen)
	}
	if s.hooksAt == nil {
		public.Handle("/webhook/", hooks)
	} else {
		s.doors = append(s.doors, newDoor(s.hooksAt, hooks))
	}
	public.HandleFunc("GET /healthz", healthy)
	public.Handle("GET /readyz", ours.guard(http.HandlerFunc(s.ready)))
	numbers.Handle("GET /metrics", measured.guard(s.metrics.Handler()))
	keys, err := s.config.attests.handler()
	if err != nil {
		return err
	}
	public.Handle("GET "+keysPath, ours.guard(keys))
	public.Handle("GET "+keysPath+".pem", ours.guard(keys))
	known, err := s.callers()
	if err != nil {
		return err
	}
	pages := ours.guard(s.pages())
	if s.people != nil {
		s.people.Handle(public)
		pages = s.ofJobs(known, pages, s.people.Guard(pages))
	}
	if s.config.setUp != nil {
		setUp := ours.guard(s.config.setUp(s.root()))
		public.Handle("/setup", setUp)
		public.Handle("/setup/", setUp)
	}
	public.Handle("/", pages)
	public.Handle("POST /api/v1/evidence", ours.guard(s.config.trace.Receipt("/api/v1/evidence", newEvidence(s, known))))
	s.atDoor = newDoorman(s)
	public.Handle("POST /api/v1/door", ours.guard(s.forCallers(known, s.atDoor)))
	public.Handle("GET /api/v1/nexus/{name}/manifest", ours.guard(s.forCallers(known, http.HandlerFunc(s.apiManifest))))
	return nil
}

// pages are for those who have logged in where people have to.
func (s *server) pages() http.Handler {
	options := dashboard.Options{
		Now: s.config.now, Version: thisBuild().version, Log: s.log, Private: s.people != nil, Logout: login.LogoutPath, Linked: s.sites.Has,
		NotFound: func(err error) bool { return errors.Is(err, store.ErrNotFound) }, LetGo: letGo,
		Aside: s.view().SetAside, Untaken: s.view().Untaken, Undone: s.view().Undone, Explainer: s.archive, Definitions: s.archive, Transparency: transparent{s.store},
		Hearings: s.view(), Delivery: s.store.Delivery, Backlog: s.lanes.backlog, Chronicle: s.lanes.chronicle, Brief: s.lanes.brief,
	}
	if s.attests != nil {
		options.Attestations = s.attests
	}
	if s.people != nil {
		options.Signing = signing{s.people, s}
	}
	return dashboard.New(s.view(), options)
}

// letGo says whether retention dropped what was asked for, and when.
func letGo(err error) (at time.Time, is bool) {
	gone, is := errors.AsType[*store.LetGoError](err)
	if is {
		at = gone.At
	}
	return at, is
}

// webhooks serves the forges that are on; the others are not found.
func (s *server) webhooks() (*http.ServeMux, error) {
	mux := http.NewServeMux()
	trouble := &complaint{log: s.log, now: s.config.now}
	options := []webhook.Option{
		webhook.Within(webhook.NewRoom(cmp.Or(s.config.intakeBytes, webhook.DefaultBytes), webhook.DefaultRequests)), webhook.Telling(trouble.note),
	}
	if hub := s.config.forges.gitHub; hub.on {
		h, err := webhook.NewGitHub(hub.webhookSecret, s.inbox, s.config.now, s.metrics.Delivered, options...)
		if err != nil {
			return nil, err
		}
		mux.Handle("/webhook/github", s.config.trace.Receipt("/webhook/github", h))
	}
	if lab := s.config.forges.gitLab; lab.on {
		h, err := webhook.NewGitLab(lab.webhookSecret, lab.signingTokens, s.inbox, s.config.now, s.metrics.Delivered, options...)
		if err != nil {
			return nil, err
		}
		mux.Handle("/webhook/gitlab", s.config.trace.Receipt("/webhook/gitlab", h))
	}
	return mux, nil
}

func newDoor(at net.Listener, h http.Handler) door { return door{at, newHTTPServer(hardened(h))} }

// newHTTPServer bounds what a slow or greedy caller can hold. A body of 25 MiB has a minute to come;
// answers are unbounded in time, since /events lasts.
func newHTTPServer(h http.Handler) *http.Server {
	return &http.Server{
		Handler: h, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute,
		IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
	}
}

func healthy(w http.ResponseWriter, _ *http.Request) { say(w, http.StatusOK, "alive") }

// ready says whether the store answers, takes what it is given, and there is a Nexus to serve, and which definitions are still
// awaited from their homes: one that is must not keep the others from being served.
func (s *server) ready(w http.ResponseWriter, r *http.Request) {
	ctx, stop := context.WithTimeout(r.Context(), 2*time.Second)
	defer stop()
	if _, err := s.store.Counts(ctx); err != nil {
		s.log.ErrorContext(r.Context(), "not ready", "error", err)
		say(w, http.StatusServiceUnavailable, "the store does not answer")
		return
	}
	if err := s.inbox.takes(ctx); err != nil {
		s.log.ErrorContext(r.Context(), "not ready", "error", err)
		say(w, http.StatusServiceUnavailable, "the store takes nothing: see the log, and whether its disk is full")
		return
	}
	awaited := s.homes.awaited()
	if len(awaited) > 0 && s.config.look.issuer != "" { // whoever asks here has not logged in
		awaited = []string{fmt.Sprintf("waiting for %d definitions; the log says which", len(awaited))}
	}
	if len(awaited) > 0 && len(s.view().Nexuses()) == 0 {
		say(w, http.StatusServiceUnavailable, strings.Join(awaited, "\n"))
		return
	}
	say(w, http.StatusOK, strings.Join(append([]string{"ready"}, awaited...), "\n"))
}

func say(w http.ResponseWriter, status int, word string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(word + "\n"))
}
