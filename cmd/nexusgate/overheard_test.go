package main_test

import (
	"io"
	"log/slog"
	"strings"
	"sync"
)

// overheard is all that was written to it, by however many at once.
type overheard struct {
	mu   sync.Mutex
	text strings.Builder
}

func (o *overheard) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

func (o *overheard) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// overhear has the service log, to the least, where the test can read it; the test's own log has what it had.
func (h *house) overhear() *overheard {
	o := &overheard{}
	h.settings.Log = slog.New(slog.NewTextHandler(io.MultiWriter(o, h.t.Output()), &slog.HandlerOptions{Level: slog.LevelDebug}))
	return o
}
