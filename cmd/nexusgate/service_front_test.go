package main_test

import (
	"errors"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"
)

// front is where a stand-in is reached. While it is shut, connections are refused.
type front struct {
	URL string

	t       *testing.T
	handler http.Handler
	address string
	server  *http.Server
	work    sync.WaitGroup
}

func newFront(t *testing.T, h http.Handler) *front {
	t.Helper()
	d := &front{t: t, handler: h, address: "127.0.0.1:0"}
	d.open()
	d.URL = "http://" + d.address
	t.Cleanup(d.shut)
	return d
}

func (d *front) open() {
	d.t.Helper()
	var listen net.ListenConfig
	at, err := listen.Listen(d.t.Context(), "tcp", d.address)
	if err != nil {
		d.t.Fatal(err)
	}
	d.address = at.Addr().String()
	d.server = &http.Server{Handler: d.handler, ReadHeaderTimeout: time.Minute}
	server := d.server
	d.work.Go(func() {
		if err := server.Serve(at); !errors.Is(err, http.ErrServerClosed) {
			d.t.Error("a stand-in's server ended: ", err)
		}
	})
}

func (d *front) shut() {
	_ = d.server.Close() // what is under way is cut off, which is meant
	d.work.Wait()
}
