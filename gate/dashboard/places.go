package dashboard

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/nexusgate/nexusgate/gate"
)

// place is where a rule stands, and the page of its source where that is kept.
type place struct{ Text, Path string }

// places finds the pages of the sources that were in force under one digest.
type places struct {
	nexus  string
	digest map[string]string // file → digest of its source
}

// placesOf are those that a verdict of that digest rests on. Without them a place is text alone.
func (d *dashboard) placesOf(r *http.Request, nexus, manifest string) places {
	if d.options.Definitions == nil || manifest == "" {
		return places{}
	}
	kept, err := d.options.Definitions.Source(r.Context(), manifest)
	if err != nil {
		if !d.options.NotFound(err) {
			d.failed(r, "reading what was in force", err, nil)
		}
		return places{}
	}
	var m gate.Manifest
	if err := json.Unmarshal([]byte(kept.Source), &m); err != nil {
		return places{} // kept before there were manifests
	}
	p := places{nexus: nexus, digest: map[string]string{m.Nexus.File: m.Nexus.Digest}}
	for _, layer := range m.Layers {
		p.digest[layer.File] = layer.Digest
	}
	return p
}

// at is the place FILE:LINE:COL.
func (p places) at(text string) place {
	file, line, ok := cutPlace(text)
	digest := p.digest[file]
	if !ok || digest == "" {
		return place{Text: text}
	}
	return place{text, sourcePath(p.nexus, digest) + "#L" + strconv.Itoa(line)}
}

// cutPlace takes FILE:LINE:COL apart; the file's own name may hold colons.
func cutPlace(text string) (file string, line int, ok bool) {
	rest, _, found := cutLast(text)
	file, number, foundToo := cutLast(rest)
	line, err := strconv.Atoi(number)
	return file, line, found && foundToo && err == nil && line > 0
}

func cutLast(s string) (before, after string, found bool) {
	i := strings.LastIndexByte(s, ':')
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+1:], true
}

func definitionPath(nexus string) string { return nexusPath(nexus) + "/definition" }

// sourcePath is the page of one source.
func sourcePath(nexus, digest string) string {
	return definitionPath(nexus) + "/" + url.PathEscape(digest)
}

// explainPath is the page that explains a finding; "" where nothing is explained.
func (d *dashboard) explainPath(verdict, criterion, component string) string {
	if d.options.Explainer == nil || verdict == "" {
		return ""
	}
	asked := url.Values{"criterion": {criterion}}
	if component != "" {
		asked.Set("component", component)
	}
	return verdictPath(verdict) + "/explain?" + asked.Encode()
}
