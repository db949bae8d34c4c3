package gate

import (
	"encoding/json"
	"fmt"
	"time"
)

// Manifest names all that is in force by its digests: the Nexus-wide layer, and those of teams. Its own
// digest is what a verdict carries, so that any verdict can be explained by the very rules it was made by.
type Manifest struct {
	Nexus  LayerRef            `json:"nexus"`
	Layers map[string]LayerRef `json:"layers,omitempty"` // by component; refused ones are not in force
	Void   map[string]string   `json:"void,omitempty"`   // exceptions that are not in force, by id, and why
}

// LayerRef names one layer.
type LayerRef struct {
	File   string `json:"file"`
	Digest string `json:"digest"` // of its source
}

// Digest addresses a manifest by its content.
func (m Manifest) Digest() string { return digest(m) }

func (m *Manifest) lay(component string, l Layer) {
	if m.Layers == nil {
		m.Layers = map[string]LayerRef{}
	}
	m.Layers[component] = LayerRef{File: l.File, Digest: digestOf(l.Source)}
}

func (m *Manifest) avoid(exception, why string) {
	if m.Void == nil {
		m.Void = map[string]string{}
	}
	m.Void[exception] = why
}

// ManifestFile is the name under which manifests are kept among the definitions.
const ManifestFile = "manifest"

// InForceKey is the key of the document that tells what is in force in a Nexus.
const InForceKey = inForceDoc + " "

// InForce reads from that document the manifest that was last told.
func InForce(doc Doc) (Manifest, error) {
	var in inForce
	if err := json.Unmarshal(doc.Body, &in); err != nil {
		return Manifest{}, fmt.Errorf("reading what is in force in %s: %w", doc.Nexus, err)
	}
	return in.Manifest, nil
}

// Version is a layer coming into force: every definition that ever was, and who brought it.
type Version struct {
	Nexus     string    `json:"nexus"`
	Component string    `json:"component,omitempty"` // "" for the Nexus-wide layer
	Digest    string    `json:"digest,omitempty"`    // of the source; "" where the layer was taken away
	File      string    `json:"file"`
	Commit    string    `json:"commit,omitempty"`
	Change    string    `json:"change,omitempty"`    // "acme/nexus#3", where it came by one
	Author    string    `json:"author,omitempty"`    // of the change
	Approvers []string  `json:"approvers,omitempty"` // of the change, at the head that landed
	At        time.Time `json:"at"`                  // when it came into force
	Note      string    `json:"note,omitempty"`      // "given to the service as a file", "first read of its home"
}
