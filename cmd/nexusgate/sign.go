package main

import (
	"context"
	"fmt"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/login"
)

// signing lets those who have logged in to the pages sign there.
type signing struct {
	*login.Login
	s *server
}

// May says whether somebody may give a sign-off on what a verdict is about, and whether they have given it.
func (p signing) May(v gate.Verdict, name, who string) (may, given bool) {
	_, may, given = p.sign(v, name, who)
	return may, given
}

func (p signing) sign(v gate.Verdict, name, who string) (e gate.Signed, may, given bool) {
	if p.s.knows(v.Nexus) {
		p.s.lanes.ask(v.Nexus, func(l *gate.Ledger) { e, may, given = l.Signing(v, name, who) })
	}
	return e, may, given
}

// Sign keeps a sign-off, or that it is taken back, before it is answered.
func (p signing) Sign(ctx context.Context, v gate.Verdict, name, who string, withdrawn bool) error {
	e, may, _ := p.sign(v, name, who)
	if !may {
		return fmt.Errorf("%s is not among those who may sign %s", who, name)
	}
	e.At, e.Withdrawn = p.s.config.now(), withdrawn
	d, err := gate.Own(p.s.store.NewID(), e, e.At)
	if err != nil {
		return err
	}
	d.Lane = v.Nexus
	if _, err := p.s.inbox.Keep(ctx, d); err != nil {
		return fmt.Errorf("keeping a sign-off: %w", err)
	}
	return nil
}
