package main

import (
	"context"
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

//go:embed starter/nexus.cue
var starterNexus string

//go:embed starter/done.cue
var starterTeam string

// initCommand writes the files that a Nexus begins with.
type initCommand struct {
	Dir string `arg:"" optional:"" default:"." name:"DIR" help:"Where to; it is made if it is not there. Default: the current one."`
}

// Help is what the command's help says besides its flags.
func (*initCommand) Help() string {
	return `Two files, with comments that explain them: nexus.cue, the definition of the
Nexus, and .nexus/done.cue, by which a team tightens it in its own repository.
What is there already is never overwritten.

Examples:
  nexusgate init shop
  nexusgate vet shop/nexus.cue --team cart=shop/.nexus/done.cue`
}

// Run is the command.
func (c *initCommand) Run(_ context.Context, s streams) (answer, error) {
	nexus, team := filepath.Join(c.Dir, "nexus.cue"), filepath.Join(c.Dir, ".nexus", "done.cue")
	if err := free(nexus, team); err != nil {
		return failed, err
	}
	if err := begin(nexus, starterNexus); err != nil {
		return failed, err
	}
	if err := begin(team, starterTeam); err != nil {
		return failed, err
	}
	written := columns([][2]string{
		{nexus, "the Nexus's: name your teams, repositories and criteria"},
		{team, "a team's, for its own repository"},
	})
	if _, err := fmt.Fprintf(s.out, "%s\nTry\n  nexusgate vet %s --team cart=%s\n", written, nexus, team); err != nil {
		return failed, fmt.Errorf("telling what was written: %w", err)
	}
	return yes, nil
}

// free sees that nothing is in the way, before anything is written.
func free(paths ...string) error {
	var taken []string
	for _, path := range paths {
		if _, err := os.Lstat(path); err == nil {
			taken = append(taken, path)
		}
	}
	if len(taken) > 0 {
		return fmt.Errorf("%s is there already; nothing was written: move it away, or name another directory", strings.Join(taken, " and "))
	}
	return nil
}

// begin writes a file that is not there yet.
func begin(path, text string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("making a place for %s: %w", path, err)
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	if _, err := file.WriteString(text); err != nil {
		file.Close()
		return fmt.Errorf("writing %s: %w", path, err)
	}
	if err := file.Close(); err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	return nil
}
