package main

import "time"

// sightings are when things were last seen to move, by our own clock.
type sightings[T comparable] map[string]sighting[T]

type sighting[T comparable] struct {
	was   T
	since time.Time
}

// still says for how long something has been as it is, as far as was seen.
func (s sightings[T]) still(name string, is T, now time.Time) time.Duration {
	last, seen := s[name]
	if !seen || last.was != is {
		s[name] = sighting[T]{is, now}
		return 0
	}
	return now.Sub(last.since)
}
