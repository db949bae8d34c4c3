package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"golang.org/x/net/netutil"
)

// door is an address, and who answers there.
type door struct {
	at     net.Listener
	server *http.Server
}

// open takes the addresses.
func (s *server) open(ctx context.Context) (err error) {
	if s.publicAt, err = take(ctx, s.config.listen, "--listen"); err != nil {
		return err
	}
	if s.hooksAt, err = take(ctx, s.config.webhookListen, "--webhook-listen"); err != nil {
		return err
	}
	s.metricsAt, err = take(ctx, s.config.metricsListen, "--metrics-listen")
	return err
}

// take takes an address; none where none is given.
func take(ctx context.Context, address, flag string) (net.Listener, error) {
	if address == "" {
		return nil, nil
	}
	var listen net.ListenConfig
	at, err := listen.Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("taking the address %s: %w; choose another with %s", address, err, flag)
	}
	return at, nil
}

// maxConnections bounds those of one listener. Others wait to be accepted.
const maxConnections = 2000

// serve answers requests until ctx ends or a listener fails.
func (s *server) serve(ctx context.Context) error {
	broken := make(chan error, len(s.doors))
	var work sync.WaitGroup
	for _, d := range s.doors {
		d.server.BaseContext = func(net.Listener) context.Context { return ctx }
		work.Go(func() { broken <- d.server.Serve(netutil.LimitListener(d.at, maxConnections)) })
	}
	var err error
	select {
	case <-ctx.Done():
	case err = <-broken:
		err = fmt.Errorf("serving: %w", err)
	}
	s.shutdown()
	work.Wait()
	return err
}

// grace is how long requests under way may take when the service ends.
const grace = 10 * time.Second

func (s *server) shutdown() {
	ctx, stop := context.WithTimeout(context.Background(), grace)
	defer stop()
	for _, d := range s.doors {
		if err := d.server.Shutdown(ctx); err != nil {
			s.log.Warn("requests were cut off", "error", err)
			_ = d.server.Close()
		}
	}
}
