// Command nexusgate says whether the sum of a Nexus's integrated work is done.
//
// serve listens to the forges and says so where people look; vet and judge answer the same questions
// about files, for a shell and for CI; init writes the first files; replay folds a kept log again and
// holds the verdicts to it; demo shows all of it at work without a forge.
//
//	$ nexusgate vet nexus.cue --team cart=cart.cue
//	cart.cue:4:23: done.coverage.must.lines: >=70 relaxes >=80 of the Nexus (nexus.cue:87:9), which stays in force; …
//	$ echo $?
//	1
//
// Here alone the process is known: its arguments, its environment, its streams, its signals and its
// clock. Each command is a file and a type of its own; what it needs is handed to it, so that a test
// runs it as a shell does. The package refuses to know how anything is judged: it reads, asks, and
// turns the answer into an exit code.
//
// Every command exits with 0 for yes, 1 for no, 2 for not yet, and 3 for an error, wrong usage
// included.
package main
