package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/store/db"
)

// Leaf is a verdict's entry in the log of its Nexus, with the verdict as it is kept today.
type Leaf struct {
	Number    int64 // 0, 1, 2, …
	Verdict   string
	Forgotten bool        // retention deleted the verdict
	Hashes    []tlog.Hash // of the verdict as it was entered, then of the subtrees that this leaf completes
	Body      []byte      // the verdict's canonical JSON; nil: it is not kept
	Step      int64       // of the verdict, and its place in the step
	Place     int64
	Row       string // what is said of the verdict beside its body and contradicts it; "" where nothing does
}

// Logs are the names of the Nexuses that have a log, in order.
func (s *Store) Logs(ctx context.Context) ([]string, error) {
	names, err := s.read.Logged(ctx)
	if err != nil {
		return nil, fmt.Errorf("looking for logs: %w", err)
	}
	return names, nil
}

// Leaves visits the log of a Nexus in its order, a page in memory at a time. It ends with the first
// error that visit returns.
func (s *Store) Leaves(ctx context.Context, nexus string, visit func(Leaf) error) error {
	for after := (db.LeavesAfterParams{Nexus: nexus, After: -1, Most: paged}); ; {
		rows, err := s.read.LeavesAfter(ctx, after)
		if err != nil {
			return fmt.Errorf("reading the log of %s after leaf %d: %w", nexus, after.After, err)
		}
		for _, row := range rows {
			if err := visit(leaf(nexus, row)); err != nil {
				return err
			}
			after.After = row.Number
		}
		if len(rows) < paged {
			return nil
		}
	}
}

func leaf(nexus string, row db.LeavesAfterRow) Leaf {
	made := Leaf{Number: row.Number, Verdict: row.Verdict, Forgotten: row.Forgotten != 0, Hashes: apart(row.Hashes)}
	if row.Body.Valid {
		made.Body, made.Step, made.Place = []byte(row.Body.String), row.Step.Int64, row.Place.Int64
		made.Row = contradiction(nexus, row)
	}
	return made
}

// contradiction holds the columns of a verdict against its body: verdicts are found by the one, and the
// log knows the other alone.
func contradiction(nexus string, row db.LeavesAfterRow) string {
	var v struct {
		ID        string       `json:"id"`
		Nexus     string       `json:"nexus"`
		Subject   gate.Subject `json:"subject"`
		Outcome   string       `json:"outcome"`
		Increment string       `json:"increment"`
		At        time.Time    `json:"at"`
	}
	if err := json.Unmarshal([]byte(row.Body.String), &v); err != nil {
		return "its body cannot be read: " + err.Error()
	}
	for _, held := range [][3]string{
		{"id", row.Verdict, v.ID},
		{"Nexus", row.Nexus.String, v.Nexus},
		{"Nexus of its log", nexus, v.Nexus},
		{"subject", row.Subject.String, v.Subject.Key()},
		{"outcome", row.Outcome.String, v.Outcome},
		{"Increment", row.Increment.String, v.Increment},
		{"time", moment(row.Made.Int64).String(), moment(micros(v.At)).String()},
	} {
		if plain(held[1]) != plain(held[2]) {
			return fmt.Sprintf("it is kept under the %s %q, and says %q", held[0], held[1], held[2])
		}
	}
	return ""
}

// plain leaves out what an engine or JSON cannot hold, each of which shows it in a way of its own.
func plain(text string) string {
	return strings.Map(func(r rune) rune {
		if r == 0 || r == utf8.RuneError {
			return -1
		}
		return r
	}, text)
}

// Unlogged visits the verdicts that no log has, as their ids and their Nexuses.
func (s *Store) Unlogged(ctx context.Context, visit func(id, nexus string) error) error {
	for after := (db.UnloggedAfterParams{Most: paged}); ; {
		rows, err := s.read.UnloggedAfter(ctx, after)
		if err != nil {
			return fmt.Errorf("looking for verdicts that are in no log: %w", err)
		}
		for _, row := range rows {
			if err := visit(row.ID, row.Nexus); err != nil {
				return err
			}
			after.After = row.ID
		}
		if len(rows) < paged {
			return nil
		}
	}
}

// Logged finds a verdict's entry: the log that it is in, the number of its leaf, and its canonical JSON.
// It is [ErrNotFound] where there is none, or where retention has deleted the verdict.
func (s *Store) Logged(ctx context.Context, verdict string) (nexus string, number int64, body []byte, err error) {
	row, err := s.read.LeafOf(ctx, verdict)
	if err != nil {
		return "", 0, nil, fmt.Errorf("looking for verdict %s in the log: %w", verdict, found(err))
	}
	return row.Nexus, row.Number, []byte(row.Body), nil
}

// Hashes are those of the log of a Nexus, and how many leaves it has.
func (s *Store) Hashes(ctx context.Context, nexus string) (size int64, hashes tlog.HashReader, err error) {
	t, err := growing{}.of(ctx, s.read, nexus)
	if err != nil {
		return 0, nil, err
	}
	return t.size, t.hashes(ctx, s.read), nil
}
