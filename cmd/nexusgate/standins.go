package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/nexusgate/nexusgate/gate/forge/forgetest"
)

// standIns are the demo's GitHub and GitLab: servers on loopback that send signed webhooks and take
// checks and statuses.
type standIns struct {
	hub              *forgetest.GitHub
	lab              *forgetest.GitLab
	hubRoot, labRoot string
	servers          []*http.Server
	work             sync.WaitGroup
}

// The secrets of the demo's webhooks. They guard nothing: both ends are this process.
const (
	demoHubSecret = "demo-webhook-secret"
	demoLabSecret = "demo-webhook-token"
)

func startStandIns(ctx context.Context, now func() time.Time) (*standIns, error) {
	hub, errHub := forgetest.NewGitHub(forgetest.Options{Now: now})
	lab, errLab := forgetest.NewGitLab(forgetest.Options{Now: now})
	if err := errors.Join(errHub, errLab); err != nil {
		return nil, fmt.Errorf("making the stand-in forges: %w", err)
	}
	s := &standIns{hub: hub, lab: lab}
	var err error
	if s.hubRoot, err = s.serve(ctx, hub); err == nil {
		s.labRoot, err = s.serve(ctx, lab)
	}
	if err != nil {
		s.close()
		return nil, err
	}
	hub.ServedAt(s.hubRoot)
	lab.ServedAt(s.labRoot)
	return s, nil
}

func (s *standIns) serve(ctx context.Context, h http.Handler) (root string, err error) {
	var listen net.ListenConfig
	at, err := listen.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("taking an address for a stand-in forge: %w", err)
	}
	srv := newHTTPServer(h)
	s.servers = append(s.servers, srv)
	s.work.Go(func() { _ = srv.Serve(at) })
	return "http://" + at.Addr().String(), nil
}

// settings are what a person would write into the environment.
func (s *standIns) settings() forgeSettings {
	return forgeSettings{
		gitHub: gitHubSettings{on: true, url: s.hubRoot, appID: s.hub.AppID, privateKey: s.hub.PrivateKey(), webhookSecret: demoHubSecret},
		gitLab: gitLabSettings{on: true, url: s.labRoot, token: s.lab.Token(), webhookSecret: demoLabSecret},
	}
}

// hook points the forges' webhooks at the service.
func (s *standIns) hook(root string) {
	s.hub.Hook(root+"/webhook/github", demoHubSecret)
	s.lab.Hook(root+"/webhook/gitlab", demoLabSecret, "")
}

func (s *standIns) close() {
	for _, srv := range s.servers {
		_ = srv.Close()
	}
	s.work.Wait()
}
