package gate

import (
	"cmp"
	"slices"
)

// mostReleasesShown bounds the releases that raise no alarm among those that a [Standing] shows.
const mostReleasesShown = 20

// releaseStandings are the releases whose alarm stands, and the latest others, each the newest first.
func (s *State) releaseStandings() (all []Release) {
	others := 0
	for _, r := range s.releasesByAlarm() {
		if !r.Judged.Alarm {
			if others++; others > mostReleasesShown {
				break
			}
		}
		all = append(all, r)
	}
	return all
}

func (s *State) releasesByAlarm() (all []Release) {
	for _, key := range sortedKeys(s.tags) {
		if r, is := s.release(key); is {
			all = append(all, r)
		}
	}
	slices.SortStableFunc(all, func(a, b Release) int {
		return cmp.Or(yesLast(b.Judged.Alarm, a.Judged.Alarm), b.when().Compare(a.when()))
	})
	return all
}
