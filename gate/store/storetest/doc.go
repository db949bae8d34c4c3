// Package storetest is the contract that every database behind package store passes.
//
// It says what a keeper of the record owes a Nexus, in sentences that are subtests: "a source and a
// key are kept once", "one failing step leaves nothing". It refuses to know which database it talks
// to: a database shows how to name one that holds nothing, and how one looks after the machine has stopped.
//
//	func TestSQLite(t *testing.T) {
//		storetest.Contract(t, storetest.Database{New: newFile, Crash: copyFiles})
//	}
package storetest
