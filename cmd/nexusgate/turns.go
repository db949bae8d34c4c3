package main

import (
	"context"
	"sync"
)

// turns lets one at a time speak to an account, whichever lane it is of, in the order in which they came.
type turns struct {
	mu       sync.Mutex
	accounts map[string]chan struct{}
}

func newTurns() *turns { return &turns{accounts: map[string]chan struct{}{}} }

// take does something when its turn has come, or nothing if ctx ends before.
func (t *turns) take(ctx context.Context, account string, do func()) {
	t.mu.Lock()
	turn := t.accounts[account]
	if turn == nil {
		turn = make(chan struct{}, 1)
		t.accounts[account] = turn
	}
	t.mu.Unlock()
	select {
	case turn <- struct{}{}:
	case <-ctx.Done():
		return
	}
	defer func() { <-turn }()
	if ctx.Err() == nil {
		do()
	}
}
