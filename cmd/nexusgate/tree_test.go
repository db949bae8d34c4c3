package main_test

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
)

// The tests of the tree hold what DESIGN and STYLE promise of the whole: which package may know
// what, that each says what it is, and that the README tells the truth.

const (
	root   = "../.."
	module = "github.com/nexusgate/nexusgate"
)

// source is one Go file of the tree.
type source struct {
	path  string // from the root: "gate/judge.go"
	lines int
	fset  *token.FileSet
	file  *ast.File
}

func (s source) folder() string  { return path.Dir(s.path) }
func (s source) test() bool      { return strings.HasSuffix(s.path, "_test.go") }
func (s source) generated() bool { return ast.IsGenerated(s.file) }

// imports are the paths that the file imports, without quotes.
func (s source) imports() []string {
	var paths []string
	for _, spec := range s.file.Imports {
		paths = append(paths, strings.Trim(spec.Path.Value, `"`))
	}
	return paths
}

// sources are all Go files of the tree.
func sources(t *testing.T) []source {
	t.Helper()
	var all []source
	for _, name := range files(t, ".go") {
		text, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, name, text, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, source{path: name, lines: bytes.Count(text, []byte("\n")), fset: fset, file: file})
	}
	return all
}

// files are the paths of all files with that suffix, from the root, without what is fetched or recorded.
func files(t *testing.T, suffix string) []string {
	t.Helper()
	var names []string
	err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			return skipped(name, entry.Name())
		}
		if strings.HasSuffix(name, suffix) {
			inside, err := filepath.Rel(root, name)
			names = append(names, filepath.ToSlash(inside))
			return err
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(names) == 0 {
		t.Fatalf("no %s file in the tree: is the root still %s?", suffix, root)
	}
	return names
}

func skipped(name, base string) error {
	if name != root && (strings.HasPrefix(base, ".") || base == "testdata" || base == "bin" || base == "node_modules") {
		return fs.SkipDir
	}
	return nil
}

// under says whether a path is that prefix or lies below it.
func under(name, prefix string) bool {
	return name == prefix || strings.HasPrefix(name, prefix+"/")
}
