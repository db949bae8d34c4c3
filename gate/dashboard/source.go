package dashboard

import (
	"net/http"
	"slices"
	"strings"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/report"
)

// How much of a source a page shows. A definition is smaller; what is larger is cut, and says so.
const (
	sourceLines = 5000
	lineSize    = 1000 // characters
)

// sourcePage is one source as it was in force, line by line.
type sourcePage struct {
	Nexus  string
	Source gate.DefinitionSource
	Lines  []sourceLine
	More   int // lines beyond those
}

type sourceLine struct {
	Number int
	Text   string
}

// source shows a definition as text, with an anchor at each line for the places that findings name.
func (d *dashboard) source(w http.ResponseWriter, r *http.Request) {
	nexus, digest := r.PathValue("name"), r.PathValue("digest")
	if d.options.Definitions == nil {
		d.refuse(w, r, noPage())
		return
	}
	kept, err := d.options.Definitions.Source(r.Context(), digest)
	if err != nil {
		d.refuse(w, r, d.failed(r, "reading a definition", err, noSource(nexus, digest)))
		return
	}
	kept, f := d.ofNexus(r, kept, nexus)
	if f != nil {
		d.refuse(w, r, f)
		return
	}
	name := report.Cut(report.Plain(kept.File), 100)
	d.render(w, r, http.StatusOK, "source", page{
		Title: name, Nexus: nexus, Here: atDefinition, Body: newSourcePage(kept),
		Crumbs: []crumb{{nexus, nexusPath(nexus)}, {"Definition of Done", definitionPath(nexus)}, {Name: name}},
	})
}

// ofNexus is a source as a Nexus had it. It is kept once, for the first that did; of what a Nexus never
// had, its pages say nothing.
func (d *dashboard) ofNexus(r *http.Request, kept gate.DefinitionSource, nexus string) (gate.DefinitionSource, *fault) {
	if kept.Nexus == nexus {
		return kept, nil
	}
	versions, err := d.options.Definitions.Versions(r.Context(), nexus)
	if err != nil {
		return kept, d.failed(r, "reading the versions of a definition", err, noSource(nexus, kept.Digest))
	}
	i := slices.IndexFunc(versions, func(v gate.Version) bool { return v.Digest == kept.Digest })
	if i < 0 {
		return kept, noSource(nexus, kept.Digest)
	}
	kept.Nexus, kept.File = nexus, versions[i].File
	return kept, nil
}

func newSourcePage(kept gate.DefinitionSource) sourcePage {
	p := sourcePage{Nexus: kept.Nexus, Source: kept}
	lines := strings.Split(strings.TrimSuffix(kept.Source, "\n"), "\n")
	for i, line := range lines[:min(len(lines), sourceLines)] {
		p.Lines = append(p.Lines, sourceLine{i + 1, report.Cut(legible(line), lineSize)})
	}
	p.More = len(lines) - len(p.Lines)
	return p
}

// legible keeps a line's spaces, which a source is read by, and nothing invisible besides.
func legible(line string) string {
	fields := strings.SplitAfter(strings.ReplaceAll(strings.TrimSuffix(line, "\r"), "\t", "    "), " ")
	for i, f := range fields {
		word, space := strings.CutSuffix(f, " ")
		if fields[i] = report.Plain(word); space {
			fields[i] += " "
		}
	}
	return strings.Join(fields, "")
}
