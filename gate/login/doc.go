// Package login knows who asks: people who may look, and jobs of CI that bring evidence.
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
// A job needs no secret: its forge gives it a token that says which repository, commit and run it is of,
// and signs it. [Jobs] believes it if its issuer is one of those that were named, and was before anything
// else was looked at, its signature is by a key that the issuer publishes, it was made for us alone, and
// it is of now. That a token is used for one request is seen to where requests are kept.
//
//	jobs, err := login.NewJobs(login.JobOptions{
//		GitHub: []string{"https://token.actions.githubusercontent.com"}, Audience: "https://done.example.com", …,
//	})
//	job, err := jobs.Verify(ctx, token) // a *login.Refusal: why not, and what to do
//	bearing := job.Bears(repo, "main")  // what its evidence counts for
//
// It refuses to know what it guards, and anything of a verdict.
package login
