package forge

import (
	"context"
	"encoding/json"
	"maps"
	"net/url"
	"strconv"
	"time"
)

// landed adds those that were merged since the last sweep, as far as one page tells: what was found on such
// a merge request counts for what it landed as. One that is not known to be open is told of; of one that
// is, changes has told.
func (l *labSweep) landed(ctx context.Context, open map[int]labMerge) error {
	if l.of.Since.IsZero() {
		return nil
	}
	var listed []json.RawMessage
	_, err := l.read(ctx, "list_changes", l.p.path("merge_requests"), url.Values{
		"state": {"merged"}, "order_by": {"updated_at"}, "sort": {"desc"}, "per_page": {strconv.Itoa(pageSize)},
		// To the day, so that the question is the same for a while and may be answered as unchanged.
		"updated_after": {l.of.Since.UTC().Truncate(24 * time.Hour).Format(time.RFC3339)},
	}, &listed)
	if err != nil {
		return err
	}
	var news []int
	merged := map[int]labMerge{}
	for _, raw := range listed {
		var m labMerge
		if err := json.Unmarshal(raw, &m); err != nil {
			return err
		}
		if m.Updated.Before(l.of.Since) || !l.on(m.TargetBranch) {
			continue
		}
		if merged[m.IID] = m; l.known(m.IID) == nil {
			news = append(news, m.IID)
		}
	}
	if err := l.allNews(ctx, news, open); err != nil {
		return err
	}
	maps.Copy(open, merged)
	return nil
}
