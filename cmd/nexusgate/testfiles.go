package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// testSuffix ends the name of a file of cases.
const testSuffix = "_test.cue"

// testFiles finds the files of cases that paths name: files, folders, and folders with all below them.
func testFiles(paths []string) ([]string, error) {
	if len(paths) == 0 {
		paths = []string{"."}
	}
	var files []string
	for _, path := range paths {
		found, err := testFilesAt(path)
		if err != nil {
			return nil, fmt.Errorf("looking for cases: %w", err)
		}
		files = append(files, found...)
	}
	slices.Sort(files)
	return slices.Compact(files), nil
}

func testFilesAt(path string) ([]string, error) {
	if folder, below := strings.CutSuffix(filepath.ToSlash(path), "..."); below {
		return testFilesBelow(filepath.Clean(folder))
	}
	about, err := os.Stat(path)
	if err != nil || !about.IsDir() {
		return []string{filepath.Clean(path)}, err
	}
	entries, err := os.ReadDir(path)
	var files []string
	for _, entry := range entries {
		if isTestFile(entry) {
			files = append(files, filepath.Join(path, entry.Name()))
		}
	}
	return files, err
}

// testFilesBelow looks into all folders but hidden ones and CUE's own.
func testFilesBelow(folder string) ([]string, error) {
	var files []string
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		switch name := entry; {
		case err != nil:
			return err
		case name.IsDir() && path != folder && (strings.HasPrefix(name.Name(), ".") || name.Name() == "cue.mod"):
			return fs.SkipDir
		case isTestFile(entry):
			files = append(files, path)
		}
		return nil
	})
	return files, err
}

func isTestFile(entry fs.DirEntry) bool {
	return !entry.IsDir() && strings.HasSuffix(entry.Name(), testSuffix)
}
