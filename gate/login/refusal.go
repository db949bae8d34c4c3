package login

import "fmt"

// Reason is why the token of a job is not taken, in a word.
type Reason string

// The reasons. Unreachable says nothing against the token: its issuer cannot be asked now.
const (
	Unreadable    Reason = "unreadable"
	UnknownIssuer Reason = "unknown-issuer"
	BadSignature  Reason = "bad-signature"
	WrongAudience Reason = "wrong-audience"
	Expired       Reason = "expired" // or too old, or not valid yet
	Unreachable   Reason = "unreachable"
)

// Refusal says why the token of a job is not taken, and what to do about it.
type Refusal struct {
	Reason   Reason
	Why, Fix string
	err      error
}

// Error is for people.
func (r *Refusal) Error() string { return r.Why + ": " + r.Fix }

// Unwrap gives what it came of, if anything did.
func (r *Refusal) Unwrap() error { return r.err }

// Passing says whether the same token may be taken a moment later.
func (r *Refusal) Passing() bool { return r.Reason == Unreachable }

// fixes say what to do, by the reason. Whoever reads them looks at the log of a job.
var fixes = map[Reason]string{
	Unreadable:    "send the token as the forge gave it to the job, from ACTIONS_ID_TOKEN_REQUEST_URL on GitHub and from id_tokens on GitLab",
	UnknownIssuer: "run the job on a forge that the service listens to, or have its operator believe that issuer",
	BadSignature:  "have the job ask its forge for a token of its own, and send that unchanged",
	Expired:       "ask for the token right before it is sent, and see that both clocks are right",
	Unreachable:   "send it again in a moment; the operator finds the reason in the log",
}

func refuse(reason Reason, why string, about ...any) *Refusal {
	err := fmt.Errorf(why, about...)
	return &Refusal{Reason: reason, Why: err.Error(), Fix: fixes[reason], err: err}
}
