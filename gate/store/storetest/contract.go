package storetest

import "testing"

// Database is what the contract needs to know of one.
type Database struct {
	// New names a new database that holds nothing, with or without the schema. It is gone when the test ends.
	New func(t *testing.T) (dsn string)
	// Crash names the database as it would be found if its machine stopped now, in the middle
	// of whatever is being written. The one it is taken of goes on.
	Crash func(t *testing.T, dsn string) (found string)
}

// Contract runs every clause of the contract on a database.
func Contract(t *testing.T, d Database) {
	clauses := []struct {
		name string
		hold func(*testing.T, Database)
	}{
		{"inbox", inbox},
		{"lanes", lanes},
		{"record", record},
		{"counts", counts},
		{"grounds", grounds},
		{"state", state},
		{"log", log},
		{"outbox", outbox},
		{"retries", retries},
		{"errands", errands},
		{"converge", converge},
		{"transparency", transparency},
		{"retention", retention},
		{"tokens", tokens},
		{"life", life},
	}
	for _, clause := range clauses {
		t.Run(clause.name, func(t *testing.T) { clause.hold(t, d) })
	}
}

// clauses runs each sentence on a database of its own, several at once.
func clauses(t *testing.T, d Database, sentences map[string]func(*desk)) {
	t.Helper()
	for sentence, hold := range sentences {
		t.Run(sentence, func(t *testing.T) {
			t.Parallel()
			hold(open(t, d))
		})
	}
}
