// Package dashboard shows how each Nexus stands, to people as pages and to scripts as JSON. It is for
// reading, but for one form: people who have logged in may sign there what a criterion asks them to. It is the
// only package that makes HTML.
//
// It is the transparency that the Nexus Guide asks of the Integrated Increment: first the answer (is
// it done?), then what holds it back and whose move that is, then where every team stands on every
// criterion. A page of a verdict shows what was decided when it was decided; nothing is ever judged
// on view.
//
// It refuses to know how anything is stored, judged or sent. Every page is whole without JavaScript;
// with it, htmx puts the content in the place of the old one when something has changed, and uPlot draws what a
// table beside it says; neither may evaluate anything, and both are kept here with their licences. Every state
// is said by a word, never by a colour alone. Nothing comes from another host, and what comes from a
// forge is a link only where it is an address of the web.
//
// What is served:
//
//	GET /                                                       the Nexuses, or the only one
//	GET /nexus/{name}                                           is it done, what holds it back, since when, what is coming
//	GET /nexus/{name}/teams                                     each team on each criterion
//	GET /nexus/{name}/timeline                                  how the Increment stood, and what held it back
//	GET /nexus/{name}/stream                                    changes on their way to done and released
//	GET /nexus/{name}/sprint                                    the Sprint: goals, items, burn and outlook
//	GET /nexus/{name}/backlog                                   the Product Backlog, and what is not planned yet
//	GET /nexus/{name}/dependencies                              who waits for whom, drawn and in words
//	GET /nexus/{name}/{daily|review|retrospective|planning}     what to know at an event, ?since=
//	GET /nexus/{name}/components/{component}                    one component, its rules and its file
//	GET /nexus/{name}/definition                                what is in force, is proposed, and ever was
//	GET /nexus/{name}/definition/{digest}                       one source, line by line: #L12
//	GET /nexus/{name}/hearing                                   what no webhook told, and who is silent
//	GET /verdicts/{id}                                          one decision, as it was made
//	GET /verdicts/{id}/explain?criterion=…&component=…          one finding of it, explained
//	POST /verdicts/{id}/sign                                    a sign-off on what it is about, given or taken back
//	GET /aside                                                  deliveries that do not decode or brought out a fault
//	GET /api/v1/nexus/{name}/increments/{number|head|last-done} the same as JSON
//	GET /api/v1/nexus/{name}/increments/{number|head|last-done}/checkout
//	GET /api/v1/nexus/{name}/components/{component}
//	GET /api/v1/nexus/{name}/definition
//	GET /api/v1/nexus/{name}/definition/versions
//	GET /api/v1/verdicts/{id}
//	GET /api/v1/verdicts/{id}/explain?criterion=…&component=…
//	GET /api/v1/verdicts/{id}/attestation                       the signed statement on it, where a key is given
//	GET /events                                                 server-sent events: "changed"
//
// A sample of the API, for what is not there:
//
//	{"error":"storefront has no done Increment yet","next":"see /api/v1/nexus/storefront/increments/head for what holds it back"}
package dashboard
