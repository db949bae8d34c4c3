package dashboard

import (
	"context"
	"net/http"

	"github.com/nexusgate/nexusgate/gate"
)

// Aside is a delivery that was set aside because it does not decode, or passed over because it brought out
// a fault of ours, without its body, and why.
type Aside struct {
	Delivery gate.Delivery
	Reason   string
}

// asideRow is one with the page that shows its body, where those who look may see it.
type asideRow struct {
	Aside
	Path string
}

// aside shows the latest deliveries that were set aside. They are kept, and nobody's evidence.
func (d *dashboard) aside(w http.ResponseWriter, r *http.Request) {
	all, err := d.options.Aside(r.Context())
	if err != nil {
		d.refuse(w, r, d.failed(r, "reading what was set aside", err, unread()))
		return
	}
	var rows []asideRow
	for _, one := range all {
		rows = append(rows, asideRow{one, d.options.deliveryPath(one.Delivery.ID)})
	}
	d.render(w, r, http.StatusOK, "aside", page{
		Title: "Deliveries set aside", Crumbs: []crumb{{Name: "Deliveries set aside"}}, Live: soon, Body: rows,
	})
}

// nothingAside is what a reader without an inbox has set aside.
func nothingAside(context.Context) ([]Aside, error) { return nil, nil }
