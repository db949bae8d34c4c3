// Package webhook is everything inbound: it verifies that a delivery is the forge's, keeps it, and
// only then answers; and, apart from that, it decodes a kept delivery into the events of the domain.
//
// An intake (NewGitHub, NewGitLab) checks the signature over the raw bytes, hands them to a Keeper,
// and answers 202 once they are on disk. It does not decode them: an event that nobody uses, or a body
// that nobody can read, is kept and answered like any other, because four refusals in a row switch a
// GitLab hook off. What it reads from a body is which project a GitLab token speaks for, and which
// places the delivery bears on (Places), so that it waits only for those who listen to them.
// Decode is a pure function from a kept delivery to events, so that a log read again a year later
// says the same.
//
// Here the forges' words end. check_run, pipeline and approval go in; what comes out is a change seen,
// a branch pushed, evidence reported:
//
//	X-GitHub-Event: check_run
//	{"action": "completed", "check_run": {"id": 128620228, "name": "lint", "conclusion": "failure", …}}
//
//	gate.Reported{Repo: github:acme/cart-api, Commit: "ec26c3e…", Evidence: gate.Evidence{
//		Object: "check/128620228", Kind: "check", Name: "lint", Status: gate.Completed,
//		Facts: gate.Facts{"conclusion": "failure"}, Holder: "suite/118578147", …}}
//
// It refuses to know what evidence means: whether a failure matters, which of two runs counts, whose
// repository it is. Order is the fold's affair as well; a decoder only passes on the forge's own
// times, whole seconds, never the time of receipt.
//
// In the Nexus Guide's terms this is where transparency begins: what is inspected later was kept here
// as it came, before anybody judged it.
package webhook
