package store

import "time"

// micros is how a time is kept: microseconds since 1970 in UTC. The zero time survives it.
func micros(t time.Time) int64 { return t.UnixMicro() }

// moment is the time that was kept.
func moment(kept int64) time.Time { return time.UnixMicro(kept).UTC() }

// whole is a body as it was kept: the driver hands an empty one out as nil.
func whole(body []byte) []byte {
	if body == nil {
		return []byte{}
	}
	return body
}
