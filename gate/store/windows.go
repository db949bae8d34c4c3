package store

import "time"

// windows are the times that a report is held back for.
type windows struct {
	urgent, text, retry time.Duration
}

// defaults are chosen for people and for budgets. A change of outcome is held for a fifth of a second,
// which nobody sees and which catches the deliveries that one push sends at once. A change of text
// alone is held for three seconds: a pipeline's jobs report every second or so, and each report
// costs one of the forge's eighty writes a minute. A report that was deferred after a failure and
// has changed since is tried again after ten seconds at the latest: what failed may concern only
// the older one, and a forge that is down is still asked at most six times a minute for each subject.
func defaults() windows {
	return windows{urgent: 200 * time.Millisecond, text: 3 * time.Second, retry: 10 * time.Second}
}

// Option changes how a store is opened.
type Option func(*Store)

// Windows sets how long a report is held back so that later changes join it: when its outcome
// changed, when only its text did, and, at most, when an older version of it was deferred.
// Without it they are 200 milliseconds, 3 seconds and 10 seconds.
func Windows(urgent, text, retry time.Duration) Option {
	return func(s *Store) { s.windows = windows{urgent: urgent, text: text, retry: retry} }
}

func (w windows) hold(urgent bool) time.Duration {
	if urgent {
		return w.urgent
	}
	return w.text
}
