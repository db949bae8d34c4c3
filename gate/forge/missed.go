package forge

import "time"

// Log is what the log of the App's webhook tells of deliveries that never came.
type Log struct {
	Missed []Missed  // the oldest first
	Since  time.Time // how far back it was read: later than was asked for where GitHub keeps no more, or it is too long
	Read   int       // attempts that were looked at
	Spent  Spent
}

// Missed is a webhook of the App that no attempt brought. GitHub makes one attempt by itself, and no other.
type Missed struct {
	ID        int64  // of the last attempt: what a redelivery is asked for with
	GUID      string // the delivery's key, which all attempts share
	Event     string // "check_run"
	Action    string // "completed", "" where the event has none
	Repo      int64  // the repository's id, 0 where it is about none
	Attempts  int
	Status    int       // that we answered the last attempt with; 0: none
	Reason    string    // GitHub's words for it: "failed to connect"
	First     time.Time // when the first attempt was made that the log still has
	Last      time.Time // when the last was
	Throttled bool      // GitHub held the last attempt back
	Installed int64     // the installation, 0 where it is about none

	came bool // an attempt brought it
}
