package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/forge"
)

// homes brings into force the definitions that live on a forge. From then on a Nexus listens to its
// home by itself; on a later start only the head is read anew, so that no landing is missed.
type homes struct {
	given   []gate.Home
	lanes   *lanes
	clients map[gate.Forge]client
	settler *settler
	log     *slog.Logger
	now     func() time.Time
	keep    keep
	retire  func(ctx context.Context, homes map[string]string) error // called when every home is known

	files []nexusFile // the definitions that do not live on a forge

	mu      sync.Mutex
	names   map[string]string                 // home → its Nexus, where that is known
	first   map[string]*definition.Definition // by Nexus, as first read: the ledger may not have come to it
	waiting map[string]string                 // home → why its definition is not in force yet
}

// takeUp sorts the homes that are given into those that the ledger knows and those to be read.
func (h *homes) takeUp() error {
	h.names, h.waiting, h.first = map[string]string{}, map[string]string{}, map[string]*definition.Definition{}
	known := h.lanes.homes()
	for _, home := range h.given {
		if h.clients[home.Forge] == nil {
			return fmt.Errorf("--nexus %s: %s is off; give it its settings, which nexusgate --help lists", home, home.Forge)
		}
		if name, ok := known[home.String()]; ok {
			h.names[home.String()] = name
		} else {
			h.waiting[home.String()] = "it is being read"
		}
	}
	_, err := h.claims()
	return err
}

// claims are what is claimed by the definitions of the service, as they are in force.
func (h *homes) claims() (claims, error) {
	claimed := claims{names: map[string]string{}, places: map[string]string{}}
	for _, n := range h.files {
		if err := claimed.add(n.file, n.definition); err != nil {
			return claimed, err
		}
	}
	for _, home := range slices.Sorted(maps.Keys(h.names)) {
		d, inForce := h.lanes.definition(h.names[home])
		if !inForce {
			d = h.first[h.names[home]]
		}
		if err := claimed.add(home, d); err != nil {
			return claimed, err
		}
	}
	return claimed, nil
}

// known says whether every home's Nexus is known.
func (h *homes) known() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.waiting) == 0
}

// awaited says of each definition that is not in force yet what it waits for.
func (h *homes) awaited() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	var all []string
	for _, home := range slices.Sorted(maps.Keys(h.waiting)) {
		all = append(all, "waiting for the definition of "+home+": "+h.waiting[home])
	}
	return all
}

// run visits each home until its definition, or its head, was read.
func (h *homes) run(ctx context.Context) {
	var work sync.WaitGroup
	for _, home := range h.given {
		v := &visit{homes: h, home: home}
		work.Go(func() { v.run(ctx) })
	}
	work.Wait()
}

// visit is the reading of one home.
type visit struct {
	*homes
	home    gate.Home
	refused string // the commit whose definition is at fault, so that it is not computed again
	fault   error
}

func (v *visit) run(ctx context.Context) {
	said := ""
	for tries := 0; ctx.Err() == nil; tries++ {
		err := v.read(ctx)
		if err == nil || ctx.Err() != nil {
			return
		}
		wait := backoff(tries)
		if later, ok := errors.AsType[*forge.Later](err); ok {
			wait = min(max(wait, later.Until.Sub(v.now())), longestBackoff)
		}
		if err.Error() != said {
			said = err.Error()
			v.log.WarnContext(ctx, "a definition was not read from its home; trying again", "home", v.home.String(), "in", wait, "error", err)
		}
		v.waits(err)
		pause(ctx, wait)
	}
}

// waits notes why a definition is not in force, in a line.
func (v *visit) waits(err error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if _, awaited := v.waiting[v.home.String()]; awaited {
		line, _, _ := strings.Cut(err.Error(), "\n")
		v.waiting[v.home.String()] = clipped(line, 300)
	}
}

// read keeps a fresh head of a home that is listened to already, and of another all that it says.
func (v *visit) read(ctx context.Context) error {
	client := v.clients[v.home.Forge]
	want := gate.Want{Kind: gate.WantHead, Repo: gate.Repo{Forge: v.home.Forge, Name: v.home.Repo}, Branch: v.home.Branch}
	name, listened := v.lanes.homes()[v.home.String()]
	if listened {
		want, _ = v.lanes.homeHead(name)
	}
	event, err := client.Read(ctx, want)
	if err != nil {
		return err
	}
	head, isHead := event.(gate.HeadRead)
	switch {
	case !isHead:
		return fmt.Errorf("a %T came for a head", event)
	case listened:
		return v.keep(ctx, name, nil, head)
	case head.Absent:
		return fmt.Errorf("%s has no branch %s; make it, or name another", head.Repo, v.home.Branch)
	case head.Commit == v.refused:
		return v.fault
	}
	return v.moveIn(ctx, head)
}

// moveIn reads a definition at the head of its home and puts it in force.
func (v *visit) moveIn(ctx context.Context, head gate.HeadRead) error {
	read, _, err := readNexus(ctx, v.clients[v.home.Forge], v.settler, gate.Want{
		Kind: gate.WantNexus, Repo: head.Repo, Commit: head.Commit, Path: v.home.Path,
	})
	if err != nil {
		return err
	}
	switch {
	case read.Absent:
		err = fmt.Errorf("%s has no %s at %s; add it, or name another path", head.Repo, v.home.Path, head.Commit)
	case read.Cut:
		err = fmt.Errorf("%s of %s is larger than a definition may be; shorten it", v.home.Path, head.Repo)
	case len(read.Faults) > 0:
		err = fmt.Errorf("the definition has faults; mend them there:\n%w", read.Faults)
	default:
		return v.claim(ctx, read, head) // what stands in its way may be gone at the next try
	}
	v.refused, v.fault = head.Commit, err
	return err
}

// claim puts a definition in force unless it claims what another Nexus of the service has.
func (v *visit) claim(ctx context.Context, read gate.NexusRead, head gate.HeadRead) error {
	file := definition.File{Name: homeFile(read.Repo, read.Path), Source: []byte(read.Source)}
	d, err := definition.LoadSettled(file, read.Settled)
	if err != nil {
		return err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	claimed, err := v.claims()
	if err == nil {
		err = claimed.add(v.home.String(), d)
	}
	if err != nil {
		return err
	}
	for _, e := range []gate.Event{
		gate.NexusGiven{File: file.Name, Source: read.Source, Settled: read.Settled, Home: v.home.String(), Repo: read.Repo, Commit: read.Commit},
		head,
	} {
		if err := v.keep(ctx, d.Name, gate.PlacesOf(d, v.home.String()), e); err != nil {
			return err
		}
	}
	v.names[v.home.String()], v.first[d.Name] = d.Name, d
	delete(v.waiting, v.home.String())
	warnOff(v.log, v.clients, d.Name, d.All())
	if len(v.waiting) > 0 {
		return nil
	}
	return v.retire(ctx, v.names)
}

// homeFile names a definition that lives on a forge, as a team's layer is named.
func homeFile(repo gate.Repo, path string) string { return repo.String() + ":" + path }

func clipped(s string, letters int) string {
	if all := []rune(s); len(all) > letters {
		return string(all[:letters]) + "…"
	}
	return s
}
