package dashboard

import (
	"net/http"
	"slices"
	"strings"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/report"
)

// How many versions, and how many differences of each, a page and the API show.
const (
	versionsShown    = 50
	versionsTold     = 500
	differencesShown = 20
)

// versionRow is a layer coming into force.
type versionRow struct {
	gate.Version
	Who         string // landed it: "kim, approved by ana"
	Path        string // of its source, "" where the layer was taken away
	Differences []string
	More        int // differences beyond those
}

// versionsOf are the latest versions, each with what it changed of the one before it.
func (d *dashboard) versionsOf(r *http.Request, nexus string, size int) (rows []versionRow, more int, f *fault) {
	if d.options.Definitions == nil {
		return nil, 0, nil
	}
	all, err := d.options.Definitions.Versions(r.Context(), nexus)
	if err != nil {
		return nil, 0, d.failed(r, "reading the versions of a definition", err, noNexus(nexus))
	}
	for i, v := range all[:min(len(all), size)] {
		row, f := d.version(r, v, before(all[i+1:], v.Component))
		if f != nil {
			return nil, 0, f
		}
		rows = append(rows, row)
	}
	return rows, len(all) - len(rows), nil
}

func (d *dashboard) version(r *http.Request, v, before gate.Version) (versionRow, *fault) {
	row := versionRow{Version: v, Who: v.Author}
	if len(v.Approvers) > 0 {
		row.Who = strings.TrimPrefix(row.Who+", approved by "+strings.Join(v.Approvers, ", "), ", ")
	}
	if v.Digest != "" {
		row.Path = sourcePath(v.Nexus, v.Digest)
	}
	says, err := d.options.Definitions.Differences(r.Context(), before, v)
	if err != nil {
		return row, d.failed(r, "comparing two versions of a definition", err, unread())
	}
	shown := min(len(says), differencesShown)
	for _, s := range says[:shown] {
		row.Differences = append(row.Differences, report.Cut(report.Plain(s), 500))
	}
	row.More = len(says) - shown
	return row, nil
}

// before is the version that a later one took the place of; the zero one where there was none.
func before(older []gate.Version, component string) gate.Version {
	i := slices.IndexFunc(older, func(v gate.Version) bool { return v.Component == component })
	if i < 0 {
		return gate.Version{Component: component}
	}
	return older[i]
}
