package store_test

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/store"
)

const (
	senders = 64
	round   = 3200 // deliveries that one contestant keeps before the next has its turn: past a checkpoint
)

// keeper keeps one body under a key of its own.
type keeper func(key string, body []byte) error

// contestant is a way to keep, and what became of it.
type contestant struct {
	name string
	keep keeper
	took time.Duration
	rows int
}

func (c contestant) rate() float64 { return float64(c.rows) / c.took.Seconds() }

// BenchmarkKeep measures deliveries of 10 KB a second from 64 goroutines: the store, a bare writer
// that does nothing but insert into one table in groups, and a transaction for each row. They take
// turns in one run, so that the ratios hold on a machine whose disk does not.
func BenchmarkKeep(b *testing.B) {
	dsn := "sqlite:" + filepath.Join(b.TempDir(), "ours.db")
	compete(b, senders, round, make([]byte, 10<<10), []contestant{
		{name: "store", keep: ours(b, dsn)}, {name: "bare", keep: bare(b, inOne(b))}, {name: "single", keep: single(b)},
	})
}

// compete lets each contestant keep b.N bodies in turns, and tells how the first compares.
func compete(b *testing.B, senders, round int, body []byte, contestants []contestant) {
	b.Helper()
	for turn, left := 0, b.N; left > 0; turn, left = turn+1, left-round {
		for i := range contestants {
			c, rows := &contestants[i], min(left, round)
			if c.name == "single" {
				rows = min(rows, round/8) // it is slow, and its rate is soon known
			}
			c.took += race(b, senders, turn, rows, body, c.keep)
			c.rows += rows
		}
	}
	for i, c := range contestants {
		b.ReportMetric(c.rate(), c.name+"/s")
		if i > 0 {
			b.ReportMetric(contestants[0].rate()/c.rate(), "of-"+c.name)
		}
	}
}

// race has the senders keep so many rows, and times it.
func race(b *testing.B, senders, turn, rows int, body []byte, keep keeper) time.Duration {
	b.Helper()
	var next atomic.Int64
	var all sync.WaitGroup
	began := time.Now()
	for range senders {
		all.Go(func() {
			for n := next.Add(1); n <= int64(rows); n = next.Add(1) {
				// The keys are scattered like the forges' UUIDs.
				if err := keep(fmt.Sprintf("%016x-%d-%d", uint64(n)*0x9e3779b97f4a7c15, turn, n), body); err != nil {
					b.Error(err)
				}
			}
		})
	}
	all.Wait()
	return time.Since(began)
}

func ours(b *testing.B, dsn string) keeper {
	b.Helper()
	s, err := store.Open(b.Context(), dsn, time.Now)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = s.Close() })
	return func(key string, body []byte) error {
		_, err := s.Keep(context.Background(), gate.Delivery{
			Source: gate.FromGitHub, Event: "check_run", Key: key, Trust: definition.Trust(3),
			Received: time.Now(), Body: body,
		})
		return err
	}
}

const insert = "INSERT INTO inbox (key, event, body) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"

func plain(b *testing.B) *sql.DB {
	b.Helper()
	pool, err := sql.Open("sqlite", "file:"+filepath.Join(b.TempDir(), "plain.db")+"?_journal_mode=WAL&_synchronous=FULL&_txlock=immediate")
	if err != nil {
		b.Fatal(err)
	}
	pool.SetMaxOpenConns(1)
	b.Cleanup(func() { _ = pool.Close() })
	if _, err := pool.Exec("CREATE TABLE inbox (key TEXT PRIMARY KEY, event TEXT, body BLOB)"); err != nil {
		b.Fatal(err)
	}
	return pool
}

// single commits each row by itself.
func single(b *testing.B) keeper {
	b.Helper()
	statement, err := plain(b).Prepare(insert)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = statement.Close() })
	return func(key string, body []byte) error {
		_, err := statement.Exec(key, "check_run", body)
		return err
	}
}

type item struct {
	key  string
	body []byte
	done chan error
}

// bare commits whatever waits, with nothing around it.
func bare(b *testing.B, commit func(group []item) error) keeper {
	b.Helper()
	queue := make(chan item, 256)
	var writer sync.WaitGroup
	writer.Go(func() {
		for first := range queue {
			group := []item{first}
			for len(queue) > 0 {
				group = append(group, <-queue)
			}
			err := commit(group)
			for _, one := range group {
				one.done <- err
			}
		}
	})
	b.Cleanup(func() { close(queue); writer.Wait() })
	return func(key string, body []byte) error {
		one := item{key: key, body: body, done: make(chan error, 1)}
		queue <- one
		return <-one.done
	}
}

// inOne commits a group in one transaction.
func inOne(b *testing.B) func(group []item) error {
	b.Helper()
	pool := plain(b)
	statement, err := pool.Prepare(insert)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = statement.Close() })
	return func(group []item) error { return commit(pool, statement, group) }
}

func commit(pool *sql.DB, statement *sql.Stmt, group []item) error {
	tx, err := pool.Begin()
	if err != nil {
		return err
	}
	in := tx.Stmt(statement)
	defer func() { _ = in.Close() }()
	for _, one := range group {
		if _, err := in.Exec(one.key, "check_run", one.body); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// BenchmarkRecord measures steps a second, kept a hundred at a time, each with a document of 4 KB, a
// verdict of 20 findings and a report that is owed; "grounded" with the verdict's ground, which rests on
// 20 pieces of evidence, one of them new.
func BenchmarkRecord(b *testing.B) {
	b.Run("bare", func(b *testing.B) { recorded(b, busy) })
	b.Run("grounded", func(b *testing.B) {
		recorded(b, func(seq int64) gate.Step {
			step := busy(seq)
			step.Grounds = []gate.Ground{rested(step.Verdicts[0], seq)}
			return step
		})
	})
}

// rested is the ground of a verdict.
func rested(v gate.Verdict, seq int64) gate.Ground {
	g := gate.Ground{
		Verdict: v.ID, Nexus: v.Nexus, Subject: v.Subject, Commit: "9c1f", Outcome: v.Outcome, At: v.At, Evidence: map[string]gate.Evidence{},
		Parts: []gate.GroundPart{{Component: "web", Team: "web", Since: v.At}},
	}
	for n := range int64(20) {
		e := gate.Evidence{
			Object: fmt.Sprint("run/", seq-n), Kind: "pipeline", Name: "ci", Producer: gate.Producer{App: gate.GitHubActions, Workflow: ".github/workflows/ci.yml"},
			Trigger: "push", Trust: definition.Webhook, Run: gate.Run{ID: seq - n, Attempt: 1}, Status: gate.Completed,
			Observed: time.Unix(seq-n, 0), Facts: gate.Facts{"conclusion": "success"}, URL: "https://github.test/acme/web/actions/runs/1",
		}
		ref := e.Ref()
		g.Evidence[ref], g.Parts[0].Refs = e, append(g.Parts[0].Refs, ref)
	}
	for range v.Findings {
		g.Said = append(g.Said, gate.Said{Criterion: "coverage", Component: "web", Team: "web", State: gate.Unmet, Level: definition.Required})
	}
	return g
}

func recorded(b *testing.B, busy func(seq int64) gate.Step) {
	b.Helper()
	s, err := store.Open(b.Context(), "sqlite:"+filepath.Join(b.TempDir(), "record.db"), time.Now)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = s.Close() })
	lease, err := s.Claim(b.Context(), store.Lane{Name: "storefront"}, "bench")
	if err != nil {
		b.Fatal(err)
	}
	seq := int64(0)
	for left := b.N; left > 0; left -= 100 {
		b.StopTimer()
		var steps []gate.Step
		for range min(left, 100) {
			seq++
			steps = append(steps, busy(seq))
		}
		b.StartTimer()
		if err := s.Record(b.Context(), lease, steps); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "steps/s")
}

func busy(seq int64) gate.Step {
	subject := gate.Subject{Kind: gate.OfComponent, ID: fmt.Sprint(seq % 50), Name: "web"}
	finding := gate.Finding{Criterion: "coverage", Component: "web", Team: "web", State: gate.Unmet, Why: "Coverage stays up", Want: "lines >=90", Got: "lines 84.2"}
	v := gate.Verdict{ID: fmt.Sprint("v", seq), Nexus: "storefront", Subject: subject, Outcome: gate.NotDone, At: time.Unix(seq, 0)}
	for range 20 {
		v.Findings = append(v.Findings, finding)
	}
	return gate.Step{
		Seq: seq, Now: time.Unix(seq, 0), Verdicts: []gate.Verdict{v},
		Docs: []gate.Doc{{Nexus: "storefront", Key: fmt.Sprint("doc ", seq%200), Body: make([]byte, 4<<10)}},
		Owed: []gate.Owed{{Nexus: "storefront", Subject: subject, Commit: "9c1f", Verdict: v.ID, Digest: v.ID, Urgent: true}},
	}
}
