package main_test

import (
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/attest"
	"github.com/nexusgate/nexusgate/gate/store"
)

// ledger is a store with a log, and the key that signs its heads.
type ledger struct {
	t    *testing.T
	path string
	key  *attest.Key
	seq  int64
	ids  []string
}

var logged = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func newLogKey(t *testing.T) *attest.Key {
	t.Helper()
	secret, err := attest.NewKey(rand.Reader, "done.test")
	if err != nil {
		t.Fatal(err)
	}
	key, err := attest.ParseKey(secret)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// newLedger has a dozen verdicts in its log, and heads of 5 and of 12 leaves.
func newLedger(t *testing.T) *ledger {
	t.Helper()
	l := &ledger{t: t, path: filepath.Join(t.TempDir(), "nexusgate.db"), key: newLogKey(t)}
	l.record(5)
	l.sign(l.key)
	l.record(7)
	l.sign(l.key)
	return l
}

func (l *ledger) dsn() string { return "sqlite:" + l.path }

// open has somebody work with the store.
func (l *ledger) open(work func(*store.Store) error) {
	l.t.Helper()
	s, err := store.Open(l.t.Context(), l.dsn(), time.Now)
	if err != nil {
		l.t.Fatal(err)
	}
	if err := errors.Join(work(s), s.Close()); err != nil {
		l.t.Fatal(err)
	}
}

// record has verdicts be recorded, two in a step where there are so many left.
func (l *ledger) record(n int) {
	l.t.Helper()
	l.open(func(s *store.Store) error {
		lane := store.Lane{Name: "storefront"}
		lanes, err := s.Lanes(l.t.Context())
		if i := slices.IndexFunc(lanes, func(l store.Lane) bool { return l.Name == lane.Name }); i >= 0 {
			lane = lanes[i]
		}
		if err != nil {
			return err
		}
		lease, err := s.Claim(l.t.Context(), lane, "test")
		if err != nil {
			return err
		}
		for left := n; left > 0; left -= 2 {
			l.seq++
			step := gate.Step{Seq: l.seq, Now: logged.Add(time.Duration(l.seq) * time.Minute)}
			for range min(2, left) {
				v := verdictNumber(len(l.ids), step.Now)
				l.ids, step.Verdicts = append(l.ids, v.ID), append(step.Verdicts, v)
			}
			if err := s.Record(l.t.Context(), lease, []gate.Step{step}); err != nil {
				return err
			}
		}
		return nil
	})
}

func verdictNumber(n int, at time.Time) gate.Verdict {
	v := gate.Verdict{
		Nexus: "storefront", Subject: gate.Subject{Kind: gate.OfComponent, ID: "web", Name: "web"}, Outcome: gate.NotDone, At: at,
		Exceptions: []string{}, Findings: []gate.Finding{{Criterion: fmt.Sprint("c", n), State: gate.Unmet, Why: "<ä> & \"quotes\"\u2028"}},
	}
	v.ID = v.Address()
	return v
}

// sign keeps the head of the log as it is, signed, and gives it.
func (l *ledger) sign(key *attest.Key) (signed string) {
	l.t.Helper()
	l.open(func(s *store.Store) error {
		size, hashes, err := s.Hashes(l.t.Context(), "storefront")
		if err != nil {
			return err
		}
		head, err := attest.Head{}.Grown("storefront", size, hashes)
		if err != nil {
			return err
		}
		if signed, err = head.Sign(key); err != nil {
			return err
		}
		return s.KeepHead(l.t.Context(), store.Head{Nexus: "storefront", Size: size, Made: logged.Add(time.Duration(size) * time.Hour), Note: signed})
	})
	return signed
}

// tamper writes to the database behind the store's back.
func (l *ledger) tamper(statement string, args ...any) {
	l.t.Helper()
	raw, err := sql.Open("sqlite", l.path)
	if err != nil {
		l.t.Fatal(err)
	}
	defer func() { _ = raw.Close() }()
	if _, err := raw.Exec(statement, args...); err != nil {
		l.t.Fatal(err)
	}
}

// verify runs log verify with the key, and gives what it said.
func (l *ledger) verify(args ...string) (said_ string, code int) {
	l.t.Helper()
	out, stderr, code := said(l.t, append([]string{"log", "verify", "--store", l.dsn(), "--key", l.key.Verifier()}, args...)...)
	return out + stderr, code
}

// file writes a text to a file of its own.
func (l *ledger) file(text string) string {
	l.t.Helper()
	name := filepath.Join(l.t.TempDir(), "file")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		l.t.Fatal(err)
	}
	return name
}

// rewrite computes the whole tree again from the verdicts as they are kept, as whoever covers traces would.
func (l *ledger) rewrite() {
	l.t.Helper()
	raw, err := sql.Open("sqlite", l.path)
	if err != nil {
		l.t.Fatal(err)
	}
	defer func() { _ = raw.Close() }()
	rows, err := raw.Query("SELECT id, body FROM verdicts ORDER BY step, place")
	if err != nil {
		l.t.Fatal(err)
	}
	defer rows.Close()
	var ids, bodies []string
	for rows.Next() {
		var id, body string
		if err := rows.Scan(&id, &body); err != nil {
			l.t.Fatal(err)
		}
		ids, bodies = append(ids, id), append(bodies, body)
	}
	if err := rows.Err(); err != nil {
		l.t.Fatal(err)
	}
	l.tamper("DELETE FROM leaves")
	var all []tlog.Hash
	read := tlog.HashReaderFunc(func(indexes []int64) (found []tlog.Hash, err error) {
		for _, i := range indexes {
			found = append(found, all[i])
		}
		return found, nil
	})
	for n := range ids {
		hashes, err := tlog.StoredHashes(int64(n), []byte(bodies[n]), read)
		if err != nil {
			l.t.Fatal(err)
		}
		var bytes []byte
		for _, h := range hashes {
			bytes = append(bytes, h[:]...)
		}
		all = append(all, hashes...)
		l.tamper("INSERT INTO leaves (nexus, number, verdict, forgotten, hashes) VALUES ('storefront', ?, ?, 0, ?)", n, ids[n], bytes)
	}
}

func TestALogThatNobodyTouchedHolds(t *testing.T) {
	l := newLedger(t)
	if got, code := l.verify(); code != 0 || got != "storefront: 12 verdicts logged, 2 heads hold\nas logged\n" {
		t.Errorf("exits with %d: %s", code, got)
	}
	l.record(3) // after the last head
	if got, code := l.verify(); code != 0 || !strings.Contains(got, "15 verdicts logged, 2 heads hold") {
		t.Errorf("exits with %d: %s", code, got)
	}
}

func TestATamperedLogIsFoundAndNamed(t *testing.T) {
	named := regexp.MustCompile(`%\d+`)
	for name, c := range map[string]struct {
		tamper func(l *ledger)
		want   []string // %3 in it is the id of the fourth verdict
	}{
		"a verdict is changed": {
			func(l *ledger) {
				l.tamper(`UPDATE verdicts SET body = replace(body, 'not-done', 'done') WHERE id = ?`, l.ids[3])
			},
			[]string{"verdict %3 (leaf 3) is not what was logged", "1 difference"},
		},
		"a verdict is shown as another than it is": {
			func(l *ledger) { l.tamper(`UPDATE verdicts SET outcome = 'done' WHERE id = ?`, l.ids[3]) },
			[]string{`verdict %3 (leaf 3): it is kept under the outcome "done", and says "not-done"`, "1 difference"},
		},
		"a verdict is deleted": {
			func(l *ledger) { l.tamper(`DELETE FROM verdicts WHERE id = ?`, l.ids[3]) },
			[]string{"verdict %3 (leaf 3) is gone, and no retention has deleted it", "1 difference"},
		},
		"a verdict is deleted with its leaf": {
			func(l *ledger) {
				l.tamper(`DELETE FROM verdicts WHERE id = ?`, l.ids[3])
				l.tamper(`DELETE FROM leaves WHERE verdict = ?`, l.ids[3])
			},
			[]string{"leaf 3 is missing", "what was logged as leaf 0 to 4 has been rewritten", "1 more head tells of another log too"},
		},
		"a verdict is added": {
			func(l *ledger) {
				l.tamper(`INSERT INTO verdicts SELECT 'another', nexus, subject, step, 9, outcome, increment, made, body FROM verdicts WHERE id = ?`, l.ids[3])
			},
			[]string{"verdict another was never logged", "1 difference"},
		},
		"two leaves are swapped": {
			func(l *ledger) {
				l.tamper(`UPDATE leaves SET verdict = 'nobody' WHERE verdict = ?`, l.ids[3])
				l.tamper(`UPDATE leaves SET verdict = ? WHERE verdict = ?`, l.ids[3], l.ids[6])
				l.tamper(`UPDATE leaves SET verdict = ? WHERE verdict = 'nobody'`, l.ids[6])
			},
			[]string{"verdict %6 (leaf 3) is not what was logged", "verdict %3 (leaf 6) is not what was logged"},
		},
		"two verdicts are swapped in their order": {
			func(l *ledger) {
				l.tamper(`UPDATE verdicts SET step = CASE id WHEN ?1 THEN 4 ELSE 2 END WHERE id IN (?1, ?2)`, l.ids[3], l.ids[6])
			},
			[]string{"is kept as of step 2, before the one that was logged earlier"},
		},
		"a hash of the tree is changed": {
			func(l *ledger) { l.tamper(`UPDATE leaves SET hashes = hashes || zeroblob(32) WHERE number = 4`) },
			[]string{"the hashes of the tree at leaf 4 (verdict %4)", "1 difference"},
		},
		"a verdict is changed, and the whole tree is rewritten": {
			func(l *ledger) {
				l.tamper(`UPDATE verdicts SET outcome = 'done', body = replace(body, 'not-done', 'done') WHERE id = ?`, l.ids[7])
				l.rewrite()
			},
			[]string{"the head kept on 2026-11-23 00:00:00 UTC tells of 12 leaves with another hash: what was logged as leaf 5 to 11 has been rewritten since", "1 head holds"},
		},
		"the end is cut off": {
			func(l *ledger) {
				l.tamper(`DELETE FROM leaves WHERE number > 8`)
				l.tamper(`DELETE FROM verdicts WHERE id NOT IN (SELECT verdict FROM leaves)`)
			},
			[]string{"tells of 12 leaves, and the log has 9: its end was cut off, or an older copy was restored"},
		},
		"the end is cut off, and the log is signed again with another key": {
			func(l *ledger) {
				l.tamper(`DELETE FROM leaves WHERE number > 8`)
				l.tamper(`DELETE FROM verdicts WHERE id NOT IN (SELECT verdict FROM leaves)`)
				l.tamper(`DELETE FROM heads`)
				l.sign(newLogKey(l.t))
			},
			[]string{"signed by none of the given keys: it names done.test"},
		},
		"a head says another thing than was signed": {
			func(l *ledger) {
				l.tamper(`UPDATE heads SET note = replace(note, char(10) || '12' || char(10), char(10) || '11' || char(10)), size = 11 WHERE size = 12`)
			},
			[]string{"the head kept on 2026-11-23 00:00:00 UTC: checking a head's signature"},
		},
		"the log is gone": {
			func(l *ledger) { l.tamper(`DELETE FROM leaves`) },
			[]string{"verdict %3 was never logged"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLedger(t)
			c.tamper(l)
			got, code := l.verify()
			if code != 1 {
				t.Errorf("it exits with %d, want 1", code)
			}
			for _, want := range c.want {
				want = named.ReplaceAllStringFunc(want, func(n string) string {
					at, _ := strconv.Atoi(n[1:])
					return l.ids[at]
				})
				if !strings.Contains(got, want) {
					t.Errorf("it does not say %q:\n%s", want, got)
				}
			}
		})
	}
}

// Whoever holds the store and the key, or an older copy of all of it, can make it agree with itself. Only a
// head that was kept elsewhere finds that.
func TestWhatAgreesWithItselfIsFoundByAHeadFromElsewhereAlone(t *testing.T) {
	for name, tamper := range map[string]func(l *ledger, older []byte){
		"an older copy is restored": func(l *ledger, older []byte) {
			if err := os.WriteFile(l.path, older, 0o600); err != nil {
				l.t.Fatal(err)
			}
		},
		"all of it is rewritten and signed with the key": func(l *ledger, _ []byte) {
			l.tamper(`UPDATE verdicts SET outcome = 'done', body = replace(body, 'not-done', 'done') WHERE id = ?`, l.ids[3])
			l.rewrite()
			l.tamper(`DELETE FROM heads`)
			l.sign(l.key)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLedger(t)
			older, err := os.ReadFile(l.path)
			if err != nil {
				t.Fatal(err)
			}
			l.record(4)
			elsewhere := l.file(l.sign(l.key))
			tamper(l, older)
			if got, code := l.verify(); code != 0 {
				t.Errorf("without the head it exits with %d: %s", code, got)
			}
			got, code := l.verify("--head", elsewhere)
			if code != 1 || !strings.Contains(got, "the head in "+elsewhere+" tells of 16 leaves") {
				t.Errorf("with the head it exits with %d: %s", code, got)
			}
		})
	}
}

// forget deletes verdicts as retention does, and leaves a note on them.
func (l *ledger) forget(key *attest.Key, leaves ...int64) {
	l.t.Helper()
	for _, n := range leaves {
		l.tamper(`UPDATE leaves SET forgotten = 1 WHERE number = ?`, n)
	}
	l.tamper(`DELETE FROM verdicts WHERE id IN (SELECT verdict FROM leaves WHERE forgotten <> 0)`)
	note, err := attest.LetGo{Nexus: "storefront", At: logged, Leaves: attest.Spans(leaves)}.Sign(key)
	if err != nil {
		l.t.Fatal(err)
	}
	l.tamper(`INSERT INTO let_go (nexus, leaf, made, note) VALUES ('storefront', ?, ?, ?)`, leaves[0], logged.UnixMicro(), note)
}

func TestWhatRetentionDeletedIsCountedAndItsLeafStays(t *testing.T) {
	l := newLedger(t)
	l.forget(l.key, 0, 1, 2)
	l.forget(l.key, 3)
	if got, code := l.verify(); code != 0 || !strings.Contains(got, "12 verdicts logged, 4 of them deleted by retention since, 2 heads hold") {
		t.Errorf("exits with %d: %s", code, got)
	}
}

func TestAVerdictThatIsOnlyMarkedAsDeletedByRetentionIsNamed(t *testing.T) {
	for name, tamper := range map[string]func(l *ledger){
		"with no note":                 func(l *ledger) { l.tamper(`DELETE FROM let_go WHERE leaf = 7`) },
		"with a note of another's key": func(*ledger) {},
		"with a note of others": func(l *ledger) {
			l.tamper(`UPDATE let_go SET note = (SELECT note FROM let_go WHERE leaf = 0) WHERE leaf = 7`)
		},
		"with a note that was added to": func(l *ledger) {
			l.tamper(`UPDATE let_go SET note = replace((SELECT note FROM let_go WHERE leaf = 0), char(10) || '0-2' || char(10), char(10) || '0-7' || char(10)) WHERE leaf = 7`)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLedger(t)
			l.forget(l.key, 0, 1, 2)
			l.forget(newLogKey(t), 7)
			tamper(l)
			got, code := l.verify()
			if want := fmt.Sprintf("verdict %s (leaf 7) is gone, and only marked as deleted by retention, which has not signed that", l.ids[7]); code != 1 || !strings.Contains(got, want) {
				t.Errorf("exits with %d, and does not say %q:\n%s", code, want, got)
			}
			if !strings.Contains(got, "3 of them deleted by retention") {
				t.Errorf("what retention deleted is not counted:\n%s", got)
			}
		})
	}
}

func TestAProofIsCheckedWithTheKeyAlone(t *testing.T) {
	l := newLedger(t)
	name := filepath.Join(t.TempDir(), "proof.json")
	for n, id := range l.ids {
		if _, stderr, code := said(t, "log", "prove", id, "--store", l.dsn(), "--out", name); code != 0 {
			t.Fatalf("proving exits with %d: %s", code, stderr)
		}
		out, stderr, code := said(t, "log", "check", name, "--key", l.key.Verifier())
		if want := fmt.Sprintf("verdict %s of storefront, web: not-done at 2026-11-22T12:", id); code != 0 || !strings.HasPrefix(out, want) || !strings.HasSuffix(out, fmt.Sprintf("; leaf %d of 12\n", n)) {
			t.Fatalf("checking exits with %d: %s%s", code, out, stderr)
		}
	}
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	forged := l.file(strings.Replace(string(text), `"not-done"`, `"done"`, 1))
	if out, _, code := said(t, "log", "check", forged, "--key", l.key.Verifier()); code != 1 || !strings.Contains(out, "proves nothing: the verdict is not leaf 11") {
		t.Errorf("a forged verdict: exits with %d: %s", code, out)
	}
	if out, _, code := said(t, "log", "check", name, "--key", newLogKey(t).Verifier()); code != 1 || !strings.Contains(out, "signed by none of the given keys") {
		t.Errorf("another key: exits with %d: %s", code, out)
	}
	l.record(1)
	if _, stderr, code := said(t, "log", "prove", l.ids[12], "--store", l.dsn()); code != 2 || !strings.Contains(stderr, "no signed head tells of it yet") {
		t.Errorf("a verdict after the last head: exits with %d: %s", code, stderr)
	}
}

func TestVerdictsOfBeforeTheLogAreEnteredInTheirOrder(t *testing.T) {
	l := newLedger(t)
	want, _ := l.verify()
	l.tamper("DROP TABLE leaves")
	l.tamper("DROP TABLE log_keys")
	l.tamper("DROP TABLE checkpoints")
	l.tamper("DROP TABLE checkpoint_docs")
	l.tamper("DROP INDEX steps_broken")
	l.tamper("DROP TABLE let_go")
	l.tamper("DROP TABLE used_tokens")
	l.tamper("DROP TABLE attestations")
	l.tamper("DROP INDEX increments_digest")
	l.tamper("DROP TABLE errands")
	l.tamper("ALTER TABLE deliveries DROP COLUMN trace")
	l.tamper("ALTER TABLE owed DROP COLUMN delivery")
	l.tamper("ALTER TABLE heads RENAME TO kept")
	l.tamper("DELETE FROM goose_db_version WHERE version_id >= 7")
	l.open(func(*store.Store) error { return nil })
	l.tamper("DROP TABLE heads")
	l.tamper("ALTER TABLE kept RENAME TO heads")
	if got, code := l.verify(); code != 0 || got != want {
		t.Errorf("exits with %d: %s", code, got)
	}
}

func TestAKeyIsMadeOnceAndShown(t *testing.T) {
	name := filepath.Join(t.TempDir(), "log.key")
	public, stderr, code := said(t, "log", "key", name, "--name", "done.test")
	if code != 0 || !strings.HasPrefix(public, "done.test+") {
		t.Fatalf("exits with %d: %s%s", code, public, stderr)
	}
	if about, err := os.Stat(name); err != nil || about.Mode().Perm() != 0o600 {
		t.Errorf("the key is for others too: %v, %v", about.Mode(), err)
	}
	if again, _, code := said(t, "log", "key", name); code != 0 || again != public {
		t.Errorf("the second time it exits with %d and shows %s, want %s", code, again, public)
	}
	broken := filepath.Join(t.TempDir(), "broken.key")
	if err := os.WriteFile(broken, []byte("PRIVATE+KEY+secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, stderr, code := said(t, "log", "key", broken); code != 3 || strings.Contains(stderr, "PRIVATE+KEY+secret") || !strings.Contains(stderr, "is no key of a log") {
		t.Errorf("what is no key: exits with %d: %s", code, stderr)
	}
}
