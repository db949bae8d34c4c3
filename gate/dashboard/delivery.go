package dashboard

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/report"
)

// mostOfBody bounds how much of a delivery's body a page shows, in bytes.
const mostOfBody = 64 << 10

// deliveryPage is a delivery as it came.
type deliveryPage struct {
	Delivery gate.Delivery
	Lines    []string
	Size     int // of the body, in bytes
	Cut      bool
}

// delivery shows what a forge sent, to those who have logged in and to nobody else: it names people, and
// holds whatever they wrote.
func (d *dashboard) delivery(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("id")
	if d.options.Delivery == nil || !d.options.Private {
		d.refuse(w, r, noPage())
		return
	}
	kept, err := d.options.Delivery(r.Context(), id)
	if err != nil {
		d.refuse(w, r, d.failed(r, "reading a delivery", err, noDelivery(id)))
		return
	}
	d.render(w, r, http.StatusOK, "delivery", page{
		Title: "A delivery", Body: newDeliveryPage(kept), Crumbs: []crumb{{"Deliveries set aside", "/aside"}, {Name: "A delivery"}},
	})
}

func noDelivery(id string) *fault {
	return &fault{http.StatusNotFound, "No such delivery", fmt.Sprintf("there is no delivery %q", brief(id)), "see /aside for those that could not be read; old ones are let go of"}
}

func newDeliveryPage(kept gate.Delivery) deliveryPage {
	body := kept.Body[:min(len(kept.Body), mostOfBody)]
	p := deliveryPage{Delivery: kept, Size: len(kept.Body), Cut: len(body) < len(kept.Body)}
	p.Delivery.Body = nil
	var spaced bytes.Buffer
	if json.Indent(&spaced, body, "", "  ") == nil { // one that was cut is no JSON, and shown as it is
		body = spaced.Bytes()
	}
	lines := strings.Split(string(body), "\n")
	for _, line := range lines[:min(len(lines), sourceLines)] {
		p.Lines = append(p.Lines, report.Cut(legible(line), lineSize))
	}
	p.Cut = p.Cut || len(lines) > len(p.Lines)
	return p
}

// deliveryPath is the page of a delivery; "" where those who look may not see it.
func (o *Options) deliveryPath(id string) string {
	if o.Delivery == nil || !o.Private {
		return ""
	}
	return "/deliveries/" + id
}
