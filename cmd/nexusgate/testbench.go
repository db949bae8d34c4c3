package main

import (
	"bytes"
	"fmt"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
)

// testBench runs cases by the definitions beside them, each of which it reads once.
type testBench struct {
	nexusFile  string // "": the one beside the cases
	wide       map[string]wideLayer
	nexuses    map[string]*gate.Nexus // by the Nexus-wide file and the teams' laid over it
	results    []testResult
	passedOver int // cases whose names --run does not match
	tried      tried
}

// wideLayer is a Nexus-wide definition with its source.
type wideLayer struct {
	definition *definition.Definition
	source     string
}

// testResult is what became of one case.
type testResult struct {
	wanted   *definition.TestCase
	verdict  gate.Verdict
	problems []string // none: it passes
	took     time.Duration
}

func newTestBench(nexusFile string) *testBench {
	return &testBench{nexusFile: nexusFile, wide: map[string]wideLayer{}, nexuses: map[string]*gate.Nexus{}, tried: newTried()}
}

func (b *testBench) failed() int {
	n := 0
	for _, r := range b.results {
		if len(r.problems) > 0 {
			n++
		}
	}
	return n
}

// run runs a case. The error, if any, is about the definition: there is nothing to test by.
func (b *testBench) run(wanted *definition.TestCase) error {
	started := time.Now()
	wide, err := b.wideLayer(wanted)
	if err != nil {
		return err
	}
	r := testResult{wanted: wanted}
	if r.verdict, err = b.judge(wide, wanted); err != nil {
		r.problems = []string{err.Error()}
	} else {
		r.problems = shortfalls(&wanted.Want, r.verdict)
	}
	r.took = time.Since(started)
	b.results = append(b.results, r)
	return nil
}

func (b *testBench) wideLayer(wanted *definition.TestCase) (wideLayer, error) {
	path := b.nexusFile
	if path == "" {
		path = filepath.Join(filepath.Dir(wanted.Pos.File), "nexus.cue")
	}
	if wide, known := b.wide[path]; known {
		return wide, nil
	}
	file, err := readFile(path)
	if err != nil {
		return wideLayer{}, fmt.Errorf("reading the definition that %s tests: %w", wanted.Pos.File, err)
	}
	d, err := load(file)
	if err != nil {
		return wideLayer{}, err
	}
	b.wide[path] = wideLayer{d, string(file.Source)}
	return b.wide[path], nil
}

// judge judges a case as the command judge does.
func (b *testBench) judge(wide wideLayer, wanted *definition.TestCase) (gate.Verdict, error) {
	n, err := b.nexus(wide, wanted)
	if err != nil {
		return gate.Verdict{}, err
	}
	evidence, err := gate.ReadEvidence(bytes.NewReader(wanted.Evidence))
	if err != nil {
		return gate.Verdict{}, atItem(wanted, err)
	}
	if err := known(wide.definition, evidence); err != nil {
		return gate.Verdict{}, atItem(wanted, err)
	}
	judge := judgeCommand{Component: wanted.Component, Change: wanted.Change}
	kase, err := judge.subject(n, evidence)
	if err != nil {
		return gate.Verdict{}, atItem(wanted, err)
	}
	v := gate.Judge(kase, evidence.Now)
	b.tried.add(gate.Exercises(kase, v))
	return v, nil
}

// item is how an error of the evidence begins that is about one piece of it.
var item = regexp.MustCompile(`^evidence\[(\d+)\]`)

// atItem places an error of the evidence in the file of cases.
func atItem(wanted *definition.TestCase, err error) error {
	if found := item.FindStringSubmatch(err.Error()); found != nil {
		if i, e := strconv.Atoi(found[1]); e == nil && i < len(wanted.Items) {
			return fmt.Errorf("%s: %w", wanted.Items[i], err)
		}
	}
	return err
}

// nexus lays a case's teams' files over the Nexus-wide definition.
func (b *testBench) nexus(wide wideLayer, wanted *definition.TestCase) (*gate.Nexus, error) {
	var teams []layer
	key := wide.definition.File
	for _, l := range wanted.Teams {
		path := filepath.Join(filepath.Dir(wanted.Pos.File), l.Path)
		file, err := readFile(path)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", l.Pos, err)
		}
		team, component, _ := strings.Cut(l.Scope, "/")
		teams = append(teams, layer{given: l.Pos.String(), team: team, component: component, file: file})
		key += "\n" + l.Scope + "=" + path
	}
	if n, known := b.nexuses[key]; known {
		return n, nil
	}
	files, err := byComponent(wide.definition, teams)
	if err != nil {
		return nil, err
	}
	b.nexuses[key] = inForce(wide.definition, wide.source, files)
	b.tried.expect(b.nexuses[key])
	return b.nexuses[key], nil
}

// files are those of the cases, each once.
func (b *testBench) files() []string {
	files := map[string]bool{}
	for _, r := range b.results {
		files[r.wanted.Pos.File] = true
	}
	return slices.Sorted(maps.Keys(files))
}
