package main_test

import (
	"database/sql"
	"strings"
	"testing"
	"time"

	nexusgate "github.com/nexusgate/nexusgate/cmd/nexusgate"
	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/store"
)

func TestTheDoorOfAReplicaThatCannotReadWhatWasRecordedIsShut(t *testing.T) {
	t.Parallel()
	h, commit, run := released(t, unitShop)
	h.bring(run.Token(audience, nil), unitForm(testReport(3, 0)))
	h.stands(commit, "unit", gate.Met)
	h.rest()
	if err := h.stop(); err != nil {
		t.Fatal(err)
	}
	kept, err := store.Open(t.Context(), h.settings.Store, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = kept.Close() })
	ask := nexusgate.DoorOfMirror(kept, "shop", gate.Composition{"cart-api": commit})
	if says, err := ask(t.Context()); err != nil || says.Outcome != gate.Done {
		t.Fatalf("as it was recorded it is %s: %s (%v)", says.Outcome, says.Why, err)
	}
	spoil(t, h.settings.Store) // as a newer version writes it
	deadline := time.Now().Add(patience)
	for err == nil && time.Now().Before(deadline) {
		_, err = ask(t.Context())
	}
	for range 3 {
		if says, again := ask(t.Context()); err == nil || again == nil || says.Outcome != "" {
			t.Fatalf("what it cannot read is %s: %s (%v, and before %v)", says.Outcome, says.Why, again, err)
		}
	}
}

// spoil has the next step record what this version cannot read.
func spoil(t *testing.T, dsn string) {
	t.Helper()
	db, err := sql.Open("sqlite", strings.TrimPrefix(dsn, "sqlite:"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	done, err := db.ExecContext(t.Context(), "UPDATE docs SET body = '{', step = step + 1000000 WHERE nexus = 'shop' AND key IN (SELECT min(key) FROM docs WHERE nexus = 'shop' AND key LIKE 'commit %')")
	if err != nil {
		t.Fatal(err)
	}
	if n, err := done.RowsAffected(); err != nil || n != 1 {
		t.Fatalf("%d documents are spoilt: %v", n, err)
	}
}
