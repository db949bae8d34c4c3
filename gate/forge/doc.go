// Package forge speaks to GitHub and GitLab in the words of package gate: it reads what a verdict
// waits for (a [gate.Want] becomes a [gate.Event]), posts what is owed (a [Post] becomes a check run on
// GitHub, a commit status on GitLab), and finds what no webhook told.
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
// Webhooks get lost. A sweep looks through a repository and tells what is there as the forge's own webhook
// would have, so that one decoder reads both and they are the same evidence; GitHub's log of the App's
// webhook tells which deliveries no attempt brought, and brings them again; GitLab tells which of its
// webhooks it has stopped sending.
//
//	{"action":"completed","check_run":{…as the API has it…},"repository":{"id":1296269,…},"installation":{"id":77}}
//
// A sweep asks with the tag of the last answer: one that is unchanged costs nothing on GitHub. It keeps to
// the requests it is given, leaves the last fifth of what the forge grants in an hour to what cannot wait,
// and says where to go on.
//
// What it holds on to, whatever a forge does: a token goes to the configured host and to no other;
// an answer is read to a bound; a request has a deadline; posts stay within GitHub's content budget;
// an object that cannot be seen is an error, and absent only where the repository can be read.
package forge
