package main

import (
	"maps"

	"github.com/nexusgate/nexusgate/gate"
)

// causedBy notes that a delivery has made reads wanted. It is known to this process alone: after a restart what is
// still wanted is wanted by all that is kept, and by no delivery in particular.
func (l *lane) causedBy(delivery string, wants []gate.Want) {
	for _, w := range wants {
		if key := w.Key(); l.causes[key] == "" {
			l.causes[key] = delivery
		}
	}
}

// causeOf is the id of the delivery that has made a read wanted; "" where none did.
func (l *lane) causeOf(w gate.Want) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.causes[w.Key()]
}

// forgetCauses keeps those of what is still wanted.
func (l *lane) forgetCauses(wanted map[string]bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	maps.DeleteFunc(l.causes, func(key, _ string) bool { return !wanted[key] })
}
