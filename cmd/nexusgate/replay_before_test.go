package main_test

import (
	"database/sql"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/store"
)

// earlier is a store as builds kept it that had one log for all Nexuses.
type earlier struct {
	t      *testing.T
	db     *sql.DB
	ledger *gate.Ledger
	now    time.Time
	ids    int
}

// newEarlier lays a file out by the first five versions of the schema.
func newEarlier(t *testing.T, path string) *earlier {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	k := &earlier{t: t, db: db, ledger: gate.NewLedger(), now: began}
	k.do("CREATE TABLE goose_db_version (id INTEGER PRIMARY KEY AUTOINCREMENT, version_id INTEGER NOT NULL, is_applied INTEGER NOT NULL, tstamp TIMESTAMP DEFAULT (datetime('now')))")
	k.do("INSERT INTO goose_db_version (version_id, is_applied) VALUES (0, 1)")
	files, err := filepath.Glob(filepath.Join(root, "gate", "store", "migrations", "0000[1-5]_*.sql"))
	if err != nil || len(files) != 5 {
		t.Fatalf("there are %d first versions of the schema: %v", len(files), err)
	}
	for i, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		up, _, _ := strings.Cut(string(text), "-- +goose Down")
		k.do(up)
		k.do("INSERT INTO goose_db_version (version_id, is_applied) VALUES (?, 1)", i+1)
	}
	return k
}

func (k *earlier) do(statement string, values ...any) {
	k.t.Helper()
	if _, err := k.db.Exec(statement, values...); err != nil {
		k.t.Fatalf("%s: %v", statement, err)
	}
}

func (k *earlier) hear(e gate.Event) {
	k.t.Helper()
	k.ids++
	d, err := gate.Own(strings.Repeat("0", 31)+string(rune('0'+k.ids)), e, k.now)
	if err != nil {
		k.t.Fatal(err)
	}
	k.do("INSERT INTO deliveries (id, source, key, event, trust, received, body) VALUES (?, ?, ?, ?, ?, ?, ?)", d.ID, d.Source, d.Key, d.Event, int64(definition.Webhook), k.now.UnixMicro(), d.Body)
	events, err := gate.DecodeOwn(d)
	if err != nil {
		k.t.Fatal(err)
	}
	k.record(k.ledger.Apply(d, events, k.now))
	k.now = k.now.Add(time.Second)
}

func (k *earlier) record(s gate.Step) {
	k.t.Helper()
	ids := []string{}
	for place, v := range s.Verdicts {
		ids = append(ids, v.ID)
		k.do("INSERT INTO verdicts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
			v.ID, v.Nexus, v.Subject.Key(), s.Seq, place, v.Outcome, v.Increment, v.At.UnixMicro(), encoded(k.t, v))
	}
	k.do("INSERT INTO steps VALUES (?, ?, ?, ?, '', ?)", s.Seq, s.Now.UnixMicro(), s.Delivery, s.Result, encoded(k.t, ids))
	for _, d := range s.Docs {
		k.do("INSERT INTO docs VALUES (?, ?, ?) ON CONFLICT (nexus, key) DO UPDATE SET body = excluded.body", d.Nexus, d.Key, d.Body)
	}
}

func encoded(t *testing.T, value any) string {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestAStoreWithOneLogForAllNexusesIsReplayedByNexus has two Nexuses in the one log: each goes on from its
// own share of it.
func TestAStoreWithOneLogForAllNexusesIsReplayedByNexus(t *testing.T) {
	path := filepath.Join(t.TempDir(), "nexusgate.db")
	k := newEarlier(t, path)
	bank := strings.NewReplacer(`"shop"`, `"bank"`, "acme/cart-api", "acme/vault").Replace(replayedNexus)
	for i, source := range []string{replayedNexus, bank} {
		k.hear(gate.NexusGiven{File: "nexus.cue", Source: source})
		repo := gate.Repo{Forge: gate.GitHub, ID: int64(7 + i), Name: []string{"acme/cart-api", "acme/vault"}[i], Installation: 1}
		commit := strings.Repeat([]string{"9c1f", "77ab"}[i], 10)
		k.hear(gate.HeadRead{Repo: repo, Branch: "main", Commit: commit, At: k.now})
		k.hear(gate.FileRead{Repo: repo, Commit: commit, Path: ".nexus/done.cue", Absent: true})
	}
	k.now = k.now.Add(2 * time.Hour)
	step, empty := k.ledger.Wake(k.now)
	if empty || len(step.Verdicts) < 4 {
		t.Fatalf("the deadlines passed and came to %d verdicts", len(step.Verdicts))
	}
	k.record(step)
	if err := k.db.Close(); err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(t.Context(), "sqlite:"+path, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"shop", "bank"} {
		ledger := gate.NewLedgerOf(name)
		seq, now, err := s.Docs(t.Context(), name, 0, ledger.Restore)
		if err != nil || seq != 7 || ledger.Begin(seq, now) != nil {
			t.Errorf("%s goes on after step %d (error %v), want 7", name, seq, err)
		}
		if stands, known := ledger.Standing(name, now); !known || stands.Head.Outcome != gate.NotDone {
			t.Errorf("%s stands at %q", name, stands.Head.Outcome)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	out, stderr, code := said(t, "replay", "--store", "sqlite:"+path)
	if code != 0 || !regexp.MustCompile(`^12 deliveries, `).MatchString(out) || !strings.HasSuffix(out, "verdicts: the same\n") {
		t.Errorf("replay exits with %d and says %s%s", code, out, stderr)
	}
}
