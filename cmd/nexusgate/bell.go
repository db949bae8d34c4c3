package main

import "sync"

// bell tells any number of listeners that something changed. Each has one signal waiting at most,
// so a slow one holds nobody up.
type bell struct {
	mu        sync.Mutex
	listeners map[chan struct{}]bool
}

func newBell() *bell { return &bell{listeners: map[chan struct{}]bool{}} }

func (b *bell) listen() (rung <-chan struct{}, stop func()) {
	c := make(chan struct{}, 1)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.listeners[c] = true
	return c, func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		delete(b.listeners, c)
	}
}

// heard says whether anybody listens.
func (b *bell) heard() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.listeners) > 0
}

func (b *bell) ring() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for c := range b.listeners {
		select {
		case c <- struct{}{}:
		default:
		}
	}
}
