package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
)

// initCommand writes the files that a Nexus begins with.
type initCommand struct {
	Dir    string `arg:"" optional:"" default:"." name:"DIR" help:"Where to; it is made if it is not there. Default: the current one."`
	Schema bool   `help:"Write only what an editor needs, beside the nexus.cue and the .nexus/done.cue that are there, and renew it."`
}

// Help is what the command's help says besides its flags.
func (*initCommand) Help() string {
	return `Three files, with comments that explain them: nexus.cue, the definition of the
Nexus, nexus_test.cue, the cases that test it, and .nexus/done.cue, by which a
team tightens it in its own repository. What is there already is never
overwritten.

Beside them is what CUE's own tools need to complete and check them in an
editor: a cue.mod with the schema, and a file that applies it. The folder .nexus
has its own, so that a team takes it whole. With --schema it is written for
files that are there already, and renewed after nexusgate was.

Examples:
  nexusgate init shop
  nexusgate vet shop/nexus.cue --team cart=shop/.nexus/done.cue
  nexusgate test shop`
}

// Run is the command.
func (c *initCommand) Run(_ context.Context, s streams) (answer, error) {
	if c.Schema {
		return yes, c.renew(s)
	}
	files := startFiles(c.Dir)
	if err := free(files); err != nil {
		return failed, err
	}
	for _, f := range files {
		if err := f.begin(); err != nil {
			return failed, err
		}
	}
	return yes, c.tell(s)
}

func (c *initCommand) tell(s streams) error {
	nexus, team := filepath.Join(c.Dir, "nexus.cue"), filepath.Join(c.Dir, ".nexus", "done.cue")
	written := columns([][2]string{
		{nexus, "the Nexus's: name your teams, repositories and criteria"},
		{filepath.Join(c.Dir, "nexus_test.cue"), "the cases that test it"},
		{team, "a team's, for its own repository"},
		{"cue.mod, *_schema.cue", "beside them, for an editor"},
	})
	_, err := fmt.Fprintf(s.out, "%s\nTry\n  nexusgate vet %s --team cart=%s\n  nexusgate test %s\n", written, nexus, team, c.Dir)
	if err != nil {
		return fmt.Errorf("telling what was written: %w", err)
	}
	return nil
}

// renew writes what an editor needs beside the layers that are there.
func (c *initCommand) renew(s streams) error {
	renewed := 0
	for _, layer := range []struct {
		dir, name string
		apply     startFile
	}{
		{c.Dir, "nexus.cue", startFile{path: "nexus_schema.cue", text: starterNexusSchema}},
		{filepath.Join(c.Dir, ".nexus"), "done.cue", startFile{path: "done_schema.cue", text: starterTeamSchema}},
	} {
		path := filepath.Join(layer.dir, layer.name)
		file, err := readFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		} else if err != nil {
			return fmt.Errorf("reading what the schema is for: %w", err)
		}
		name, advice := packageOf(file.Source), ""
		if name == "" {
			name = strings.TrimSuffix(layer.name, ".cue")
			advice = fmt.Sprintf("; begin it with \"package %s\", so that an editor reads them together", name)
		}
		if err := renewSchema(layer.dir, name, layer.apply); err != nil {
			return err
		}
		renewed++
		if _, err := fmt.Fprintf(s.out, "%s: the schema beside it is that of this nexusgate%s\n", path, advice); err != nil {
			return fmt.Errorf("telling what was written: %w", err)
		}
	}
	if renewed == 0 {
		return fmt.Errorf("%s has neither a nexus.cue nor a .nexus/done.cue that a schema could be for; nexusgate init writes them", c.Dir)
	}
	return nil
}
