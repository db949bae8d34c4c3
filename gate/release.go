package gate

import "time"

// ReleaseSeen tells that a tag was published as a release, or that the release was taken back.
type ReleaseSeen struct {
	Repo      Repo
	Tag       string
	Commit    string    // that the tag names, where the forge tells it; GitHub does not
	At        time.Time // when it was published: one release of a tag is told from the next by it
	Withdrawn bool
}

// TagSeen tells that a tag was made, moved or deleted.
type TagSeen struct {
	Repo          Repo
	Tag           string
	Before, After string // what the tag itself names, of an annotated one its object; "" where it was made or deleted
	Commit        string // that After leads to
	PushedAt      time.Time
}

// TagRead is what a tag names, as read from the forge.
type TagRead struct {
	Repo   Repo      `json:"repo"`
	Tag    string    `json:"tag"`
	Object string    `json:"object,omitempty"` // that the tag itself names
	Commit string    `json:"commit,omitempty"` // that the object leads to; "" when Absent, or where it leads to none
	Absent bool      `json:"absent,omitempty"`
	At     time.Time `json:"at"`               // the forge's own clock
	Covers []string  `json:"covers,omitempty"` // what was known of it when it was asked for
}

// ReleaseJudged is what the door said of a release, after it was published. It enters the log: what was judged at
// that moment is not judged again by a replay.
type ReleaseJudged struct {
	Nexus      string    `json:"nexus"`
	Key        string    `json:"key"`                // of the release
	Published  time.Time `json:"published,omitzero"` // zero of a tag that is a release by its name alone
	Commit     string    `json:"commit,omitempty"`
	Components []string  `json:"components,omitempty"`
	Outcome    Outcome   `json:"outcome"`
	Alarm      bool      `json:"alarm,omitempty"`
	Increment  int64     `json:"increment,omitempty"` // that was judged
	Why        string    `json:"why"`
	Page       string    `json:"page,omitempty"`
}

// ReleaseEvent is the event of the own deliveries that hold a [ReleaseJudged].
const ReleaseEvent = "release"

func (ReleaseSeen) event()   {}
func (TagSeen) event()       {}
func (TagRead) event()       {}
func (ReleaseJudged) event() {}

// Release is one that is published, or a tag that is a release by its name.
type Release struct {
	Nexus      string
	Key        string // unique within its Nexus
	Repo       Repo
	Tag        string
	Published  time.Time // zero of a tag that is a release by its name alone
	Commit     string    // that the tag names; "" while that is not known
	Components []string  // that lie there
	Strays     bool      // no integration branch is known to have stood there
	Moved      string    // the commit that it was released from, where the tag names another one since

	Judged   ReleaseJudged // the last time; zero: never
	Told     int           // how often something was told of its tag
	Times    int           // that it was judged
	Began    time.Time     // when it was first judged at the commit
	JudgedAt time.Time     // the last time
	Raised   time.Time     // of its alarm, the standing one or the last
	Ended    time.Time     // of its last alarm; zero while it stands
}

// Open says whether a release is to be judged, again or for the first time. One that went out of a done Increment is
// sound from then on: that its evidence is out of date tomorrow changes nothing of it.
func (r *Release) Open() bool {
	return r.Anew() || r.Judged.Outcome != Done
}

// Anew says whether what was judged last is another release, or another commit.
func (r *Release) Anew() bool { return !r.same() }

// same says whether what was judged last is what is there now.
func (r *Release) same() bool {
	return r.Times > 0 && r.Judged.Commit == r.Commit && r.Judged.Published.Equal(r.Published)
}

// when is when it was published, as far as that is told, or when it was first heard of.
func (r *Release) when() time.Time {
	if r.Published.IsZero() {
		return r.Began
	}
	return r.Published
}

// ReleaseGrace is how long what is awaited may be awaited for before it is an alarm: releases are published seconds
// after a landing, and its pipeline takes longer.
const ReleaseGrace = 10 * time.Minute

// saidAgain is how often the reasons are said anew of what is judged as before.
const saidAgain = time.Minute

// Judge makes of the door's answer what enters the log. It is no news where it says what was said before.
func (r *Release) Judge(a Answer, page string, now time.Time) (e ReleaseJudged, news bool) {
	e = ReleaseJudged{
		Nexus: r.Nexus, Key: r.Key, Published: r.Published, Commit: r.Commit, Components: r.Components,
		Outcome: a.Outcome, Increment: a.Increment, Why: a.Why, Page: page,
	}
	switch {
	case r.Commit == "":
		e.Outcome, e.Why = Awaiting, "Which commit the tag names is not known yet."
	case r.Strays && a.Increment == 0 && a.Outcome == Awaiting:
		e.Why = "It is at " + brief12(r.Commit) + ", where no integration branch is known to have stood. " + a.Why
	}
	if r.Moved != "" {
		e.Outcome = NotDone
		e.Why = "The tag was moved after it was released, from " + brief12(r.Moved) + " to " + brief12(r.Commit) + ". " + e.Why
	}
	was, same := &r.Judged, r.same()
	e.Alarm = e.Outcome == NotDone || e.Outcome == Awaiting && same && (was.Alarm || now.Sub(r.Began) >= ReleaseGrace)
	news = !same || was.Outcome != e.Outcome || was.Alarm != e.Alarm || was.Why != e.Why && now.Sub(r.JudgedAt) >= saidAgain
	return e, news
}
