package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate/dashboard/setup"
)

// mostWritten bounds a definition that is written on the page, in bytes.
const mostWritten = 512 << 10

// Vet holds a definition to what the vet command asks for. It is computed in a process of its own.
func (u *setUp) Vet(ctx context.Context, source string) setup.Vetted { return u.vet(ctx, source) }

func (u *setUp) vet(ctx context.Context, source string) setup.Vetted {
	file := definition.File{Name: "nexus.cue", Source: []byte(source)}
	refused := func(why string) setup.Vetted {
		return setup.Vetted{Done: true, Faults: definition.Faults{{Pos: beginning(file.Name), Message: why}}}
	}
	if len(source) > mostWritten {
		return refused("this is larger than 512 KiB; write less")
	}
	result, err := u.settler.settle(ctx, file)
	switch {
	case err != nil:
		return refused("it was not computed: " + clipped(err.Error(), tellableFault))
	case len(result.faults) > 0:
		return setup.Vetted{Done: true, Faults: result.faults}
	}
	d := result.definition
	faults, warnings := d.Vet(nil, u.now())
	v := setup.Vetted{Done: true, Faults: tellableOf(file.Name, faults), Warnings: tellableOf(file.Name, warnings)}
	if len(faults) > 0 {
		return v
	}
	var said strings.Builder
	if err := sound(&said, d, inForce(d, source, nil)); err == nil {
		v.Sound = strings.TrimSpace(said.String())
	}
	return v
}

// Save writes the definition, and has the service read it from there.
func (u *setUp) Save(ctx context.Context, source string, over bool) error {
	v := u.vet(ctx, source)
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.troubled(setup.OfDefinition, u.save(source, v, over))
}

func (u *setUp) save(source string, v setup.Vetted, over bool) error {
	path, err := filepath.Abs(u.file)
	switch {
	case err != nil:
		return fmt.Errorf("placing the definition: %w", err)
	case strings.Contains(path, ","):
		return fmt.Errorf("%s has a comma, by which files are set apart; start the service with --config and another name", path)
	case len(v.Faults) > 0:
		return errors.New("it was not saved: mend its faults first")
	case there(path) && !over:
		return fmt.Errorf("it was not saved: %s is there already; tick that it is to be written over, or move it away", path)
	}
	if err := replaceFile(path, []byte(source), 0o644); err != nil {
		return err
	}
	u.draft = setup.Draft{Source: source, Saved: true, Vetted: v}
	return u.keep(map[string]string{"NEXUSGATE_CONFIG": path, "NEXUSGATE_URL": u.address})
}

// there says whether there is something of that name.
func there(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}
