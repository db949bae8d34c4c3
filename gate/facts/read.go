package facts

import (
	"fmt"
	"slices"
	"strings"

	"github.com/nexusgate/nexusgate/gate"
)

// File is an evidence file as it came. Its name is shown in errors and decides nothing.
type File struct {
	Name string
	Body []byte
}

// kind is how the files of one kind of evidence are read: each into counts, and their sum into facts.
// A file that says nothing of the kind, not even that there is none, has nil counts.
type kind struct {
	read  func(File) (counts, error)
	facts func(counts) gate.Facts
}

var kinds = map[string]kind{
	"junit":           {readJUnit, plainFacts},
	"coverage":        {readCoverage, coverageFacts},
	"sarif":           {readSARIF, plainFacts},
	"sbom":            {readSBOM, plainFacts},
	"vulnerabilities": {readVulnerabilities, vulnerabilityFacts},
}

// Read reads the files of one kind of evidence into facts: "junit", "coverage", "sarif", "sbom",
// "vulnerabilities", or a name of the user's own, whose one file is a JSON object of facts. The counts
// of several files are added. An error is about the files: it names one of them, the place in it where
// there is one, and what to do.
func Read(kind string, files []File) (gate.Facts, error) {
	facts, err := read(kind, files)
	if err != nil {
		return nil, fmt.Errorf("reading evidence of kind %s: %w", cut(kind, maxTextShown), err)
	}
	return facts, nil
}

func read(kind string, files []File) (gate.Facts, error) {
	if err := bounded(files); err != nil {
		return nil, err
	}
	k, ours := kinds[kind]
	if !ours {
		return readOwn(kind, files)
	}
	sum, silent := counts{}, false
	for _, f := range files {
		text, err := plain(f)
		if err != nil {
			return nil, err
		}
		found, err := k.read(text)
		if err != nil {
			return nil, err
		}
		sum.add(found)
		silent = silent || found == nil
	}
	if name, ok := sum.tooLarge(); ok {
		return nil, fmt.Errorf("%s comes to more than anything real has: look at what wrote the files", name)
	}
	if silent {
		return gate.Facts{}, nil
	}
	return k.facts(sum), nil
}

// bounded looks at how much there is, before any of it is read.
func bounded(files []File) error {
	if len(files) == 0 {
		return fmt.Errorf("there is no file: name at least one")
	}
	if len(files) > MaxFiles {
		return fmt.Errorf("%d files are more than %d: submit them in parts, under names of their own", len(files), MaxFiles)
	}
	total := 0
	for _, f := range files {
		if len(f.Body) > MaxFile {
			return fmt.Errorf("%s has %d bytes, more than %d: split it, or leave out what the tool adds to its results, such as output and sources", f.shown(), len(f.Body), MaxFile)
		}
		total += len(f.Body)
	}
	if total > MaxTotal {
		return fmt.Errorf("%d files have %d bytes together, more than %d: submit them in parts, under names of their own", len(files), total, MaxTotal)
	}
	return nil
}

// counts are what files of one kind come to, by the names of the facts.
type counts map[string]int

func (c counts) add(other counts) {
	for name, n := range other {
		c[name] += n
	}
}

// tooLarge names a count that no arithmetic is safe with.
func (c counts) tooLarge() (string, bool) {
	names := make([]string, 0, len(c))
	for name, n := range c {
		if n < 0 || n > maxSum {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return strings.Join(names, ", "), len(names) > 0
}

// plainFacts are the counts themselves.
func plainFacts(c counts) gate.Facts {
	facts := gate.Facts{}
	for name, n := range c {
		facts[name] = n
	}
	return facts
}
