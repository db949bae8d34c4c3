package main

import (
	"fmt"
	"maps"
	"slices"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/store"
)

func (a *lanes) lane(name string) (*lane, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	l, held := a.held[name]
	return l, held
}

// all are the lanes that this process works in, by name.
func (a *lanes) all() []*lane {
	a.mu.Lock()
	defer a.mu.Unlock()
	list := make([]*lane, 0, len(a.held))
	for _, name := range slices.Sorted(maps.Keys(a.held)) {
		list = append(list, a.held[name])
	}
	return list
}

// every are the names of the lanes, less the common one, whoever works there.
func (a *lanes) every() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	names := slices.Concat(a.names, slices.Collect(maps.Keys(a.held)))
	slices.Sort(names)
	return slices.DeleteFunc(slices.Compact(names), func(name string) bool { return name == store.Common })
}

// ask asks the ledger of a Nexus: the very one if this process works in its lane, and else as it was
// recorded lately.
func (a *lanes) ask(nexus string, question func(*gate.Ledger)) {
	if l, held := a.lane(nexus); held {
		l.ask(question)
		return
	}
	if err := a.mirror(nexus).ask(question); err != nil {
		a.log.Error("what another replica has recorded cannot be read; showing what was before", "nexus", nexus, "error", err)
	}
}

// askSure asks the ledger of a Nexus where it is sure to be as good as what is recorded, or not at all: what must not
// rest on what was so a while ago asks so. A process that was stopped may not know yet that its lane is another's.
func (a *lanes) askSure(nexus string, question func(*gate.Ledger)) error {
	l, held := a.lane(nexus)
	if !held {
		if err := a.mirror(nexus).askSure(question); err != nil {
			return fmt.Errorf("reading what another replica has recorded of %s: %w", nexus, err)
		}
		return nil
	}
	if err := l.tenure.holds(); err != nil {
		return fmt.Errorf("asking how %s stands: %w", nexus, err)
	}
	l.ask(question)
	return nil
}

func (a *lanes) mirror(nexus string) *mirror {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.mirrors[nexus] == nil {
		a.mirrors[nexus] = newMirror(nexus, a.store)
	}
	return a.mirrors[nexus]
}

// nexuses are the names of those in force.
func (a *lanes) nexuses() (names []string) {
	for _, name := range a.every() {
		a.ask(name, func(l *gate.Ledger) { names = append(names, l.Nexuses()...) })
	}
	return names
}

// sources are the definitions in force that were given as files, by Nexus.
func (a *lanes) sources() map[string]string {
	sources := map[string]string{}
	for _, name := range a.every() {
		a.ask(name, func(l *gate.Ledger) { maps.Copy(sources, l.Sources()) })
	}
	return sources
}

// homes are the Nexuses whose definitions live on a forge, by home.
func (a *lanes) homes() map[string]string {
	homes := map[string]string{}
	for _, name := range a.every() {
		a.ask(name, func(l *gate.Ledger) { maps.Copy(homes, l.Homes()) })
	}
	return homes
}

// definitions are those in force, by Nexus.
func (a *lanes) definitions() map[string]*definition.Definition {
	all := map[string]*definition.Definition{}
	for _, name := range a.every() {
		if d, inForce := a.definition(name); inForce {
			all[name] = d
		}
	}
	return all
}

func (a *lanes) definition(nexus string) (d *definition.Definition, inForce bool) {
	if !slices.Contains(a.every(), nexus) {
		return nil, false
	}
	a.ask(nexus, func(l *gate.Ledger) { d, inForce = l.Definition(nexus) })
	return d, inForce
}

func (a *lanes) homeHead(nexus string) (w gate.Want, known bool) {
	a.ask(nexus, func(l *gate.Ledger) { w, known = l.HomeHead(nexus) })
	return w, known
}

// standing is how a Nexus stands now. Anybody may ask for any name.
func (a *lanes) standing(nexus string) (s gate.Standing, known bool) {
	if !slices.Contains(a.every(), nexus) {
		return s, false
	}
	a.ask(nexus, func(l *gate.Ledger) { s, known = l.Standing(nexus, a.now()) })
	return s, known
}

// ours are how those Nexuses stand whose lanes this process works in.
func (a *lanes) ours() (all []gate.Standing) {
	for _, l := range a.all() {
		if s, known := a.standing(l.name()); known {
			all = append(all, s)
		}
	}
	return all
}

// among is how many of our lanes report to the account that a repository belongs to.
func (a *lanes) among(repo gate.Repo) (n int) {
	if repo.Installation == 0 {
		return 0
	}
	account := gate.Repo{Forge: repo.Forge, Installation: repo.Installation}.Places()[0]
	for _, l := range a.all() {
		if slices.Contains(ofLedger(l, (*gate.Ledger).Routes), account) {
			n++
		}
	}
	return n
}
