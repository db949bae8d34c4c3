package storetest

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/gate/store"
)

func tokens(t *testing.T, d Database) {
	clauses(t, d, map[string]func(*desk){
		"a token is good for one request":                  usedOnce,
		"of requests that come at once one uses the token": usedAtOnce,
		"a token stays used over a restart and a crash":    staysUsed,
		"a token is remembered until it is taken no more":  rememberedLong,
	})
}

// use is what becomes of a request with a token: "first", "again" or "replayed".
func (k *desk) use(id, digest string, expires time.Time) string {
	k.Helper()
	return used(k, k.Store, id, digest, expires)
}

func used(k *desk, s *store.Store, id, digest string, expires time.Time) string {
	k.Helper()
	first, err := s.UseToken(k.Context(), id, digest, expires)
	switch {
	case errors.Is(err, store.ErrReplayed) && !first:
		return "replayed"
	case err != nil:
		k.Errorf("using %s for %s: %v", id, digest, err)
		return "failed"
	case first:
		return "first"
	default:
		return "again"
	}
}

func usedOnce(k *desk) {
	soon := noon.Add(time.Hour)
	for _, step := range []struct{ id, digest, want string }{
		{"one", "a", "first"},
		{"one", "a", "again"},
		{"one", "b", "replayed"},
		{"one", "a", "again"},
		{"one", "b", "replayed"},
		{"two", "b", "first"},
		{"One", "c", "first"},
		{"one", "", "replayed"},
	} {
		if got := k.use(step.id, step.digest, soon); got != step.want {
			k.Errorf("the token %s for the request %s: %s, want %s", step.id, step.digest, got, step.want)
		}
	}
}

// usedAtOnce has two replicas at work where the database is for several.
func usedAtOnce(k *desk) {
	stores := []*store.Store{k.Store, k.Store}
	if !k.Alone() {
		stores[1] = k.another(k.dsn)
	}
	for token := range 5 {
		var all sync.WaitGroup
		var first, again, replayed atomic.Int64
		counts := map[string]*atomic.Int64{"first": &first, "again": &again, "replayed": &replayed, "failed": {}}
		for request := range 24 {
			all.Go(func() {
				digest := strings.Repeat("x", request%3)
				counts[used(k, stores[request%2], fmt.Sprint("token ", token), digest, noon.Add(time.Hour))].Add(1)
			})
		}
		all.Wait()
		same(k, []int64{first.Load(), again.Load(), replayed.Load()}, []int64{1, 7, 16})
	}
}

func staysUsed(k *desk) {
	same(k, k.use("one", "a", noon.Add(time.Hour)), "first")
	found := k.another(k.database.Crash(k.T, k.dsn))
	same(k, used(k, found, "one", "b", noon.Add(time.Hour)), "replayed")
	k.reopen()
	same(k, k.use("one", "b", noon.Add(time.Hour)), "replayed")
	same(k, k.use("one", "a", noon.Add(time.Hour)), "again")
}

func rememberedLong(k *desk) {
	const many = 1500 // more than are forgotten at a time
	var all sync.WaitGroup
	for n := range many {
		all.Go(func() {
			if got := k.use(fmt.Sprint("old ", n), "a", noon.Add(time.Duration(n)*time.Millisecond)); got != "first" {
				k.Errorf("the token old %d: %s, want first", n, got)
			}
		})
	}
	all.Wait()
	same(k, k.use("young", "a", noon.Add(90*time.Minute)), "first")
	for _, step := range []struct {
		past          time.Duration
		id, want, why string
	}{
		{time.Hour, "old 0", "replayed", "clocks differ"},
		{2 * time.Hour, "old 0", "first", "it is forgotten among the oldest, of which there are too many"},
		{2 * time.Hour, fmt.Sprint("old ", many-1), "first", "it is forgotten with the others, at once"},
		{2 * time.Hour, "young", "replayed", "its hour is not over"},
		{3 * time.Hour, "young", "first", "it is forgotten in its turn"},
	} {
		k.at(step.past)
		if got := k.use(step.id, "b", k.now()); got != step.want {
			k.Errorf("after %s the token %s is %s, want %s: %s", step.past, step.id, got, step.want, step.why)
		}
	}
}
