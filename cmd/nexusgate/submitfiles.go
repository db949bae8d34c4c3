package main

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate/facts"
)

// globbed are the files that patterns name, each once and in order. A pattern that names none is a mistake.
func globbed(patterns []string) ([]string, error) {
	var all []string
	for _, pattern := range patterns {
		if _, err := os.Stat(pattern); err == nil || !strings.ContainsAny(pattern, `*?[`) {
			all = append(all, pattern)
			continue
		}
		found, err := matching(filepath.ToSlash(pattern))
		if err != nil {
			return nil, err
		}
		if len(found) == 0 {
			return nil, fmt.Errorf("%s matches no file: see that what writes them ran, and in which folder", pattern)
		}
		all = append(all, found...)
	}
	slices.Sort(all)
	return slices.Compact(all), nil
}

// matching walks the folder that a pattern begins with.
func matching(pattern string) (found []string, err error) {
	root := "."
	if at := strings.IndexAny(pattern, `*?[`); strings.Contains(pattern[:at], "/") {
		root = path.Dir(pattern[:at] + "x")
	}
	err = filepath.WalkDir(root, func(at string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() && definition.MatchGlob(strings.TrimPrefix(pattern, "./"), filepath.ToSlash(at)) {
			found = append(found, at)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("looking for %s: %w", pattern, err)
	}
	return found, nil
}

// sumOf is the sha256 of a file that is not too large to be taken.
func sumOf(file string) (string, error) {
	f, err := os.Open(file)
	if err != nil {
		return "", fmt.Errorf("reading evidence: %w", err)
	}
	defer f.Close()
	sum := sha256.New()
	n, err := io.Copy(sum, io.LimitReader(f, facts.MaxFile+1))
	switch {
	case err != nil:
		return "", fmt.Errorf("reading evidence: %w", err)
	case n > facts.MaxFile:
		return "", fmt.Errorf("%s is larger than the %d MiB that are taken of a file", file, facts.MaxFile>>20)
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// newIdempotencyKey is one that nobody else has.
func newIdempotencyKey() string { return rand.Text() }
