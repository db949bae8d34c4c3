package store

import (
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// next adds the next action to what an engine says when it is asked to connect, to change the schema or
// to take a whole store.
func next(err error) error {
	var unreached *pgconn.ConnectError
	var server *pgconn.PgError
	var file *sqlite.Error
	switch {
	case errors.As(err, &server):
		if action, ok := serverActions[server.Code]; ok {
			return fmt.Errorf("%w: %s", flat{err}, action)
		}
	case errors.As(err, &unreached):
		return fmt.Errorf("%w: see that a server runs there and can be reached", flat{err})
	case errors.As(err, &file):
		if action, ok := fileActions[file.Code()&0xff]; ok { // the lowest byte is what the longer codes are kinds of
			return fmt.Errorf("%w: %s", err, action)
		}
	}
	return err
}

// serverActions are by the codes of https://www.postgresql.org/docs/current/errcodes-appendix.html.
var serverActions = map[string]string{
	"3D000": "make the database first, as with createdb",
	"28000": "see the user, and what the server's pg_hba.conf lets in",
	"28P01": "see the user and the password",
	"42501": "name the user that owns the tables; where there are none yet, it needs the right to make them, as by GRANT USAGE, CREATE ON SCHEMA",
	"53100": "make room on the server's disk",
	"53300": "each replica needs six connections: raise max_connections, or run fewer",
}

// fileActions are by the codes of https://sqlite.org/rescode.html.
var fileActions = map[int]string{
	sqlite3.SQLITE_CANTOPEN: "see that it is a file, and that this user may read and write it and its directory",
	sqlite3.SQLITE_READONLY: "this user has to write to the file and its directory, also to read it",
	sqlite3.SQLITE_NOTADB:   "name the file that serve keeps its store in, or that backup wrote",
	sqlite3.SQLITE_FULL:     "make room, or name another place",
}

// notOurs says that a database holds no schema of ours.
func notOurs(err error) error {
	return fmt.Errorf("it is no store of nexusgate's, or no service was started on it yet: name the one that serve was given (reading the version of its schema: %w)", err)
}
