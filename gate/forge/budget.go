package forge

import (
	"sync"
	"time"
)

// GitHub's budget for requests that create content, for one installation. It does not say whether a
// check run is content; we take it that it is.
// https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits
const (
	postsPerMinute = 80
	postsPerHour   = 500

	// margin allows for posts that are longer on their way than those after them.
	margin = 2 * time.Second

	// reserve is the part, in hundredths, that is kept for reports whose outcome changed.
	reserve = 20
)

// budget counts the posts of the last hour. It is exact: there is no minute with more than
// postsPerMinute in it, wherever the minute starts.
type budget struct {
	mu    sync.Mutex
	spent []time.Time // ascending, at most postsPerHour
}

// take spends one post, or says when one is to be had. It never waits.
func (b *budget) take(now time.Time, urgent bool) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.forget(now.Add(-time.Hour - margin))
	share := 100
	if !urgent {
		share -= reserve
	}
	hour := b.freeAt(postsPerHour*share/100, time.Hour+margin)
	minute := b.freeAt(postsPerMinute*share/100, time.Minute+margin)
	if free := latest(hour, minute); free.After(now) {
		return &Later{Until: free, Reason: "our budget of posts to this installation is used up"}
	}
	b.spent = append(b.spent, now)
	return nil
}

// freeAt is when fewer than limit posts lie within the window.
func (b *budget) freeAt(limit int, window time.Duration) time.Time {
	if len(b.spent) < limit {
		return time.Time{}
	}
	return b.spent[len(b.spent)-limit].Add(window)
}

func (b *budget) forget(before time.Time) {
	old := 0
	for old < len(b.spent) && !b.spent[old].After(before) {
		old++
	}
	b.spent = append(b.spent[:0], b.spent[old:]...)
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
