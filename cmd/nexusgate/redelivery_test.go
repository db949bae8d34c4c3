package main_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	nexusgate "github.com/nexusgate/nexusgate/cmd/nexusgate"
	"github.com/nexusgate/nexusgate/gate/forge"
)

// stubborn is a forge with one delivery that no attempt brings: it may be too large for us.
type stubborn struct {
	now      time.Time
	attempts []time.Time
}

// Missed tells of the attempts since a moment.
func (s *stubborn) Missed(_ context.Context, since time.Time) (forge.Log, error) {
	log := forge.Log{Since: since}
	for i, at := range s.attempts {
		switch {
		case at.Before(since):
		case len(log.Missed) == 0:
			log.Missed = []forge.Missed{{ID: int64(i), GUID: "large", Event: "push", First: at}}
		default:
			log.Missed[0].ID = int64(i)
		}
	}
	return log, nil
}

// Redeliver makes another attempt.
func (s *stubborn) Redeliver(context.Context, int64) error {
	s.attempts = append(s.attempts, s.now)
	return nil
}

func TestADeliveryThatNoAttemptBringsIsGivenUpForGood(t *testing.T) {
	began := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	hub := &stubborn{now: began, attempts: []time.Time{began}}
	look := nexusgate.NewRedelivery(hub, slog.New(slog.NewTextHandler(t.Output(), nil)), func() time.Time { return hub.now })
	for hub.now.Before(began.Add(6 * 24 * time.Hour)) {
		hub.now = hub.now.Add(5 * time.Minute)
		if err := look(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if asked := len(hub.attempts) - 1; asked != 4 {
		t.Errorf("it was asked for %d times in six days, want 4", asked)
	}
}
