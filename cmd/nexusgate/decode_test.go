package main_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	nexusgate "github.com/nexusgate/nexusgate/cmd/nexusgate"
	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/webhook"
)

const foundStatus = `{"id": 5, "sha": "ec26c3e57ca3a959ca5aad62de7213c562f8c821", "name": "acme/cart-api", "context": "lint",
	"state": "success", "created_at": "2026-11-23T09:00:00Z", "updated_at": "2026-11-23T09:00:00Z",
	"sender": {"login": "ana", "id": 1, "type": "User"}, "commit": {"sha": "ec26c3e57ca3a959ca5aad62de7213c562f8c821"},
	"repository": {"id": 1, "name": "cart-api", "full_name": "acme/cart-api"}}`

func foundDelivery(t *testing.T, found gate.Found) gate.Delivery {
	t.Helper()
	d, err := gate.Own("000001", found, time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestWhatASweepFoundIsReadAsTheForgesOwnDelivery(t *testing.T) {
	d := foundDelivery(t, gate.Found{Source: gate.FromGitHub, Event: "status", Body: json.RawMessage(foundStatus)})
	got, err := nexusgate.Decode(d)
	if err != nil || len(got) == 0 {
		t.Fatalf("what was found decodes to %v, %v; want evidence", got, err)
	}
	want, err := webhook.Decode(gate.Delivery{
		ID: d.ID, Source: gate.FromGitHub, Event: "status", Trust: definition.Webhook, Received: d.Received, Body: []byte(foundStatus),
	})
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("it differs from the delivery that was missed, %v (-delivery +found):\n%s", err, diff)
	}
}

func TestWhatASweepCannotHaveFoundIsSetAside(t *testing.T) {
	for name, found := range map[string]gate.Found{
		"our own":       {Source: gate.FromUs, Event: gate.FoundEvent, Body: json.RawMessage(`{}`)},
		"unknown":       {Source: "svn", Event: "push", Body: json.RawMessage(`{}`)},
		"without event": {Source: gate.FromGitLab, Body: json.RawMessage(`{}`)},
		"too large":     {Source: gate.FromGitHub, Event: "status", Body: json.RawMessage(`"` + strings.Repeat("x", webhook.MaxBody) + `"`)},
	} {
		if events, err := nexusgate.Decode(foundDelivery(t, found)); err == nil {
			t.Errorf("%s: it decodes to %v; want it set aside", name, events)
		}
	}
}
