// Package attest lets those who do not trust a service check what it has decided.
//
// The Guide's word for it is transparency: what was inspected once must not look different later. Each
// Nexus has a log, one Merkle tree that only grows. A leaf is a verdict's canonical JSON. A [Head] says
// how large the log was and what its hash; signed, and kept by somebody else, it fixes every verdict
// before it:
//
//	done.example.com/storefront
//	1204
//	5x0tjWqGg8n0Zs4uRNMt9JCoZlWGoj1hsGSbQhbSn1o=
//
//	— done.example.com kd2ZyKZG5bu9DEWgTgn2yLPe0qa5EHQSH9kPzKz8mQ…
//
// The form is that of https://c2sp.org/tlog-checkpoint and https://c2sp.org/signed-note, and hashes are
// those of RFC 6962, so that other tools read and witness heads too. A [Proof] says that a verdict is in
// the log that a head tells of, and is checked with nothing but the key. An [Audit] holds a whole log
// against the verdicts that are kept and against heads, and says what differs. What retention deletes it
// puts its name to, as a [LetGo].
//
// A [Statement] carries one verdict on an Increment away, to those who release by it: an in-toto Statement
// with a SLSA Verification Summary, over the commits of the whole composition. A [SigningKey] seals it in a
// DSSE envelope; a [Keyring] of published keys opens it, and [Statement.Against] says what speaks against a
// release. Of what is signed:
//
//	"verificationResult": "PASSED",
//	"verifiedLevels": ["NEXUSGATE_INCREMENT_DONE"],
//
// It refuses to know where a log is kept and how anything reaches whom it concerns: it does no I/O.
package attest
