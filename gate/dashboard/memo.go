package dashboard

import (
	"sync"
	"time"
)

// memo keeps what is dear to read for a little while: however many look, and however often something changes, it is
// read once in that time.
type memo[T any] struct {
	mu   sync.Mutex
	kept map[string]kept[T]
}

type kept[T any] struct {
	at   time.Time
	what T
}

// How long it is kept, and how many of it.
const (
	keptFor  = 5 * time.Second
	mostKept = 20
)

// of is what was read under a name lately, or is now.
func (m *memo[T]) of(now time.Time, name string, read func() T) T {
	m.mu.Lock()
	defer m.mu.Unlock()
	if k, ok := m.kept[name]; ok && now.Sub(k.at) < keptFor && !now.Before(k.at) {
		return k.what
	}
	if m.kept == nil || len(m.kept) >= mostKept {
		m.kept = make(map[string]kept[T])
	}
	what := read()
	m.kept[name] = kept[T]{now, what}
	return what
}
