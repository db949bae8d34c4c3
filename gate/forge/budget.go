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
	parts func() int // among how many the whole is divided; nil: it is ours alone
	mu    sync.Mutex
	spent []spending // ascending, at most postsPerHour
}

// spending is a post, and the Nexus that it was for.
type spending struct {
	at    time.Time
	nexus string
}

// take spends one post, or says when one is to be had. It never waits.
func (b *budget) take(now time.Time, p Post) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.forget(now.Add(-time.Hour - margin))
	share, parts := 100, 1
	if !p.Urgent {
		share -= reserve
	}
	if b.parts != nil {
		parts = max(1, b.parts())
	}
	hour := b.freeAt(now, max(1, postsPerHour*share/100/parts), time.Hour+margin, p)
	minute := b.freeAt(now, max(1, postsPerMinute*share/100/parts), time.Minute+margin, p)
	if free := latest(hour, minute); free.After(now) {
		return &Later{Until: free, Reason: "our budget of posts to this installation is used up"}
	}
	b.spent = append(b.spent, spending{at: now, nexus: p.Nexus})
	return nil
}

// freeAt is when fewer posts than limit lie within the window, less those that are kept for others.
func (b *budget) freeAt(now time.Time, limit int, window time.Duration, p Post) time.Time {
	limit -= b.kept(now.Add(-window), limit, p)
	if len(b.spent) < limit {
		return time.Time{}
	}
	return b.spent[len(b.spent)-limit].at.Add(window)
}

// kept is what is kept for the other Nexuses that report to the same installation: half of an equal share
// for each, less what they have spent of it. So a busy one may take most of what the others leave, and
// never all.
func (b *budget) kept(since time.Time, limit int, p Post) int {
	if p.Among < 2 {
		return 0
	}
	part := limit / (2 * p.Among)
	others := map[string]int{}
	for _, s := range b.spent {
		if s.nexus != p.Nexus && s.at.After(since) {
			others[s.nexus]++
		}
	}
	kept := part * (p.Among - 1)
	for _, n := range others {
		kept -= min(n, part)
	}
	return max(kept, 0)
}

func (b *budget) forget(before time.Time) {
	old := 0
	for old < len(b.spent) && !b.spent[old].at.After(before) {
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
