package store_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/nexusgate/nexusgate/gate/store/storetest"
)

// BenchmarkKeepOnPostgreSQL measures deliveries a second on a server that syncs: the store, a bare writer
// that inserts whole groups into one table by one statement, and a statement for each row. They take
// turns in one run, as in BenchmarkKeep.
func BenchmarkKeepOnPostgreSQL(b *testing.B) {
	server := storetest.NewPostgresServer(b)
	for _, senders := range []int{8, 64} {
		for _, size := range []int{10, 30} {
			b.Run(fmt.Sprintf("senders=%d/body=%dKB", senders, size), func(b *testing.B) {
				table := conn(b, server)
				compete(b, senders, 400, payload(size<<10), []contestant{
					{name: "store", keep: ours(b, server.Database(b))}, {name: "bare", keep: bare(b, unnested(table))}, {name: "single", keep: bare(b, oneByOne(table))},
				})
			})
		}
	}
}

// payload has the names of a forge's JSON again and again, and values that are each another: it
// compresses about as a webhook's body does.
func payload(size int) []byte {
	dice := rand.New(rand.NewPCG(1, 2))
	var text strings.Builder
	for text.Len() < size {
		fmt.Fprintf(&text, `{"id":%d,"node_id":"%016x","url":"https://api.github.com/repos/acme/web/check-runs/%d","conclusion":"success"},`,
			dice.Uint64(), dice.Uint64(), dice.Uint32())
	}
	return []byte(text.String()[:size])
}

// conn has one table of its own.
func conn(b *testing.B, server *storetest.PostgresServer) *pgx.Conn {
	b.Helper()
	made, err := pgx.Connect(b.Context(), server.Database(b))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = made.Close(context.Background()) })
	if _, err := made.Exec(b.Context(), "CREATE TABLE inbox (key TEXT PRIMARY KEY, event TEXT, body BYTEA COMPRESSION lz4)"); err != nil {
		b.Fatal(err)
	}
	return made
}

// unnested commits a group by one statement.
func unnested(to *pgx.Conn) func(group []item) error {
	return func(group []item) error {
		keys, events, bodies := make([]string, len(group)), make([]string, len(group)), make([][]byte, len(group))
		for i, one := range group {
			keys[i], events[i], bodies[i] = one.key, "check_run", one.body
		}
		const insert = "INSERT INTO inbox SELECT * FROM unnest($1::text[], $2::text[], $3::bytea[]) ON CONFLICT DO NOTHING"
		_, err := to.Exec(context.Background(), insert, keys, events, bodies)
		return err
	}
}

// oneByOne commits each row by itself.
func oneByOne(to *pgx.Conn) func(group []item) error {
	return func(group []item) error {
		for _, one := range group {
			if _, err := to.Exec(context.Background(), "INSERT INTO inbox VALUES ($1, $2, $3) ON CONFLICT DO NOTHING", one.key+" single", "check_run", one.body); err != nil {
				return err
			}
		}
		return nil
	}
}
