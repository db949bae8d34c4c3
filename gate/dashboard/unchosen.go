package dashboard

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/nexusgate/nexusgate/gate"
)

// unchosen is what a page or the API says to somebody who chose what there is not.
type unchosen struct {
	*fault
	Values map[string][]string `json:"values"` // that there are, by the name of what is chosen
	There  []thereIs           `json:"-"`
	Clear  string              `json:"-"` // the same without what there is not
}

// thereIs is what can be chosen instead.
type thereIs struct {
	Label string
	Ways  []way
}

// way is a value, and where it is chosen.
type way struct{ Word, Path string }

// newUnchosen is nil where all that was chosen is there.
func newUnchosen(here *url.URL, choices []choice) *unchosen {
	u := &unchosen{Values: make(map[string][]string)}
	var missing, names []string
	less := here.Query()
	for i := range choices {
		c := &choices[i]
		if c.Chosen == "" || c.offers(c.Chosen) {
			continue
		}
		missing, names = append(missing, fmt.Sprintf("no %s %q", c.Name, brief(c.Chosen))), append(names, c.Name)
		u.There = append(u.There, c.instead(here))
		u.Values[c.Name] = make([]string, 0, len(c.Options))
		for _, o := range c.Options {
			u.Values[c.Name] = append(u.Values[c.Name], o.Value)
		}
		less.Del(c.Name)
	}
	if len(missing) == 0 {
		return nil
	}
	u.fault = &fault{
		http.StatusBadRequest, "No such " + strings.Join(names, ", no such "), "there is " + strings.Join(missing, ", and "),
		"leave " + strings.Join(names, " and ") + " out, or choose what there is",
	}
	u.Clear = at(here, less)
	return u
}

// instead are the ways to what there is.
func (c *choice) instead(here *url.URL) thereIs {
	t := thereIs{Label: c.Label}
	q := here.Query()
	for _, o := range c.Options {
		q.Set(c.Name, o.Value)
		t.Ways = append(t.Ways, way{o.Word, at(here, q)})
	}
	return t
}

// at is an address with as much as there is to it that chooses what is shown.
func at(here *url.URL, q url.Values) string {
	path := here.EscapedPath()
	if chosen := chosenOf(q); chosen != "" {
		path += "?" + chosen
	}
	return path
}

// refuseChoice says in place of a page of the Nexus that there is no such thing to choose, and what there is.
func (d *dashboard) refuseChoice(w http.ResponseWriter, r *http.Request, s gate.Standing, here string, u *unchosen) {
	d.render(w, r, u.status, "unchosen", d.within(s, page{Title: u.Title, Here: here, Body: u}))
}
