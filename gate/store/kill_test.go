package store_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/store"
	"github.com/nexusgate/nexusgate/gate/store/storetest"
)

const (
	victim   = "STORE_TEST_VICTIM"
	recorder = "STORE_TEST_RECORDER"
)

// TestMain runs the tests, or the process that one of them kills.
func TestMain(m *testing.M) {
	if dsn := os.Getenv(victim); dsn != "" {
		keepForEver(dsn, os.Getpid())
	}
	if dsn := os.Getenv(recorder); dsn != "" {
		fmt.Println(recordForEver(dsn))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// keepForEver prints each key once it is acknowledged, until it is killed.
func keepForEver(dsn string, pid int) {
	s, err := store.Open(context.Background(), dsn, time.Now)
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	var all sync.WaitGroup
	for sender := range 16 {
		all.Go(func() {
			for i := 0; ; i++ {
				key := fmt.Sprintf("%d-%d-%d", pid, sender, i)
				if _, err := s.Keep(context.Background(), gate.Delivery{Key: key, Body: make([]byte, 10<<10)}); err != nil {
					fmt.Println(err)
					os.Exit(1)
				}
				fmt.Println(key)
			}
		})
	}
	all.Wait()
}

// recordForEver takes a lane over and prints the number of each step once it is recorded, until it is killed.
func recordForEver(dsn string) error {
	ctx := context.Background()
	s, err := store.Open(ctx, dsn, time.Now)
	if err != nil {
		return err
	}
	lease, err := takeOver(ctx, s)
	if err != nil {
		return err
	}
	seq, _, err := s.LastStep(ctx, lease.Lane)
	for err == nil {
		seq++
		step := busy(seq)
		for _, half := range []string{"one half", "the other"} {
			step.Docs = append(step.Docs, gate.Doc{Nexus: lease.Lane, Key: half, Body: []byte(fmt.Sprint(seq))})
		}
		if err = s.Record(ctx, lease, []gate.Step{step}); err == nil {
			fmt.Println(seq)
		}
	}
	return err
}

// takeOver claims the lane from whoever died with it.
func takeOver(ctx context.Context, s *store.Store) (store.Lease, error) {
	seen := store.Lane{Name: "storefront"}
	all, err := s.Lanes(ctx)
	if err != nil {
		return store.Lease{}, err
	}
	for _, lane := range all {
		if lane.Name == seen.Name {
			seen = lane
		}
	}
	return s.Claim(ctx, seen, "whoever comes next")
}

// onEach runs a test on a database of each engine.
func onEach(t *testing.T, test func(t *testing.T, dsn string)) {
	t.Helper()
	t.Run("SQLite", func(t *testing.T) { test(t, "sqlite:"+filepath.Join(t.TempDir(), "killed.db")) })
	t.Run("PostgreSQL", func(t *testing.T) { test(t, storetest.Postgres(t)) })
}

func TestWhatWasAcknowledgedOutlivesAKill(t *testing.T) {
	onEach(t, func(t *testing.T, dsn string) {
		var acknowledged []string
		for _, after := range []int{1, 100, 1000} { // the last is past a checkpoint
			acknowledged = append(acknowledged, killAfter(t, victim+"="+dsn, after)...)
		}
		s, err := store.Open(t.Context(), dsn, time.Now)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = s.Close() }()
		for _, key := range acknowledged {
			duplicate, err := s.Keep(t.Context(), gate.Delivery{Key: key})
			if err != nil || !duplicate {
				t.Fatalf("%s was acknowledged and is not there (error %v)", key, err)
			}
		}
		sound(t, dsn)
	})
}

// sound has SQLite check its file.
func sound(t *testing.T, dsn string) {
	t.Helper()
	path, ok := strings.CutPrefix(dsn, "sqlite:")
	if !ok {
		return
	}
	var says string
	if err := rawFile(t, path).QueryRow("PRAGMA integrity_check").Scan(&says); err != nil || says != "ok" {
		t.Errorf("the check of the file says %q (error %v)", says, err)
	}
}

func TestAHolderThatIsKilledLeavesWholeStepsToTheNext(t *testing.T) {
	onEach(t, func(t *testing.T, dsn string) {
		for _, after := range []int{1, 20, 50} {
			printed := killAfter(t, recorder+"="+dsn, after)
			s, err := store.Open(t.Context(), dsn, time.Now)
			if err != nil {
				t.Fatal(err)
			}
			seq, _, err := s.Docs(t.Context(), "storefront", 0, func(gate.Doc) error { return nil })
			last, unread := strconv.ParseInt(printed[len(printed)-1], 10, 64)
			if err := errors.Join(err, unread); err != nil || seq < last {
				t.Fatalf("the record goes to step %d, and step %d was recorded (error %v)", seq, last, err)
			}
			_, _, err = s.Docs(t.Context(), "storefront", 0, func(d gate.Doc) error {
				if (d.Key == "one half" || d.Key == "the other") && string(d.Body) != fmt.Sprint(seq) {
					t.Errorf("%s is of step %s, and the record goes to %d", d.Key, d.Body, seq)
				}
				return nil
			})
			if err := errors.Join(err, s.Close()); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// killAfter runs a process that a variable names, kills it after so many lines, and returns all that it
// printed.
func killAfter(t *testing.T, variable string, lines int) (printed []string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	process := exec.CommandContext(ctx, os.Args[0])
	process.Env = append(os.Environ(), variable)
	out, err := process.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := process.Start(); err != nil {
		t.Fatal(err)
	}
	in := bufio.NewScanner(out)
	for in.Scan() {
		printed = append(printed, in.Text())
		if len(printed) == lines {
			if err := process.Process.Kill(); err != nil {
				t.Error(err)
			}
		}
	}
	if err := process.Wait(); err == nil || len(printed) < lines {
		t.Fatalf("it ended after %d lines, by itself: %v", len(printed), printed[max(0, len(printed)-1):])
	}
	return printed
}
