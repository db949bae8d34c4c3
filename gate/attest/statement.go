package attest

import (
	"time"

	"github.com/nexusgate/nexusgate/gate"
)

// The forms that a statement is in.
const (
	statementType = "https://in-toto.io/Statement/v1"
	summaryType   = "https://slsa.dev/verification_summary/v1"
)

// The levels of our own, and what stands in their place where nothing was reached. A summary has exactly
// one of them.
const (
	LevelDone            = "NEXUSGATE_INCREMENT_DONE"
	LevelUnderExceptions = "NEXUSGATE_INCREMENT_DONE_UNDER_EXCEPTIONS" // and the definition lets such an Increment be released
	levelFailed          = "FAILED"
)

// The results of a summary.
const (
	passed     = "PASSED"
	notReached = "FAILED"
)

// Statement is a verdict on an Increment in the words of others: an in-toto Statement
// (https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md) that holds a SLSA Verification
// Summary (https://slsa.dev/spec/v1.1/verification_summary). It is about the whole composition: each
// component's commit is a subject.
type Statement struct {
	Type          string     `json:"_type"`
	Subjects      []Resource `json:"subject"`
	PredicateType string     `json:"predicateType"`
	Summary       Summary    `json:"predicate"`
}

// Resource is something that is somewhere, and what it has to be.
type Resource struct {
	Name   string            `json:"name,omitempty"`
	URI    string            `json:"uri,omitempty"`
	Digest map[string]string `json:"digest"`
}

// Summary says who has held the subjects against what, and what came of it.
type Summary struct {
	Verifier           Decider    `json:"verifier"`
	TimeVerified       time.Time  `json:"timeVerified"` // the verdict's own moment
	ResourceURI        string     `json:"resourceUri"`  // the Nexus, where the service shows it
	Policy             Resource   `json:"policy"`       // all that was in force, by the digest of its manifest
	InputAttestations  []Resource `json:"inputAttestations,omitempty"`
	VerificationResult string     `json:"verificationResult"`
	VerifiedLevels     []string   `json:"verifiedLevels"`
	Increment          Increment  `json:"https://github.com/nexusgate/nexusgate/increment/v1"`
}

// Decider is who has decided: the address of a service.
type Decider struct {
	ID string `json:"id"`
}

// Increment is what was decided on, in our own words.
type Increment struct {
	Nexus       string           `json:"nexus"`
	Name        string           `json:"name"`   // "Integrated Increment 12"
	Digest      string           `json:"digest"` // of the composition
	Composition gate.Composition `json:"composition"`
	Verdict     string           `json:"verdict"` // its id
	Outcome     gate.Outcome     `json:"outcome"`
	Exceptions  []Exception      `json:"exceptions"`
}

// Exception is one that the verdict rests on. Who asked for it and who approved it are people: the
// verdict names them, and what is handed on does not.
type Exception struct {
	ID        string    `json:"id"`
	Criterion string    `json:"criterion"`
	Reason    string    `json:"reason"`
	Until     time.Time `json:"until"` // the first moment at which it applies no more
}
