// Package courier carries what it is given to where teams are: to a room by a webhook as Slack has them, to a mailbox
// by SMTP, and to a bus as a CloudEvent over HTTP. It refuses to know what it carries, and when.
//
// An address of a room or a bus is a secret: whoever knows it can write there. So no error of this package tells one,
// nor what was answered there but for a word that cannot hold one:
//
//	it was refused: HTTP 404 (no_service)
//	it cannot be reached: its host refuses the connection
//
// To carry something again does no harm: a message has the same Message-ID and date each time, and an event the same id.
// An error is a [Refused] (for good), a [Later] (it is to be left alone for a while, or somebody has to mend
// something) or says that it is worth another try.
package courier
