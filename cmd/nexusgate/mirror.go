package main

import (
	"context"
	"sync"
	"time"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/store"
)

// mirror shows a Nexus whose lane another replica works in, from what that one has recorded. It looks
// again when it is asked, and once a second at most.
type mirror struct {
	name  string
	store *store.Store

	mu     sync.Mutex
	ledger *gate.Ledger
	seq    int64
	looked time.Time
	unseen error // why it was not seen then what was recorded
}

// mirroredFor is how old what a mirror shows may be, and mirroring how long it may take to look.
const (
	mirroredFor = time.Second
	mirroring   = 10 * time.Second
)

func newMirror(name string, s *store.Store) *mirror {
	return &mirror{name: name, store: s, ledger: gate.NewLedgerOf(name)}
}

// ask asks the ledger as it was recorded lately. With an error, which is told once for each look, it is asked as it
// was before.
func (m *mirror) ask(question func(*gate.Ledger)) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	looked := m.keepUp()
	question(m.ledger)
	if !looked {
		return nil
	}
	return m.unseen
}

// askSure asks the ledger as it was recorded lately, or not at all.
func (m *mirror) askSure(question func(*gate.Ledger)) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.keepUp(); m.unseen != nil {
		return m.unseen
	}
	question(m.ledger)
	return nil
}

// keepUp looks what was recorded, unless that was a moment ago.
func (m *mirror) keepUp() (looked bool) {
	if time.Since(m.looked) < mirroredFor {
		return false
	}
	m.unseen, m.looked = m.look(), time.Now()
	return true
}

func (m *mirror) look() error {
	ctx, stop := context.WithTimeout(context.Background(), mirroring)
	defer stop()
	seq, now, err := m.store.Docs(ctx, m.name, m.seq, restoring(m.ledger))
	if err == nil && !store.Remembers(m.seq, seq) && m.seq > 0 {
		m.ledger, m.seq = gate.NewLedgerOf(m.name), 0
		seq, now, err = m.store.Docs(ctx, m.name, 0, restoring(m.ledger))
	}
	if err == nil && seq != m.seq {
		err = safely(func() error { return m.ledger.Follow(seq, now) })
	}
	if err == nil {
		m.seq = seq
	}
	return err
}
