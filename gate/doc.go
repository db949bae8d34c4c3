// Package gate is the domain: one Nexus, its Integrated Increment, and the question whether the sum
// of its teams' work is done.
//
// # The log and the fold
//
// Everything a verdict rests on arrives as a [Delivery]: a forge's webhook, something that we read
// from a forge because a verdict waited for it (a [Want]), or a Nexus-wide definition. A delivery
// decodes to [Event] values, and the [Ledger] folds them, one delivery after the other, into one
// [State] for each [Nexus]. Heads, evidence and changes come out the same in whatever order and
// however often the deliveries arrive: every report of a forge's object is placed by the forge's
// own words (run, attempt, start, status, time), never by its receipt.
//
// # The judgement
//
// What a delivery bears on is judged at once by [Judge], a pure function from a [Case] (rules,
// evidence, a moment) to a [Verdict]. A verdict holds a [Finding] for every criterion: what was
// wanted, what was found, whose rule it is and what to do. Unknown is never done: evidence that is
// missing, stale, untrusted, empty or unreadable keeps the door shut and says so. A rule that a
// team has tightened is judged in both layers, and the worse finding counts; so a team's layer can
// only ever take away.
//
//	verdict on Integrated Increment 12: not-done
//	  coverage  cart-api  unmet    wanted lines >=90, found lines 84.2 (team cart, .nexus/done.cue:1:25)
//	  ci        web       waiting  wanted conclusion "success", found running
//
// An [Exception] changes nothing of what a finding says: a required one that is not met keeps its state,
// names the exception and weighs nothing, until the exception ends. What is done so is done under
// exceptions, by name, and never plainly: see [Verdict.Releases]. [Exception.Applies] alone decides.
//
// # The sum
//
// Every landing on an integration branch, and every component that joins or leaves, makes the next
// [Increment]: a numbered [Composition] of one commit for each component, addressed by its content.
// It is judged by all its components and by the criteria on the Increment itself.
//
// # Where the rules come from
//
// The Nexus-wide layer is given as a file, or lives on a forge, in a [Home]. What lands there is in
// force once somebody of the Integration Team of the layer before it stands for it, as the author or an
// approver of the change that landed; until then, and while it has faults, the one before it stays in
// force and the [Standing] says so. Of a landing that nobody known stands for the forge is asked once who
// brought it, in a [LandingRead]: deliveries get lost. Which layer is in force follows from what is known
// of the landings, whichever delivery came first. A change to any layer is judged as such, [OfDefinition]: its verdict
// holds a [Proposal], with the [Impact] of the change on the evidence as it stands. All that is in force
// at one time is named by a [Manifest], whose digest every verdict carries and from which [Rebuild]
// makes the very rules again.
//
// # What needs what
//
// The forges' issues are the Product Backlog where the Nexus says so ([Ledger.Backlog]): whose an item is, its Sprint,
// the changes for it, and what needs what, as texts declare it, as the forges' own links say and as landings show it
// ([Dependency]). A change that needs what another team has not merged or closed awaits it, on whichever forge it is,
// and is judged again when that moves. What nobody tells us of is read, in a [ThingRead]; what cannot be found is
// not there. What somebody outside may have written holds up their own change alone.
//
//	verdict on change acme/cart-api#17: awaiting
//	  apart  cart-api  waiting  wanted open 0, found open 1; gitlab:acme/web!4 is not merged (team web)
//
// # What a step leaves
//
// The Ledger answers each delivery with a [Step]: changed documents of the state, verdicts,
// Increments, and the reports that are now [Owed] to a forge. Whoever owns the Ledger commits a
// step whole. The same deliveries in the same order at the same moments make the same verdicts,
// which is what a replay proves.
//
// # Forgetting
//
// A Nexus that lives for years hears of more than it can hold. By [Pruned], an entry of the log as any
// other, it forgets changes, groups, commits and pushes of long ago that nothing rests on: no head, no open
// change, no Increment, no landing whose evidence is carried on, no layer in force. All verdicts stay as they are. Who tells
// later of what happened before, and of what nothing is known any more, is not heard: the newer word on it
// may be what was forgotten.
//
// # Hindsight
//
// With each verdict goes its [Ground]: what it rests on besides the rules. [CaseOf] makes the case once
// more, under the Nexus that was in force or under any other, and [Rejudging] does so with a whole
// history, to say what a candidate would have made of it ([Hindsight]). Under the rules of its day
// every verdict comes out the very same, by its id.
//
// The package imports the standard library and package definition. It knows nothing of HTTP,
// databases, CUE, metrics or a forge's client, and reads no clock: the moment is passed in.
package gate
