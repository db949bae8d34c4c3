package dashboard

import (
	"context"
	"net/http"
)

// Transparency is the log of verdicts, for those who do not take this service's word. All of it is public
// in nature; what it proves is said by package attest.
type Transparency interface {
	// Head is the last signed head of a Nexus's log, as text.
	Head(ctx context.Context, nexus string) (string, error)
	// Proof proves that a verdict of a Nexus is under that head, as JSON.
	Proof(ctx context.Context, nexus, verdict string) ([]byte, error)
	// Leaf is a verdict of a Nexus as it was logged: its canonical JSON, byte for byte.
	Leaf(ctx context.Context, nexus, verdict string) ([]byte, error)
	// Growth proves that the log which that head tells of begins with a smaller one, as JSON.
	Growth(ctx context.Context, nexus string, from int64) ([]byte, error)
}

func (d *dashboard) logHead(w http.ResponseWriter, r *http.Request) {
	head, err := d.options.Transparency.Head(r.Context(), r.PathValue("name"))
	if err != nil {
		d.answer(w, r, nil, d.failed(r, "reading the head of a log", err, noLogHead(r.PathValue("name"))))
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = w.Write([]byte(head))
}

func (d *dashboard) logProof(w http.ResponseWriter, r *http.Request) {
	proof, err := d.options.Transparency.Proof(r.Context(), r.PathValue("name"), r.PathValue("id"))
	d.proven(w, r, proof, err)
}

func (d *dashboard) logLeaf(w http.ResponseWriter, r *http.Request) {
	leaf, err := d.options.Transparency.Leaf(r.Context(), r.PathValue("name"), r.PathValue("id"))
	if err != nil {
		d.answer(w, r, nil, d.failed(r, "reading a leaf of a log", err, noVerdict(r.PathValue("id"))))
		return
	}
	d.proven(w, r, leaf, nil)
}

func (d *dashboard) logGrowth(w http.ResponseWriter, r *http.Request) {
	from, f := size(r.PathValue("size"))
	if f != nil {
		d.answer(w, r, nil, f)
		return
	}
	proof, err := d.options.Transparency.Growth(r.Context(), r.PathValue("name"), from)
	d.proven(w, r, proof, err)
}

func (d *dashboard) proven(w http.ResponseWriter, r *http.Request, proof []byte, err error) {
	if err != nil {
		d.answer(w, r, nil, d.failed(r, "proving from a log", err, noProof(r.PathValue("name"))))
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(proof)
}
