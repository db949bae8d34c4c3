// Package store keeps the record: what came in, what was decided, and what is still to be told.
//
// It is the Nexus's transparency made durable. It has four parts: the inbox (deliveries, and which
// of them are pending), the record (the steps in their order, the folded state they left, definitions by
// digest with their versions, verdicts with their findings and what they rest on, Increments), the
// outbox (reports that a forge has not taken yet), and writers that each commit whatever waits for them
// in one transaction.
//
// It promises three things. What [Store.Keep] returned without an error is on disk, and fsynced.
// What [Store.Record] is given is there whole or not at all. A report that is owed stays owed until
// [Store.Taken].
//
// It refuses to know what a body says, how state is folded, how a verdict is reached, and how a
// report looks: bodies and documents are bytes to it. SQL stops here.
//
//	s, err := store.Open(ctx, "sqlite:nexusgate.db", time.Now)
//	duplicate, err := s.Keep(ctx, delivery)  // false: on disk, and pending
//	waiting, err := s.Pending(ctx, 100)      // oldest first
//	err = s.Record(ctx, steps)               // their deliveries are pending no more
//	debts, err := s.Due(ctx, time.Now(), 10) // what they left to be told
//
// What a verdict rests on is kept beside it, as references to evidence that each Nexus keeps once by its content.
// [Store.Grounds] reads all of it in recorded order, a million grounds in as little memory as a
// thousand. [OpenToRead] opens a store that a service is at work on, and writes nothing.
//
// A database is named by its DSN: "sqlite:PATH" is a file, which one service has to itself, and
// "postgres://…" a database that any number of replicas share. The schema (migrations), the queries
// (queries) and the generated package (db) are the same for both: TEXT, BIGINT and BYTEA, ids made here,
// times as microseconds since 1970 in UTC. A time is therefore cut to the microsecond when it is kept.
// What the two do each in their own way, the engine, is in sqlite.go and postgres.go.
//
// On SQLite one writer takes all there is to write. On PostgreSQL what comes in has a writer of its own,
// which keeps a group in one statement, so that neither it nor the record waits for the other. A
// transaction that was taken back for the sake of another is done again. Where the connection is lost in
// a commit, nobody is told that it was done: what was kept all the same is a duplicate the next time.
//
// # Numbers
//
// A transaction per delivery pays one fsync each; a writer that commits what waits pays one for all
// of it, and needs no timer to wait by: while one group is being synced, the next gathers. With 64
// senders of 10 KB on two cores, BenchmarkKeep measured three to four times the rate of a transaction
// per delivery, and 0.96 to 1.06 of that of a bare writer which does nothing else. Of the settings it
// was the checkpoint that mattered: at SQLite's own 1000 pages the ratio was 0.81, at 4000 it was 1,
// and beyond that little more. Larger pages were slower from 16 KB on; mapping the file changed nothing.
//
// On PostgreSQL BenchmarkKeepOnPostgreSQL compares with a bare writer that inserts by unnest into a table
// with one index, with 8 and 64 senders of 10 and 30 KB, server and senders on the same two busy cores:
// between 0.84 and 1.08 of it in sixteen runs, 0.91 in the middle, and two to twelve times a statement per
// delivery. With a second index and the pending rows the bare writer was within 0.05 of it at 64 senders.
package store
