package store_test

import (
	"context"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/gate/store"
	"github.com/nexusgate/nexusgate/gate/store/storetest"
)

func TestATransactionEndsWithItsContextWhateverItsStatementsWaitFor(t *testing.T) {
	pool := store.PostgresPool(t, storetest.Postgres(t))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	tx, err := pool.BeginTx(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer time.AfterFunc(50*time.Millisecond, cancel).Stop()
	if _, err := tx.ExecContext(context.Background(), "SELECT pg_sleep(3600)"); err == nil {
		t.Error("it was waited for")
	}
	_ = tx.Rollback()
	var one int
	if err := pool.QueryRow("SELECT 1").Scan(&one); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

func TestPostgreSQLIsGivenNoTextThatItRefuses(t *testing.T) {
	pool := store.PostgresPool(t, storetest.Postgres(t))
	var got string
	if err := pool.QueryRow("SELECT $1::text", "a\x00b\xffc").Scan(&got); err != nil || got != "a\uFFFDb\uFFFDc" {
		t.Errorf("one text: got %q (error %v)", got, err)
	}
	if err := pool.QueryRow("SELECT string_agg(t, '+') FROM unnest($1::text[]) AS t", []string{"a\x00", "\xff"}).Scan(&got); err != nil || got != "a\uFFFD+\uFFFD" {
		t.Errorf("a list: got %q (error %v)", got, err)
	}
}

func TestAServerThatDoesNotSyncIsToldTo(t *testing.T) {
	server := storetest.NewPostgresServer(t, "-c", "synchronous_commit=off")
	pool := store.PostgresPool(t, server.Database(t))
	var now string
	if err := pool.QueryRow("SHOW synchronous_commit").Scan(&now); err != nil || now != "on" {
		t.Errorf("synchronous_commit is %q (error %v), want on", now, err)
	}
}
