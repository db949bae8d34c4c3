// Package forge speaks to GitHub and GitLab in the words of package gate: it reads what a verdict
// waits for (a [gate.Want] becomes a [gate.Event]) and posts what is owed (a [Post] becomes a check
// run on GitHub, a commit status on GitLab).
//
// It refuses to know why something is wanted, what a verdict means, and when to try again: it
// remembers only how long a forge has asked to be left alone, and says so with a [Later]. It never
// sleeps, never repeats a request and never blocks on a budget; the owed report is kept elsewhere.
//
// In the Nexus Guide's terms this is transparency: the place where people see that an Integrated
// Increment is Done is the forge itself.
//
//	POST /repos/acme/cart-api/check-runs
//	{"name":"Done","head_sha":"9c1f…","status":"in_progress",
//	 "external_id":"nexusgate:storefront change github:1296269#17 github:1296269 9c1f…",
//	 "details_url":"https://gate.example/verdicts/01J…","output":{"title":"…","summary":"…"}}
//
// A report on a change to a definition shows its faults as annotations at their lines. GitHub adds
// those of each update to those that are there, so one check run has one set of them, which its
// external id names, and it is sent only what it does not count yet. GitLab's commit statuses have
// none: there the description names the first faults, and the verdict's page has them all.
//
// What it holds on to, whatever a forge does: a token goes to the configured host and to no other;
// an answer is read to a bound; a request has a deadline; posts stay within GitHub's content budget;
// an object that cannot be seen is an error, and absent only where the repository can be read.
package forge
