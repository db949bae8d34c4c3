package main_test

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	nexusgate "github.com/nexusgate/nexusgate/cmd/nexusgate"
	"github.com/nexusgate/nexusgate/webhook"
)

func TestDeliveriesThatAreTurnedAwayAreComplainedOfOnceForEachReason(t *testing.T) {
	var log bytes.Buffer
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	note := nexusgate.NewComplaint(slog.New(slog.NewTextHandler(&log, nil)), func() time.Time { return now })
	lines := func() int { return strings.Count(log.String(), "\n") }
	note(nil)
	for n := range 1000 {
		note(fmt.Errorf("keeping delivery %d: %w", n, errors.New("the disk is full")))
		note(nil)
		note(webhook.Full("as many wait as may"))
	}
	if lines() != 2 || !strings.Contains(log.String(), "the disk is full") || !strings.Contains(log.String(), "as many wait as may") {
		t.Fatalf("the log is\n%s", &log)
	}
	now = now.Add(9 * time.Second)
	note(nil)
	if lines() != 2 {
		t.Fatalf("it is over after nine seconds:\n%s", &log)
	}
	now = now.Add(time.Second)
	note(nil)
	note(nil)
	if lines() != 3 || !strings.Contains(log.String(), "turned_away=2000") {
		t.Fatalf("the log is\n%s", &log)
	}
	note(errors.New("the disk is full"))
	if lines() != 4 {
		t.Errorf("the next trouble is not told of:\n%s", &log)
	}
}
