package gate

import "time"

// Doc is one document of the folded state, as it is kept. A nil Body says that it is gone.
type Doc struct {
	Nexus, Key string
	Body       []byte
}

// DefinitionSource is a layer of a definition as it was given or read, kept by its digest for ever.
type DefinitionSource struct {
	Digest string // "sha256:…" of Source
	Nexus  string
	File   string // "nexus.cue", or "github:acme/cart-api:.nexus/done.cue"; "manifest" of a Manifest
	Source string
	// Settled is what the source computes to, of a Nexus-wide layer that came from a repository.
	Settled string
}

// Step is all that one delivery, or one passed deadline, does to the record. It is committed whole.
// Folding the same steps' deliveries again, in their order and at their Now, makes the same verdicts.
type Step struct {
	Seq         int64     // 1, 2, 3, …: the recorded order
	Now         time.Time // the now that was judged by
	Delivery    string    // id; "" when a deadline passed
	Result      Result    // of the delivery
	Reason      string    // why it was set aside or passed over
	Docs        []Doc
	Definitions []DefinitionSource
	Versions    []Version
	Verdicts    []Verdict
	Grounds     []Ground    // of the verdicts, in their order
	Increments  []Increment // made or changed by this step
	Owed        []Owed
	Errands     []Errand `json:",omitempty"`
	// Wanted are the reads that the step has begun to wait for. They are not kept: what is wanted follows from the state.
	Wanted []Want `json:"-"`
	// Routes are all places that the Nexus listens to, as [Repo.Places] writes them, where the step
	// changed them; nil: they are as before.
	Routes []string

	spelt []spelling // of the verdicts, in their order
}

// Canonical is the canonical JSON of one of the step's verdicts, by its place: what is kept, and what the log
// of verdicts is made of.
func (s *Step) Canonical(place int) ([]byte, error) {
	w := spelling{}
	if place < len(s.spelt) {
		w = s.spelt[place]
	}
	return w.text(&s.Verdicts[place])
}

// Counts are the sizes of the queues, and since when the oldest in each waits: zero where none does.
type Counts struct {
	Pending int64 // deliveries kept and not yet applied
	Aside   int64 // deliveries set aside or passed over
	Owed    int64 // reports that a forge has not taken
	Errands int64 // that a forge has not run

	PendingSince time.Time // when the delivery was received
	OwedSince    time.Time // when the delivery behind the report was
	ErrandsSince time.Time // when the errand was made
}
