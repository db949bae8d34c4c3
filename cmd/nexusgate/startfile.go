package main

import (
	_ "embed" // the starter
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/nexusgate/nexusgate/definition"
)

// What a Nexus begins with.
var (
	//go:embed starter/nexus.cue
	starterNexus string
	//go:embed starter/nexus_test.cue
	starterCases string
	//go:embed starter/nexus_schema.cue
	starterNexusSchema string
	//go:embed starter/done.cue
	starterTeam string
	//go:embed starter/done_schema.cue
	starterTeamSchema string
	//go:embed starter/module.cue
	starterModule string
)

// startFile is a file to begin with.
type startFile struct {
	path, text string
	kept       bool // one that is there already will do
}

// startFiles are those of a Nexus, and of a team in its folder .nexus.
func startFiles(dir string) []startFile {
	team := filepath.Join(dir, ".nexus")
	return slices.Concat(
		[]startFile{
			{path: filepath.Join(dir, "nexus.cue"), text: starterNexus},
			{path: filepath.Join(dir, "nexus_test.cue"), text: starterCases},
			{path: filepath.Join(dir, "nexus_schema.cue"), text: starterNexusSchema},
			{path: filepath.Join(team, "done.cue"), text: starterTeam},
			{path: filepath.Join(team, "done_schema.cue"), text: starterTeamSchema},
		},
		editorFiles(dir), editorFiles(team),
	)
}

// editorFiles make a folder a CUE module that holds the schema where an import finds it.
func editorFiles(dir string) []startFile {
	return []startFile{
		{path: filepath.Join(dir, "cue.mod", "module.cue"), text: starterModule, kept: true},
		{path: filepath.Join(dir, "cue.mod", "pkg", "github.com", "nexusgate", "nexusgate", "definition", "schema.cue"), text: schemaPackage()},
	}
}

func schemaPackage() string { return "package definition\n\n" + definition.Schema() }

// renewSchema writes the schema anew. What applies it to a package is written once: it may name a
// team's own criteria.
func renewSchema(dir, name string, apply startFile) error {
	apply.path, apply.kept = filepath.Join(dir, apply.path), true
	apply.text = packageClause.ReplaceAllString(apply.text, "package "+name)
	for _, f := range append(editorFiles(dir), apply) {
		if err := f.renew(); err != nil {
			return err
		}
	}
	return nil
}

var packageClause = regexp.MustCompile(`(?m)^package[ \t]+(\w+)`)

// packageOf is the name of a CUE file's package, or "" for none.
func packageOf(source []byte) string {
	if found := packageClause.FindSubmatch(source); found != nil {
		return string(found[1])
	}
	return ""
}

// free sees that nothing is in the way, before anything is written.
func free(files []startFile) error {
	var taken []string
	for _, f := range files {
		if _, err := os.Lstat(f.path); err == nil && !f.kept {
			taken = append(taken, f.path)
		}
	}
	switch len(taken) {
	case 0:
		return nil
	case 1:
		return fmt.Errorf("%s is there already; nothing was written: move it away, name another directory, or have --schema write what an editor needs beside it", taken[0])
	default:
		return fmt.Errorf("%s are there already; nothing was written: move them away, name another directory, or have --schema write what an editor needs beside them", strings.Join(taken, " and "))
	}
}

// begin writes a file that is not there yet.
func (f startFile) begin() error {
	if err := f.place(); err != nil {
		return err
	}
	file, err := os.OpenFile(f.path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) && f.kept {
		return nil
	}
	if err != nil {
		return fmt.Errorf("writing %s: %w", f.path, err)
	}
	if _, err := file.WriteString(f.text); err != nil {
		file.Close()
		return fmt.Errorf("writing %s: %w", f.path, err)
	}
	if err := file.Close(); err != nil {
		return fmt.Errorf("writing %s: %w", f.path, err)
	}
	return nil
}

// renew writes a file, over what was there unless that is kept.
func (f startFile) renew() error {
	if f.kept {
		return f.begin()
	}
	if err := f.place(); err != nil {
		return err
	}
	if err := os.WriteFile(f.path, []byte(f.text), 0o644); err != nil {
		return fmt.Errorf("writing %s: %w", f.path, err)
	}
	return nil
}

func (f startFile) place() error {
	if err := os.MkdirAll(filepath.Dir(f.path), 0o755); err != nil {
		return fmt.Errorf("making a place for %s: %w", f.path, err)
	}
	return nil
}
