// Package login lets in those who may look.
//
// Transparency is for the people of a Nexus, not for everybody: pages name private repositories and who
// works on what. They log in with OpenID Connect, by the authorization code flow with PKCE, a state and a
// nonce. Which of those whom the issuer knows are let in, rules say: an address, everybody of a domain,
// a group, or all.
//
// It keeps nothing. What it has to remember travels in cookies that it has sealed with a key drawn from
// the client's secret, so that any replica that is configured alike opens what another has sealed, and a
// change of the secret ends every session. So a session ends by its time, or when its browser forgets
// it; it cannot be called back. What is open with it, such as the line that tells of changes, ends then too.
//
// It refuses to know what it guards, and anything of a verdict.
package login
