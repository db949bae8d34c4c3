package metrics

import (
	"strings"
	"sync"

	"github.com/nexusgate/nexusgate/gate"
)

// How many values a label whose values come from outside may take, and how long each may be.
const (
	labelValues = 200
	labelSize   = 50
)

const other = "other"

// bounded admits the first values that it sees and calls the rest "other": a sender that invents
// events cannot make series without end.
type bounded struct {
	mu   sync.Mutex
	seen map[string]bool
}

func (b *bounded) admit(value string) string {
	if len(value) > labelSize || strings.ContainsFunc(value, odd) {
		return other
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.seen[value] {
		return value
	}
	if len(b.seen) >= labelValues {
		return other
	}
	if b.seen == nil {
		b.seen = make(map[string]bool)
	}
	b.seen[value] = true
	return value
}

// odd says that a character is in none of the forges' words for events, nor in ours for operations.
func odd(r rune) bool {
	word := 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
	return !word && !strings.ContainsRune("_-. ", r)
}

// forge is the name of a source of deliveries, or "other".
func forge(name string) string {
	switch gate.Source(name) {
	case gate.FromGitHub, gate.FromGitLab, gate.FromUs:
		return name
	default:
		return other
	}
}
