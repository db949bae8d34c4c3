package main

import (
	"context"
	"fmt"
	"sync"

	"github.com/nexusgate/nexusgate/gate"
)

// accounts are those at the forges that a lane has something done at: one thing at a time at each, so that a slow
// forge holds up itself alone.
type accounts struct {
	turns *turns // of all lanes

	mu   sync.Mutex
	busy map[string]bool
	free chan struct{} // signalled when one is busy no more
	work sync.WaitGroup
}

func newAccounts(turns *turns) *accounts {
	return &accounts{turns: turns, busy: map[string]bool{}, free: make(chan struct{}, 1)}
}

// account is what a forge counts its limits by: an installation of the App, or the token.
// What is no forge is an account by itself.
func account(repo gate.Repo) string {
	if repo.Forge != gate.GitHub && repo.Forge != gate.GitLab {
		return repo.String()
	}
	return fmt.Sprintf("%s %d", repo.Forge, repo.Installation)
}

// each does something with each of them, by account, but with those at an account that is busy already.
func each[T any](ctx context.Context, a *accounts, all []T, at func(T) gate.Repo, do func(T)) {
	byAccount := map[string][]T{}
	for _, one := range all {
		name := account(at(one))
		byAccount[name] = append(byAccount[name], one)
	}
	for name, some := range byAccount {
		if !a.claim(name) {
			continue
		}
		a.work.Go(func() {
			defer a.release(name)
			for _, one := range some {
				a.turns.take(ctx, name, func() { do(one) })
			}
		})
	}
}

func (a *accounts) claim(name string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.busy[name] {
		return false
	}
	a.busy[name] = true
	return true
}

func (a *accounts) release(name string) {
	a.mu.Lock()
	delete(a.busy, name)
	a.mu.Unlock()
	select {
	case a.free <- struct{}{}:
	default:
	}
}
