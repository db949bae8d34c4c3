package gate

import (
	"time"

	"github.com/nexusgate/nexusgate/definition"
)

// Source says who brought a delivery.
type Source string

// The sources of deliveries.
const (
	FromGitHub Source = "github"
	FromGitLab Source = "gitlab"
	FromUs     Source = "nexusgate" // what we read from a forge, and the definitions given to us
)

// Delivery is one entry of the log: the raw body as it came, kept before it was answered.
type Delivery struct {
	ID       string // ours, ascending in time
	Source   Source
	Event    string           // the forge's word: "check_run", "Pipeline Hook"
	Key      string           // the forge's idempotency key; (Source, Key) is kept once
	Trust    definition.Trust // how far the body is proved
	Received time.Time
	Body     []byte
	// Trace is what whoever observes the service traces the delivery by, in their words, and "" where nobody does.
	// Nothing rests on it.
	Trace string

	// Lane and Places say whose a delivery is, when it is kept. Neither is kept with it.
	Lane   string   // of a delivery of our own: the Nexus that it is for
	Places []string // of a forge's: what it may bear on, as [Repo.Places] writes it; nil: it cannot be told
}

// Result says what became of a delivery.
type Result string

// What can become of a delivery. A pending one has no result yet.
const (
	Applied Result = "applied" // folded into at least one Nexus
	Unused  Result = "unused"  // an event, action or repository that nothing rests on
	Aside   Result = "aside"   // it does not decode; kept with the reason, not tried again
	Broken  Result = "broken"  // to fold or judge it brought out a fault of ours; kept with the reason, not tried again
)
