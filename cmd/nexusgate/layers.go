package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/nexusgate/nexusgate/definition"
)

// layers are the arguments that name the files which say what done means: the Nexus-wide one, and
// those of teams.
type layers struct {
	Nexus string   `arg:"" name:"nexus.cue" help:"The Nexus-wide definition."`
	Team  []string `sep:"none" placeholder:"NAME=FILE" help:"A team's done.cue, laid over the Nexus's for all components of the team; NAME/COMPONENT=FILE for one of them. May be repeated."`
}

// layer is a team's file, and whose it is.
type layer struct {
	given           string // as it was written: "--team cart=cart.cue"
	team, component string // component "": all of the team's
	file            definition.File
}

// read reads the files, and nothing in them.
func (l *layers) read() (nexus definition.File, teams []layer, err error) {
	if nexus, err = readFile(l.Nexus); err != nil {
		return nexus, nil, fmt.Errorf("reading the Nexus-wide definition: %w", err)
	}
	for _, flag := range l.Team {
		team, err := readLayer(flag)
		if err != nil {
			return nexus, nil, err
		}
		teams = append(teams, team)
	}
	return nexus, teams, nil
}

func readLayer(flag string) (layer, error) {
	scope, path, ok := strings.Cut(flag, "=")
	team, component, one := strings.Cut(scope, "/")
	if !ok || team == "" || path == "" || (one && component == "") {
		return layer{}, fmt.Errorf("--team %s: write NAME=FILE for all components of a team, or NAME/COMPONENT=FILE for one", flag)
	}
	file, err := readFile(path)
	if err != nil {
		return layer{}, fmt.Errorf("--team %s: %w", flag, err)
	}
	return layer{given: "--team " + flag, team: team, component: component, file: file}, nil
}

// largestFile bounds what is read of a definition, in bytes. What the language itself allows is less.
const largestFile = 4 << 20

func readFile(path string) (definition.File, error) {
	f, err := os.Open(path)
	if err != nil {
		return definition.File{}, err
	}
	defer f.Close()
	source, err := io.ReadAll(io.LimitReader(f, largestFile+1))
	if err != nil {
		return definition.File{}, err
	}
	if len(source) > largestFile {
		return definition.File{}, fmt.Errorf("%s is larger than 4 MiB: that is no definition", path)
	}
	return definition.File{Name: path, Source: source}, nil
}

// byComponent gives each component the file that is for it. A file for one component goes before
// the one for all of its team's.
func byComponent(d *definition.Definition, teams []layer) (map[string]definition.File, error) {
	files := map[string]definition.File{}
	given := map[[2]string]bool{}
	for _, l := range teams {
		owned, err := l.components(d)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", l.given, err)
		}
		scope := [2]string{l.team, l.component}
		if given[scope] {
			return nil, fmt.Errorf("%s: there is another file for the same; name one", l.given)
		}
		given[scope] = true
		for _, name := range owned {
			if l.component != "" || !given[[2]string{l.team, name}] {
				files[name] = l.file
			}
		}
	}
	return files, nil
}

// components are the names of those that the file is for.
func (l *layer) components(d *definition.Definition) ([]string, error) {
	i := slices.IndexFunc(d.Teams, func(t definition.Team) bool { return t.Name == l.team })
	if i < 0 {
		return nil, fmt.Errorf("%s has no team %q; it has %s", d.Name, l.team, names(d.Teams, func(t definition.Team) string { return t.Name }))
	}
	var owned []string
	for _, c := range d.Teams[i].Components {
		if l.component == "" || l.component == c.Name {
			owned = append(owned, c.Name)
		}
	}
	switch {
	case len(d.Teams[i].Components) == 0:
		return nil, fmt.Errorf("the team %s has no component that a file could be for", l.team)
	case len(owned) == 0:
		return nil, fmt.Errorf("the team %s has no component %q; it has %s", l.team, l.component, names(d.Teams[i].Components, componentName))
	}
	return owned, nil
}

func componentName(c definition.Component) string { return c.Name }

// names lists what there is, where something was named that there is not.
func names[T any](all []T, name func(T) string) string {
	list := make([]string, len(all))
	for i, one := range all {
		list[i] = name(one)
	}
	if len(list) == 0 {
		return "none"
	}
	return strings.Join(list, ", ")
}

// faultsIn are the faults in an error of the definition's.
func faultsIn(err error) definition.Faults {
	if err == nil {
		return nil
	}
	if faults, ok := errors.AsType[definition.Faults](err); ok {
		return faults
	}
	return definition.Faults{{Message: err.Error()}}
}
