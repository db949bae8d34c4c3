package dashboard

import (
	"context"
	"net/http"

	"github.com/nexusgate/nexusgate/gate"
)

// Aside is a delivery that was set aside because it does not decode, without its body, and why.
type Aside struct {
	Delivery gate.Delivery
	Reason   string
}

// aside shows the latest deliveries that were set aside. They are kept, and nobody's evidence.
func (d *dashboard) aside(w http.ResponseWriter, r *http.Request) {
	all, err := d.options.Aside(r.Context())
	if err != nil {
		d.refuse(w, r, d.failed(r, "reading what was set aside", err, unread()))
		return
	}
	d.render(w, r, http.StatusOK, "aside", page{
		Title: "Deliveries set aside", Crumbs: []crumb{{Name: "Deliveries set aside"}}, Live: true, Body: all,
	})
}

// nothingAside is what a reader without an inbox has set aside.
func nothingAside(context.Context) ([]Aside, error) { return nil, nil }
