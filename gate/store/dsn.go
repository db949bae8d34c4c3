package store

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// parse finds the engine of a DSN.
func parse(dsn string) (engine, error) {
	scheme, path, ok := strings.Cut(dsn, ":")
	switch {
	case ok && scheme == "sqlite" && path != "" && !strings.HasPrefix(path, ":"):
		return file{path: path}, nil
	case ok && (scheme == "postgres" || scheme == "postgresql"):
		return parsePostgres(dsn)
	}
	return nil, fmt.Errorf("store %q: want sqlite:PATH, such as sqlite:nexusgate.db or sqlite:/var/lib/nexusgate/nexusgate.db, or postgres://USER@HOST/DATABASE", Redact(dsn))
}

// parsePostgres reads what libpq would read: the URL, and the environment and the password file for
// what it leaves out. The library's own words on a URL that it cannot read may show a password that was
// not escaped, so they are not passed on.
func parsePostgres(dsn string) (engine, error) {
	config, err := pgx.ParseConfig(dsn)
	if err == nil {
		return server{config: config}, nil
	}
	var said *pgconn.ParseConfigError
	var unread *url.Error
	if why := errors.Unwrap(err); errors.As(err, &said) && why != nil && !errors.As(err, &unread) && readable(dsn) {
		return nil, fmt.Errorf("store %s: %w", Redact(dsn), why)
	}
	return nil, fmt.Errorf("store %s: this is no URL of PostgreSQL: want postgres://USER:PASSWORD@HOST:PORT/DATABASE, with each special character of a name or password percent-encoded (/ as %%2F, @ as %%40)", Redact(dsn))
}

func readable(dsn string) bool {
	_, err := url.Parse(dsn)
	return err == nil
}

// Redact is a DSN as it may be shown: without a password, wherever in it that stands.
func Redact(dsn string) string {
	scheme, rest, ok := strings.Cut(dsn, "//")
	switch {
	case !ok && !strings.HasPrefix(dsn, "sqlite:") && strings.Contains(dsn, "@"):
		return "…" + dsn[strings.LastIndex(dsn, "@"):] // somebody forgot the slashes
	case !ok || strings.HasPrefix(dsn, "sqlite:"):
		return dsn
	}
	name, err := url.Parse(dsn)
	if err != nil {
		// What cannot be read may hold a password anywhere before the last @, or after it in a parameter.
		rest, _, _ = strings.Cut(rest[strings.LastIndex(rest, "@")+1:], "?")
		return scheme + "//…@" + rest
	}
	told := name.Query()
	for parameter := range told {
		if strings.Contains(strings.ToLower(parameter), "password") {
			told.Set(parameter, "xxxxx")
		}
	}
	if name.RawQuery != "" {
		name.RawQuery = told.Encode()
	}
	return name.Redacted()
}

// seeParent says what to do when the directory that a database is to be made in is not there: SQLite itself
// says only "unable to open database file".
func seeParent(path string) error {
	parent := filepath.Dir(path)
	about, err := os.Stat(parent)
	switch {
	case err != nil:
		return fmt.Errorf("its directory cannot be used (%w): make it first, as with mkdir -p %s", err, parent)
	case !about.IsDir():
		return fmt.Errorf("%s is not a directory", parent)
	}
	return nil
}
