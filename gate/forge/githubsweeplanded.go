package forge

import (
	"context"
	"encoding/json"
	"net/url"
	"strconv"
)

// landed adds those that were merged since the last sweep, as far as one page tells: what was found on such
// a change counts for what it landed as. One that is not known to be open is told of; of one that is,
// changes has told.
func (h *hubSweep) landed(ctx context.Context, open map[int]hubPull) error {
	if h.of.Since.IsZero() {
		return nil
	}
	var listed []json.RawMessage
	_, err := h.read(ctx, "list_changes", h.path("pulls"), url.Values{
		"state": {"closed"}, "sort": {"updated"}, "direction": {"desc"}, "per_page": {strconv.Itoa(pageSize)},
	}, &listed)
	if err != nil {
		return err
	}
	for _, raw := range listed {
		var p hubPull
		if err := json.Unmarshal(raw, &p); err != nil {
			return err
		}
		if p.Merged.Before(h.of.Since) || !h.on(p.Base.Ref) {
			continue
		}
		if h.known(p.Number) == nil {
			if err := h.missed(ctx, p.Number, open); err != nil {
				return err
			}
		}
		open[p.Number] = p
	}
	return nil
}
