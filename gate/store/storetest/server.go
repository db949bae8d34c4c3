package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// PostgresServer is a PostgreSQL server for tests, in a directory of its own and reached by a socket
// there, so that no test finds another's.
type PostgresServer struct {
	programs string // the directory of initdb and postgres
	home     string // holds the data, the socket and what the server says
	settings []string
	owner    *syscall.Credential // whom the server runs as; nil: whoever runs the tests

	watch *exec.Cmd
	hold  io.WriteCloser // the server ends when this is closed
}

// watched runs the server until its own input ends, as it does when the test's process ends, however
// that comes about: no server is left behind, and nothing of it, unless a word says to keep it.
const watched = `"$0" "$@" >"$HOME/said" 2>&1 & server=$!
read word; kill -QUIT $server; wait $server; [ "$word" = keep ] || rm -rf "$HOME"`

// layOut makes the directory of a server that is not started yet.
func layOut(settings ...string) (s *PostgresServer, err error) {
	s = &PostgresServer{settings: settings}
	if err := s.settle(); err != nil {
		return nil, err
	}
	if err := s.initialize(); err != nil {
		return nil, errors.Join(err, os.RemoveAll(s.home))
	}
	return s, nil
}

// initialize lays out the data.
func (s *PostgresServer) initialize() error {
	initdb := s.command("initdb", "--pgdata", s.data(), "--username", "nexusgate", "--auth", "trust", "--encoding", "UTF8", "--locale", "C", "--no-sync")
	if said, err := initdb.CombinedOutput(); err != nil {
		return fmt.Errorf("laying out a server: %w: %s", err, said)
	}
	return nil
}

// settle makes the directory, and finds whom the server is to run as.
func (s *PostgresServer) settle() (err error) {
	if s.programs, err = programs(); err != nil {
		return err
	}
	if s.owner, err = owner(); err != nil {
		return err
	}
	// The name of a socket is bounded by some hundred bytes: a test's own directory may be too deep.
	if s.home, err = os.MkdirTemp("", "nexusgate-pg"); err != nil {
		return fmt.Errorf("making the directory of a server: %w", err)
	}
	if s.owner != nil {
		if err := os.Chown(s.home, int(s.owner.Uid), int(s.owner.Gid)); err != nil {
			return fmt.Errorf("handing over the directory of a server: %w", err)
		}
	}
	return nil
}

// copy takes another server's data as they are on the disk at one moment, and what it has in its log.
func (s *PostgresServer) copy(from *PostgresServer) error {
	if err := s.settle(); err != nil {
		return err
	}
	take := s.command("pg_basebackup", "--pgdata", s.data(), "--host", from.home, "--username", "nexusgate", "--checkpoint", "fast", "--no-sync")
	if said, err := take.CombinedOutput(); err != nil {
		return errors.Join(fmt.Errorf("copying a server: %w: %s", err, said), os.RemoveAll(s.home))
	}
	return nil
}

func (s *PostgresServer) data() string { return filepath.Join(s.home, "data") }

// dsn names a database of the server's.
func (s *PostgresServer) dsn(database string) string {
	return "postgres://nexusgate@/" + database + "?host=" + url.QueryEscape(s.home)
}

// command runs one of PostgreSQL's programs as the server's owner, away from what its clients' settings
// in the environment would have it do.
func (s *PostgresServer) command(program string, arguments ...string) *exec.Cmd {
	if program != "/bin/sh" {
		program = filepath.Join(s.programs, program)
	}
	command := exec.Command(program, arguments...) //nolint:noctx // the server ends with its input, not with a time
	command.Dir = s.home
	command.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + s.home, "LC_ALL=C"} //nolint:forbidigo // tests are run by go test, with its environment
	command.SysProcAttr = &syscall.SysProcAttr{Credential: s.owner}
	return command
}

func (s *PostgresServer) running() bool { return s.hold != nil }

func (s *PostgresServer) start() (err error) {
	arguments := slices.Concat([]string{"-c", watched, filepath.Join(s.programs, "postgres"), "-D", s.data(), "-k", s.home, "-h", ""}, s.settings)
	s.watch = s.command("/bin/sh", arguments...)
	if s.hold, err = s.watch.StdinPipe(); err != nil {
		return fmt.Errorf("holding the server: %w", err)
	}
	if err := s.watch.Start(); err != nil {
		return fmt.Errorf("starting the server: %w", err)
	}
	return s.await()
}

// await waits until the server answers.
func (s *PostgresServer) await() (err error) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for {
		if err = s.tell("SELECT 1"); err == nil {
			return nil
		}
		select {
		case <-again.C:
		case <-ctx.Done():
			said, _ := os.ReadFile(filepath.Join(s.home, "said"))
			return errors.Join(fmt.Errorf("the server does not answer: %w: it said %s", err, bytes.TrimSpace(said)), s.stop())
		}
	}
}

func (s *PostgresServer) stop() error {
	if !s.running() {
		return nil
	}
	_, err := io.WriteString(s.hold, "keep\n")
	err = errors.Join(err, s.hold.Close(), s.watch.Wait())
	s.hold = nil
	if err != nil {
		return fmt.Errorf("stopping the server: %w", err)
	}
	return nil
}

// programs finds where PostgreSQL's server programs are: on the path, or where Debian puts those of
// each version, the newest of them.
func programs() (directory string, err error) {
	places := filepath.SplitList(os.Getenv("PATH")) //nolint:forbidigo // tests are run by go test, with its environment
	versions, err := filepath.Glob("/usr/lib/postgresql/*/bin")
	if err != nil {
		return "", err
	}
	slices.SortFunc(versions, func(a, b string) int { return version(b) - version(a) })
	for _, place := range append(places, versions...) {
		found, err := filepath.EvalSymlinks(filepath.Join(place, "initdb"))
		if err != nil {
			continue
		}
		if _, err := os.Stat(filepath.Join(filepath.Dir(found), "postgres")); err == nil {
			return filepath.Dir(found), nil
		}
	}
	return "", errors.New("PostgreSQL's initdb and postgres are not here: make postgres installs them")
}

// version is that of a directory such as /usr/lib/postgresql/17/bin.
func version(directory string) int {
	number, _ := strconv.Atoi(filepath.Base(strings.TrimSuffix(directory, "/bin")))
	return number
}

// owner is an account for the server where root runs the tests, whom PostgreSQL refuses to run as.
func owner() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil //nolint:nilnil // no other account is needed
	}
	account, err := user.Lookup("postgres")
	if err != nil {
		if account, err = user.Lookup("nobody"); err != nil {
			return nil, fmt.Errorf("finding an account for the server: %w", err)
		}
	}
	uid, err := strconv.ParseUint(account.Uid, 10, 32)
	if err != nil {
		return nil, fmt.Errorf("the account %s: %w", account.Username, err)
	}
	gid, err := strconv.ParseUint(account.Gid, 10, 32)
	if err != nil {
		return nil, fmt.Errorf("the account %s: %w", account.Username, err)
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
}
