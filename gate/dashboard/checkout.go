package dashboard

import (
	"net/http"

	"github.com/nexusgate/nexusgate/gate"
)

// apiCheckout is an Increment as it is to be fetched.
func (d *dashboard) apiCheckout(w http.ResponseWriter, r *http.Request) {
	s, ok := d.reader.Standing(r.PathValue("name"))
	if !ok || s.Definition == nil {
		d.answer(w, r, nil, noNexus(r.PathValue("name")))
		return
	}
	inc, _, f := d.increment(r, s, r.PathValue("which"))
	if f != nil {
		d.answer(w, r, nil, f)
		return
	}
	d.answer(w, r, gate.CheckoutOf(s.Definition, inc), nil)
}
