package main

import (
	"cmp"
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
)

// version is stamped by the linker: -X main.version=v0.1.0.
var version string

// build is what this program was made from.
type build struct{ version, commit, golang string }

// thisBuild reads what the linker stamped and what the Go command noted.
func thisBuild() build {
	b := build{version: version, golang: runtime.Version()}
	noted, ok := debug.ReadBuildInfo()
	if ok {
		b.version = cmp.Or(b.version, noted.Main.Version)
		b.commit = commitIn(noted.Settings)
	}
	b.version, b.commit = cmp.Or(b.version, "unknown"), cmp.Or(b.commit, "unknown")
	return b
}

func commitIn(settings []debug.BuildSetting) string {
	var commit, changed string
	for _, s := range settings {
		switch {
		case s.Key == "vcs.revision":
			commit = s.Value
		case s.Key == "vcs.modified" && s.Value == "true":
			changed = " and changes"
		}
	}
	if commit == "" {
		return ""
	}
	return commit + changed
}

// versionCommand prints what this program is.
type versionCommand struct{}

// Run is the command.
func (*versionCommand) Run(_ context.Context, s streams) (answer, error) {
	b := thisBuild()
	_, err := fmt.Fprintf(s.out, "nexusgate %s\ncommit    %s\ngo        %s %s/%s\n", b.version, b.commit, b.golang, runtime.GOOS, runtime.GOARCH)
	if err != nil {
		return failed, fmt.Errorf("printing the version: %w", err)
	}
	return yes, nil
}
