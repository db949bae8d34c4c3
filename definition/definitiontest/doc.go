// Package definitiontest makes definitions for tests: by chance, and with intent to harm.
//
// Choices makes the two layers of a Definition of Done and the facts that they are held against, of
// few numbers, words and expressions, so that they meet; each layer comes as the source that a user
// would write, with what it says and where. Hostile are files that nobody should be able to make us
// work on, or trip over: whatever reads a team's layer is tested with them.
//
// It knows nothing of how a definition is read, so that it does not agree with our mistakes.
package definitiontest
