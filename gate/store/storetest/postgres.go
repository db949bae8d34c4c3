package storetest

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"

	"github.com/nexusgate/nexusgate/gate/store"
)

// Postgres names a new, empty PostgreSQL database, which is gone when the test ends. The databases of a
// test's process lie on one server, which is started when the first is asked for and ends with the
// process. It does not sync what it writes: it outlives what a test does to the store, and no machine
// stops. Without PostgreSQL's programs the test fails.
func Postgres(t testing.TB) (dsn string) {
	t.Helper()
	s, err := shared()
	if err != nil {
		t.Fatal(err)
	}
	return s.Database(t)
}

// ReadyPostgres is [Postgres] with the schema laid out, which takes longer than most that is done with it.
func ReadyPostgres(t testing.TB) (dsn string) {
	t.Helper()
	s, err := shared()
	if err != nil {
		t.Fatal(err)
	}
	if err := model(); err != nil {
		t.Fatal(err)
	}
	return s.database(t, "TEMPLATE "+modelName)
}

// model lays out the schema once, for the copies of it.
var model = sync.OnceValue(func() error {
	s, err := shared()
	if err != nil {
		return err
	}
	if err := s.tell("CREATE DATABASE " + modelName); err != nil {
		return err
	}
	laidOut, err := store.Open(context.Background(), s.dsn(modelName), func() time.Time { return noon })
	if err != nil {
		return err
	}
	return laidOut.Close()
})

const modelName = "nexusgate_model"

// shared is the server of this process.
var shared = sync.OnceValues(func() (*PostgresServer, error) {
	// What a copy begins with must be in the log until it ends, however much the tests beside it write.
	s, err := layOut("-c", "fsync=off", "-c", "wal_keep_size=1GB")
	if err != nil {
		return nil, err
	}
	return s, s.start()
})

// NewPostgresServer starts a server of the test's own, which it may stop and start. It syncs what it
// writes, and it ends with the test. Settings are added to its command line, as "-c", "name=value".
func NewPostgresServer(t testing.TB, settings ...string) *PostgresServer {
	t.Helper()
	s, err := layOut(settings...)
	if err != nil {
		t.Fatal(err)
	}
	s.own(t)
	return s
}

// own starts a server, which ends with the test.
func (s *PostgresServer) own(t testing.TB) {
	t.Helper()
	t.Cleanup(func() {
		s.Stop(t)
		if err := os.RemoveAll(s.home); err != nil {
			t.Error(err)
		}
	})
	s.Start(t)
}

// Start starts a server that was stopped, and waits until it answers. It mends first what a stop has
// left, as after a loss of power.
func (s *PostgresServer) Start(t testing.TB) {
	t.Helper()
	if err := s.start(); err != nil {
		t.Fatal(err)
	}
}

// Stop ends the server at once: what it is in the middle of is lost, and so are its connections.
func (s *PostgresServer) Stop(t testing.TB) {
	t.Helper()
	if err := s.stop(); err != nil {
		t.Error(err)
	}
}

// made numbers the databases of this process.
var made atomic.Int64

// Database names a new, empty database of the server's, which is gone when the test ends.
func (s *PostgresServer) Database(t testing.TB) (dsn string) {
	t.Helper()
	return s.database(t, "")
}

// database makes one with these options, and drops it when the test ends.
func (s *PostgresServer) database(t testing.TB, options string) (dsn string) {
	t.Helper()
	name := fmt.Sprintf("nexusgate_%d", made.Add(1))
	if err := s.tell("CREATE DATABASE " + name + " " + options); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.tell("DROP DATABASE " + name + " WITH (FORCE)"); err != nil && s.running() {
			t.Error(err)
		}
	})
	return s.dsn(name)
}

// tell has the server do something that needs no database of the test's.
func (s *PostgresServer) tell(statement string) error {
	pool, err := sql.Open("pgx", s.dsn("postgres"))
	if err != nil {
		return err
	}
	defer func() { _ = pool.Close() }()
	if _, err := pool.ExecContext(context.Background(), statement); err != nil {
		return fmt.Errorf("%s: %w", statement, err)
	}
	return nil
}

// CrashedPostgres names the database as it would be found on another server if its own had stopped now.
func CrashedPostgres(t *testing.T, dsn string) (found string) {
	t.Helper()
	from, err := shared()
	if err != nil {
		t.Fatal(err)
	}
	to := &PostgresServer{settings: from.settings}
	if err := to.copy(from); err != nil {
		t.Fatal(err)
	}
	to.own(t)
	return strings.ReplaceAll(dsn, url.QueryEscape(from.home), url.QueryEscape(to.home))
}
