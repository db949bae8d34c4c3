package main

import (
	"context"
	"fmt"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
)

// readNexus reads a Nexus-wide definition at a commit of its home, and computes it. What is wrong with
// it is part of what was read, and then there is no definition; an error is worth another try.
func readNexus(ctx context.Context, from client, s *settler, w gate.Want) (gate.NexusRead, *definition.Definition, error) {
	event, err := from.Read(ctx, w)
	if err != nil {
		return gate.NexusRead{}, nil, err
	}
	file, ok := event.(gate.FileRead)
	if !ok {
		return gate.NexusRead{}, nil, fmt.Errorf("a %T came for a definition", event)
	}
	read := gate.NexusRead{Repo: file.Repo, Commit: file.Commit, Path: file.Path, Source: file.Source, Absent: file.Absent, Cut: file.Cut}
	if read.Absent || read.Cut {
		read.Source = ""
		return read, nil, nil
	}
	result, err := s.settle(ctx, definition.File{Name: homeFile(file.Repo, file.Path), Source: []byte(file.Source)})
	read.Settled, read.Faults = result.settled, result.faults
	return read, result.definition, err
}
