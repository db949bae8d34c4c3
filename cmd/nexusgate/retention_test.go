package main_test

import (
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	nexusgate "github.com/nexusgate/nexusgate/cmd/nexusgate"
	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/attest"
	"github.com/nexusgate/nexusgate/gate/store"
	"github.com/nexusgate/nexusgate/gate/store/storetest"
)

// longLife is a Nexus that goes on for long, told to a store day by day.
type longLife struct {
	*record
	dsn                 string
	common              store.Lease
	key                 *attest.Key
	told                int
	head                string   // of the component
	increments, changes []string // ids of verdicts, in order
}

func newLongLife(t *testing.T, dsn string) *longLife {
	t.Helper()
	l := &longLife{record: &record{t: t, ledger: gate.NewLedgerOf("shop"), now: began}, dsn: dsn, key: newLogKey(t)}
	var err error
	if l.store, err = store.Open(t.Context(), dsn, func() time.Time { return l.now }); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.store.Close() })
	if l.lease, err = l.store.Claim(t.Context(), store.Lane{Name: "shop"}, "a test"); err != nil {
		t.Fatal(err)
	}
	if l.common, err = l.store.Claim(t.Context(), store.Lane{Name: store.Common}, "a test"); err != nil {
		t.Fatal(err)
	}
	l.doctor = func(s *gate.Step) {
		for _, v := range s.Verdicts {
			if v.Subject.Kind == gate.OfIncrement {
				l.increments = append(l.increments, v.ID)
			}
			if v.Subject.Kind == gate.OfChange {
				l.changes = append(l.changes, v.ID)
			}
		}
	}
	l.read(gate.NexusGiven{File: "nexus.cue", Source: keptNexus})
	return l
}

// hub tells what GitHub does.
func (l *longLife) hub(event, body string) {
	l.t.Helper()
	l.told++
	l.keep(gate.Delivery{Source: gate.FromGitHub, Event: event, Key: fmt.Sprint("guid-", l.told), Trust: definition.Webhook, Places: []string{"github:acme/cart-api"}, Body: []byte(body)})
}

const lifeEnvelope = `"repository": {"id": 1296269, "name": "cart-api", "full_name": "acme/cart-api", "pushed_at": %d}, "installation": {"id": 1}, "sender": {"login": "ana", "id": 1, "type": "User"}`

func (l *longLife) envelope() string { return fmt.Sprintf(lifeEnvelope, l.now.Unix()) }

func (l *longLife) status(sha, state string) {
	l.hub("status", fmt.Sprintf(`{"id": %d, "sha": %q, "name": "acme/cart-api", "context": "lint", "state": %q, "created_at": %[4]q, "updated_at": %[4]q, "commit": {"sha": %[2]q}, %[5]s}`,
		l.told, sha, state, l.now.UTC().Format(time.RFC3339), l.envelope()))
}

func (l *longLife) pull(number int, action, head, landed string) {
	state := map[string]string{"opened": "open", "closed": "closed"}[action]
	l.hub("pull_request", fmt.Sprintf(`{"action": %q, "number": %[2]d, "pull_request": {"number": %[2]d, "state": %q, "merged": %v, "merge_commit_sha": %q, "title": "Work", "user": {"login": "ana"}, "html_url": "https://github.example.com/acme/cart-api/pull/%[2]d", "updated_at": %[6]q, "head": {"sha": %[7]q, "repo": {"id": 1296269}}, "base": {"ref": "main"}}, %[8]s}`,
		action, number, state, landed != "", landed, l.now.UTC().Format(time.RFC3339), head, l.envelope()))
}

// day brings a change that lands, and one night of rest; then the service lets go of what is old.
func (l *longLife) day(number int) {
	l.t.Helper()
	head, landed := fmt.Sprintf("%040x", 2*number+1), fmt.Sprintf("%040x", 2*number+2)
	l.pull(number, "opened", head, "")
	l.read(gate.ChangeRead{Repo: lifeRepo, Number: number, Head: head, Paths: []string{"cart.go"}, Complete: true})
	l.status(head, "failure")
	l.status(head, "success")
	if l.head == "" {
		l.read(gate.HeadRead{Repo: lifeRepo, Branch: "main", Commit: landed, At: l.now})
	} else {
		l.hub("push", fmt.Sprintf(`{"ref": "refs/heads/main", "before": %q, "after": %q, "forced": false, "commits": [{"id": %[2]q, "added": ["cart.go"]}], "head_commit": {"id": %[2]q, "tree_id": %[2]q}, %s}`, l.head, landed, l.envelope()))
	}
	l.head = landed
	l.pull(number, "closed", head, landed)
	l.read(gate.FileRead{Repo: lifeRepo, Commit: landed, Path: ".nexus/done.cue", Absent: true})
	l.status(landed, "success")
	l.now = l.now.Add(24*time.Hour - 9*time.Second)
	if step, empty := l.ledger.Wake(l.now); !empty {
		l.commit(step)
	}
	l.report()
}

var lifeRepo = gate.Repo{Forge: gate.GitHub, ID: 1296269, Name: "acme/cart-api", Installation: 1}

// report has the forge take what is owed.
func (l *longLife) report() {
	l.t.Helper()
	due, err := l.store.Due(l.t.Context(), "shop", l.now, 100)
	if err != nil {
		l.t.Fatal(err)
	}
	for _, d := range due {
		if err := l.store.Try(l.t.Context(), l.lease, d.Key(), d.Version); err != nil {
			l.t.Fatal(err)
		}
		if err := l.store.Taken(l.t.Context(), l.lease, d.Key(), d.Version, int64(l.told)); err != nil {
			l.t.Fatal(err)
		}
	}
}

// retain is what the service does once a day.
func (l *longLife) retain(days, sprints int) {
	l.t.Helper()
	if err := nexusgate.Retain(l.t.Context(), l.store, l.key, l.ledger, l.lease, days, sprints, l.now, l.read); err != nil {
		l.t.Fatal(err)
	}
	if err := nexusgate.Retain(l.t.Context(), l.store, l.key, gate.NewLedgerOf(store.Common), l.common, days, sprints, l.now, l.read); err != nil {
		l.t.Fatal(err)
	}
}

func TestWhatIsOldIsLetGoAndTheRestStillProves(t *testing.T) {
	t.Parallel()
	for name, dsn := range map[string]string{"sqlite": "sqlite:" + filepath.Join(t.TempDir(), "life.db"), "postgres": storetest.Postgres(t)} {
		t.Run(name, func(t *testing.T) {
			l := newLongLife(t, dsn)
			for number := range 60 {
				l.day(number)
				l.retain(16, 1)
			}
			from, cut, err := l.store.FoldedFrom(t.Context(), "shop")
			if err != nil || !cut || l.now.Sub(from.Made) > 20*24*time.Hour {
				t.Errorf("the log is folded from %+v (%v, error %v), want a checkpoint of 16 to 20 days ago", from, cut, err)
			}
			if said := commanded(t, "replay", "--store", dsn); !strings.HasSuffix(said, ": the same\n") {
				t.Errorf("replay says %s", said)
			}
			if said := commanded(t, "log", "verify", "--store", dsn, "--key", l.key.Verifier()); !strings.Contains(said, " deleted by retention since") || !strings.HasSuffix(said, "\nas logged\n") {
				t.Errorf("log verify says %s", said)
			}
			for _, id := range l.increments {
				if _, err := l.store.Verdict(t.Context(), id); err != nil {
					t.Errorf("a verdict of an Increment: %v", err)
				}
				if g, err := l.store.Ground(t.Context(), id); err != nil {
					t.Errorf("what a verdict of an Increment rests on: %v", err)
				} else {
					for _, c := range g.Components {
						if _, err := l.store.Ground(t.Context(), c.Verdict); err != nil {
							t.Errorf("what a component of it rests on: %v", err)
						}
					}
				}
			}
			_, err = l.store.Verdict(t.Context(), l.changes[0])
			if gone, is := errors.AsType[*store.LetGoError](err); !is || gone.At.IsZero() || !errors.Is(err, store.ErrNotFound) {
				t.Errorf("the verdict on the first change: %v; want that it was let go", err)
			}
			if _, err := l.store.Verdict(t.Context(), l.changes[len(l.changes)-1]); err != nil {
				t.Errorf("the verdict on the last change: %v", err)
			}
		})
	}
}

func TestWhatIsSentAgainIsKnownForAWeek(t *testing.T) {
	t.Parallel()
	l := newLongLife(t, "sqlite:"+filepath.Join(t.TempDir(), "life.db"))
	week := 0
	for number := range 30 {
		if l.day(number); number == 23 {
			week = l.told
		}
		l.retain(8, 1)
	}
	for key, known := range map[int]bool{week: true, 1: false} {
		if again := again(t, l.store, fmt.Sprint("guid-", key)); again != known {
			t.Errorf("guid-%d is a duplicate: %v, want %v", key, again, known)
		}
	}
}

func TestWhatIsLetGoMakesRoomForWhatComes(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "life.db")
	l := newLongLife(t, "sqlite:"+path)
	rows := map[int]map[string]int{}
	for number := range 100 {
		l.day(number)
		l.retain(8, 1)
		if number == 49 || number == 99 {
			rows[number] = rowsOf(t, path)
		}
	}
	t.Logf("%v\n%v", rows[49], rows[99])
	for _, table := range []string{"deliveries", "steps", "docs", "checkpoints", "checkpoint_docs", "owed", "verdicts of changes"} {
		if half, all := rows[49][table], rows[99][table]; half == 0 || all > half*5/4 {
			t.Errorf("%s are %d rows after 50 days and %d after 100, want as many", table, half, all)
		}
	}
}

// rowsOf counts what a file holds.
func rowsOf(t *testing.T, path string) map[string]int {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	rows := map[string]int{}
	for what, query := range map[string]string{
		"deliveries": "SELECT COUNT(*) FROM deliveries", "steps": "SELECT COUNT(*) FROM steps", "docs": "SELECT COUNT(*) FROM docs",
		"checkpoints": "SELECT COUNT(*) FROM checkpoints", "checkpoint_docs": "SELECT COUNT(*) FROM checkpoint_docs", "owed": "SELECT COUNT(*) FROM owed WHERE body <> ''", "ids of check runs": "SELECT COUNT(*) FROM owed WHERE body = ''",
		"verdicts of changes": "SELECT COUNT(*) FROM verdicts WHERE subject LIKE 'change %'", "verdicts of Increments": "SELECT COUNT(*) FROM verdicts WHERE subject LIKE 'increment %'",
		"verdicts of components": "SELECT COUNT(*) FROM verdicts WHERE subject LIKE 'component %'", "evidence": "SELECT COUNT(*) FROM evidence", "leaves": "SELECT COUNT(*) FROM leaves",
		"pages": "PRAGMA page_count", "free pages": "PRAGMA freelist_count",
	} {
		n := 0
		if err := db.QueryRow(query).Scan(&n); err != nil {
			t.Fatal(err)
		}
		rows[what] = n
	}
	return rows
}

// again says whether a delivery of GitHub's is known by its key.
func again(t *testing.T, s *store.Store, key string) bool {
	t.Helper()
	known, err := s.Keep(t.Context(), gate.Delivery{Source: gate.FromGitHub, Event: "ping", Key: key, Places: []string{}, Body: []byte("{}")})
	if err != nil {
		t.Fatal(err)
	}
	return known
}
