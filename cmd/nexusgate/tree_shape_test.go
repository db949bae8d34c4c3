package main_test

import (
	"go/ast"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestEachPackageSaysWhatItIs(t *testing.T) {
	docs := map[string][]string{}
	for _, s := range sources(t) {
		if s.test() || s.generated() {
			continue
		}
		folder := s.folder()
		docs[folder] = append(docs[folder], "")
		if s.file.Doc == nil {
			continue
		}
		text := s.file.Doc.Text()
		if s.file.Name.Name != "main" && !strings.HasPrefix(text, "Package "+s.file.Name.Name+" ") {
			t.Errorf("%s: the package's doc does not begin with Package %s", s.path, s.file.Name.Name)
		}
		docs[folder] = append(docs[folder], text)
	}
	for folder, texts := range docs {
		told := slices.DeleteFunc(texts, func(text string) bool { return text == "" })
		if len(told) != 1 {
			t.Errorf("%s has %d package comments, want one, in doc.go", folder, len(told))
		}
	}
}

func TestNoFunctionIsLongerThanAScreen(t *testing.T) {
	for _, s := range sources(t) {
		if s.test() || s.generated() {
			continue
		}
		for _, declaration := range s.file.Decls {
			function, ok := declaration.(*ast.FuncDecl)
			if !ok {
				continue
			}
			first, last := s.fset.Position(function.Pos()).Line, s.fset.Position(function.End()).Line
			if last-first > 60 {
				t.Errorf("%s:%d: %s has %d lines, want at most 60", s.path, first, function.Name.Name, last-first)
			}
		}
	}
}

func TestNoFileIsTooLongToRead(t *testing.T) {
	for _, s := range sources(t) {
		if !s.generated() && s.lines > 500 {
			t.Errorf("%s has %d lines, want at most 500", s.path, s.lines)
		}
	}
}

// emptyNames say where a thing lies or what it is made of, and not what it is.
var emptyNames = []string{"internal", "pkg", "util", "utils", "common", "types", "helpers", "mocks", "misc", "shared", "lib"}

func TestNoFolderHasAnEmptyName(t *testing.T) {
	for _, s := range sources(t) {
		for _, part := range strings.Split(s.folder(), "/") {
			if slices.Contains(emptyNames, part) {
				t.Errorf("%s: a folder named %s says nothing of what it holds", s.path, part)
			}
		}
	}
}

var emptyType = regexp.MustCompile(`(Manager|Service|Helper|Util|Utils|Base|Common|Impl|Data|Info)$`)

func TestNoTypeHasAnEmptyName(t *testing.T) {
	for _, s := range sources(t) {
		if s.generated() {
			continue
		}
		ast.Inspect(s.file, func(node ast.Node) bool {
			if spec, ok := node.(*ast.TypeSpec); ok && emptyType.MatchString(spec.Name.Name) {
				t.Errorf("%s: type %s has a name that fits anything", s.path, spec.Name.Name)
			}
			return true
		})
	}
}

func TestNoInterfaceIsWide(t *testing.T) {
	for _, s := range sources(t) {
		if s.generated() {
			continue
		}
		ast.Inspect(s.file, func(node ast.Node) bool {
			spec, ok := node.(*ast.TypeSpec)
			if !ok {
				return true
			}
			if wide, ok := spec.Type.(*ast.InterfaceType); ok && wide.Methods.NumFields() > 5 {
				t.Errorf("%s: interface %s has %d methods, want at most 5", s.path, spec.Name.Name, wide.Methods.NumFields())
			}
			return true
		})
	}
}

func TestTestsSeeAPackageFromOutside(t *testing.T) {
	for _, s := range sources(t) {
		if s.test() && !strings.HasPrefix(path.Base(s.path), "export_") && !strings.HasSuffix(s.file.Name.Name, "_test") {
			t.Errorf("%s is in package %s: test what a caller sees, and open a door in export_test.go where one is needed", s.path, s.file.Name.Name)
		}
	}
}
