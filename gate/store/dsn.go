package store

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
)

// parse takes the path of the database out of its DSN and sees that it can be made there.
func parse(dsn string) (path string, err error) {
	scheme, path, ok := strings.Cut(dsn, ":")
	switch {
	case ok && scheme == "sqlite" && path != "" && !strings.HasPrefix(path, ":"):
		return path, seeParent(path)
	case ok && (scheme == "postgres" || scheme == "postgresql"):
		return "", fmt.Errorf("store %s: PostgreSQL is not supported; use sqlite:PATH, such as sqlite:nexusgate.db", hide(dsn))
	}
	return "", fmt.Errorf("store %q: want sqlite:PATH, such as sqlite:nexusgate.db or sqlite:/var/lib/nexusgate/nexusgate.db", hide(dsn))
}

// hide takes what may be a password out of a DSN before it is shown.
func hide(dsn string) string {
	scheme, rest, _ := strings.Cut(dsn, "//")
	if _, host, ok := strings.Cut(rest, "@"); ok {
		return scheme + "//…@" + host
	}
	return dsn
}

// seeParent says what to do when the directory of the database is not there: SQLite itself says
// only "unable to open database file".
func seeParent(path string) error {
	parent := filepath.Dir(path)
	about, err := os.Stat(parent)
	switch {
	case err != nil:
		return fmt.Errorf("store sqlite:%s: its directory cannot be used (%w): make it first, as with mkdir -p %s", path, err, parent)
	case !about.IsDir():
		return fmt.Errorf("store sqlite:%s: %s is not a directory", path, parent)
	}
	return nil
}

// uri is the driver's name for a SQLite file, with what each connection is to be told first.
func uri(path string, tell url.Values) string {
	name := url.URL{Scheme: "file", Opaque: escape(path), RawQuery: tell.Encode()}
	return name.String()
}

// escape keeps the characters of a path that a URI would read otherwise.
func escape(path string) string {
	return strings.NewReplacer("%", "%25", "?", "%3f", "#", "%23").Replace(filepath.ToSlash(path))
}
