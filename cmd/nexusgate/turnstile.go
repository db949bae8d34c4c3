package main

import (
	"context"
	"sync"
)

// turnstile bounds how many requests are inside at a time, and how many of them of one repository, so that the jobs
// of one never keep all others out.
type turnstile struct {
	inside chan struct{}
	share  int // of one repository

	mu sync.Mutex
	of map[string]*queue
}

// queue is that of one repository, for as long as anybody is in it.
type queue struct {
	inside chan struct{}
	users  int
}

func newTurnstile(most int) *turnstile {
	return &turnstile{inside: make(chan struct{}, most), share: max(most/2, 1), of: map[string]*queue{}}
}

// tryEnter takes a place if one is free.
func (t *turnstile) tryEnter(who string) (leave func(), free bool) {
	over, end := context.WithCancel(context.Background())
	end()
	leave, err := t.enter(over, who)
	return leave, err == nil
}

// enter waits for a place until ctx ends; once that has ended it takes one that is free.
func (t *turnstile) enter(ctx context.Context, who string) (leave func(), err error) {
	q := t.join(who)
	if err := occupy(ctx, q.inside); err != nil {
		t.quit(who, q)
		return nil, err
	}
	if err := occupy(ctx, t.inside); err != nil {
		<-q.inside
		t.quit(who, q)
		return nil, err
	}
	return func() {
		<-t.inside
		<-q.inside
		t.quit(who, q)
	}, nil
}

// occupy takes a place.
func occupy(ctx context.Context, places chan struct{}) error {
	select {
	case places <- struct{}{}:
		return nil
	default:
	}
	select {
	case places <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (t *turnstile) join(who string) *queue {
	t.mu.Lock()
	defer t.mu.Unlock()
	q := t.of[who]
	if q == nil {
		q = &queue{inside: make(chan struct{}, t.share)}
		t.of[who] = q
	}
	q.users++
	return q
}

func (t *turnstile) quit(who string, q *queue) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if q.users--; q.users == 0 {
		delete(t.of, who)
	}
}
