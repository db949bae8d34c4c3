package dashboard

import (
	"context"
	"fmt"
	"mime"
	"net/http"

	"github.com/nexusgate/nexusgate/gate"
)

// Attestations are verdicts as signed statements, for those who carry them away.
type Attestations interface {
	// Attestation is the statement on a decided verdict on an Increment, in its envelope.
	Attestation(ctx context.Context, verdict string) ([]byte, error)
}

// envelopeType is https://github.com/in-toto/attestation/blob/main/spec/v1/envelope.md's for a verification
// summary.
const envelopeType = "application/vnd.in-toto.vsa+dsse"

// attestation gives the statement on a verdict as a file.
func (d *dashboard) attestation(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("id")
	v, err := d.reader.Verdict(r.Context(), id)
	if err != nil {
		d.answer(w, r, nil, d.failed(r, "reading a verdict", err, noVerdict(id)))
		return
	}
	if f := d.unattested(v); f != nil {
		d.answer(w, r, nil, f)
		return
	}
	envelope, err := d.options.Attestations.Attestation(r.Context(), id)
	if err != nil {
		d.answer(w, r, nil, d.failed(r, "stating a verdict", err, unread()))
		return
	}
	w.Header().Set("Content-Type", envelopeType)
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{
		"filename": fmt.Sprintf("%s-increment-%s.json", v.Nexus, v.Subject.ID),
	}))
	_, _ = w.Write(envelope) // a reader who has left is nobody's error
}

// unattested says why there is no statement on a verdict; nil where there is one.
func (d *dashboard) unattested(v gate.Verdict) *fault {
	f := &fault{status: http.StatusNotFound}
	switch {
	case d.options.Attestations == nil:
		f.Error, f.Next = "this service signs no statements: it has no key", "the operator makes one with nexusgate attest key, and gives it to serve with --attest-key"
	case v.Subject.Kind != gate.OfIncrement:
		f.Error, f.Next = "statements are made on Increments alone, and this verdict is on a "+string(v.Subject.Kind), "see "+headPath(v.Nexus)+" for the verdict on the sum of all"
	case !v.Outcome.Decided():
		f.Error, f.Next = "nothing is decided yet: this verdict waits", "see "+headPath(v.Nexus)+" for the latest verdict, which has another id"
	default:
		return nil
	}
	return f
}

// attestationPath is where the statement on a verdict is; "" where there is none.
func (d *dashboard) attestationPath(v gate.Verdict) string {
	if d.unattested(v) != nil {
		return ""
	}
	return "/api/v1" + verdictPath(v.ID) + "/attestation"
}
