package gate

import (
	"fmt"
	"strings"
	"time"

	"github.com/nexusgate/nexusgate/definition"
)

// Submitted is evidence that a job of CI brought, or whoever holds a static token. It was read from files, of
// which the digests are kept.
type Submitted struct {
	Job    Job    `json:"job,omitzero"` // zero: the holder of a static token
	Repo   Repo   `json:"repo,omitzero"`
	Commit string `json:"commit,omitempty"` // that it is for, as the holder of a static token says
	// Increment is the digest of the composition that it is for, and Composition what that is made of.
	Increment   string          `json:"increment,omitempty"`
	Composition Composition     `json:"composition,omitempty"`
	Kind        string          `json:"kind"`
	Name        string          `json:"name,omitempty"`
	Facts       Facts           `json:"facts"`
	Files       []SubmittedFile `json:"files,omitempty"`
	At          time.Time       `json:"at"`
}

// SubmittedFile is a file that evidence was read from.
type SubmittedFile struct {
	Name   string `json:"name"`
	SHA256 string `json:"sha256"` // 64 hexadecimal digits
	Size   int64  `json:"size"`
}

// SubmittedEvent is the event of the own deliveries that hold a [Submitted].
const SubmittedEvent = "submitted"

func (Submitted) event() {}

// TokenApp is the producer of what the holder of a static token brings.
const TokenApp = "token"

// digest names the files: by the one that there is, or by all of them.
func (e Submitted) digest() string {
	if len(e.Files) == 1 {
		return "sha256:" + e.Files[0].SHA256
	}
	return digest(e.Files)
}

// evidence is what was brought, as far as it is proved.
func (e Submitted) evidence(m moment) Evidence {
	found := Evidence{
		Kind: e.Kind, Name: e.Name, Producer: Producer{App: TokenApp}, Trust: definition.Token, Status: Completed,
		Started: e.At, Observed: e.At, Facts: e.Facts, Digest: e.digest(), Delivery: m.id,
	}
	if e.ofJob() {
		found = e.Job.Brings(found)
	}
	if e.ofJob() && e.Increment == "" {
		found.Holder = e.Job.Holder()
	}
	r := found.Run
	found.Object = fmt.Sprintf("file/%s/%s/%d.%d.%d/%s", e.Kind, e.Name, r.ID, r.Attempt, r.Job, found.Digest)
	if workflow := found.Producer.Workflow; workflow != "" { // jobs of one run may be of several
		found.Object += "/" + workflow
	}
	return found
}

func (e Submitted) ofJob() bool { return e.Job.Run != 0 }

// Key tells one submission from another: the same files for the same thing by the same workflow of a run come to one.
func (e Submitted) Key() string {
	j := e.Job
	return "submitted:" + digest([]any{e.Repo.Key(), e.Commit, e.Increment, e.Kind, e.Name, e.Files, j.Forge, j.Repo.ID, j.Commit, j.Run, j.Attempt, j.Job, j.Workflow})
}

// foldSubmitted keeps evidence where it counts. What counts for nothing is kept on the commit that its token
// names, so that who looks there is told why.
func (s *State) foldSubmitted(e Submitted, repo string, m moment) bool {
	found, b := e.evidence(m), s.bears(e, repo)
	found.Why = b.Why
	switch b.On {
	case definition.OnCommit:
		found.Proposed = !b.Landed
		return s.submit(repo, b.Commit, found)
	case definition.OnChange:
		found.Change, found.Proposed = b.Change, true
		if commit := s.commitOf(repo, found, e.pinned()); commit != "" {
			return s.submitOfRun(repo, commit, found)
		}
		return s.awaitRun(repo, found, e)
	case definition.OnIncrement:
	}
	found.Trust = definition.Declared
	_, known := s.commits[commitKey(repo, e.Job.Commit)]
	return known && s.submit(repo, e.Job.Commit, found)
}

// The bounds of the evidence that is taken of one commit or composition: pieces, and bytes of all that is kept of
// them. It is kept together, and written anew with each piece.
const (
	mostSubmitted = 500
	mostFacts     = 1 << 20
)

func (r *reports) submittable(e Evidence) bool {
	n, size := 1, e.size()
	for object, kept := range r.objects() {
		if strings.HasPrefix(object, "file/") && object != e.Object {
			n, size = n+1, size+kept.size()
		}
	}
	return n <= mostSubmitted && size <= mostFacts
}

// size is how many bytes of evidence are kept, about.
func (e *Evidence) size() int { return len(canonicalText(e)) }

func (s *State) submit(repo, sha string, found Evidence) bool {
	key := commitKey(repo, sha)
	if c := s.commits[key]; c != nil && !c.submittable(found) {
		return false
	}
	if s.commit(repo, sha).add(found) {
		s.touch(commitDoc, key)
		s.stirCommit(key)
	}
	return true
}
