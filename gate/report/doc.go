// Package report says a verdict in words: the title and markdown of a check, the one line of a
// commit status, JSON for scripts and text for a terminal.
//
// It is what the Nexus Guide calls transparency: whoever reads the report sees what is done, what
// holds the rest back, whose rule that is and what to do about it. The package is pure. It refuses
// to know forges, clocks and addresses: it never judges, it never reads a clock, and links are
// given to it.
//
// Most of what a report shows was written by others: names, reasons, facts, file names. None of it
// may act where it is shown. [Markdown] therefore puts everything but plain words into code spans,
// where neither GitHub nor GitLab looks for mentions, references, links or HTML.
//
// A sample, as it is written into a check run:
//
//	**✗ Not done.** `acme/cart-api#17` is held back by 1 of 3 required criteria; 1 awaited, 1 met.
//
//	| State | Criterion | Of | Wanted | Found | Whose rule | What to do |
//	| --- | --- | --- | --- | --- | --- | --- |
//	| ✗ unmet | `coverage`<br>Coverage stays at or above the agreed floor | `cart-api`<br>team cart | `lines >=90` | `lines 84.2` | the team's<br>`teams/cart.cue:1:25` | Cover the new branches |
package report
