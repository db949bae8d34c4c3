package main

import (
	"fmt"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/webhook"
)

// decoder turns a delivery into events.
type decoder func(gate.Delivery) ([]gate.Event, error)

// safely takes a fault that a delivery brings out for the reason why it does not decode.
func (decode decoder) safely(d gate.Delivery) (events []gate.Event, err error) {
	err = safely(func() (err error) {
		events, err = decode(d)
		return err
	})
	return events, err
}

// decode turns a delivery into events, whoever brought it.
func decode(d gate.Delivery) ([]gate.Event, error) {
	if d.Source != gate.FromUs {
		return webhook.Decode(d)
	}
	events, err := gate.DecodeOwn(d)
	if err != nil || d.Event != gate.FoundEvent {
		return events, err
	}
	found, ok := events[0].(gate.Found)
	if !ok {
		return nil, fmt.Errorf("a %T came for what a sweep found", events[0])
	}
	return decodeFound(d, found)
}

// decodeFound reads what a sweep found as the forge's own delivery would be read. It was read over a
// connection of ours, which proves it as well as a signature does.
func decodeFound(d gate.Delivery, found gate.Found) ([]gate.Event, error) {
	if found.Source == gate.FromUs {
		return nil, fmt.Errorf("a sweep found a delivery of our own, %q", found.Event)
	}
	if len(found.Body) > webhook.MaxBody {
		return nil, fmt.Errorf("what a sweep found has %d bytes, and at most %d are read", len(found.Body), webhook.MaxBody)
	}
	return webhook.Decode(gate.Delivery{
		ID: d.ID, Source: found.Source, Event: found.Event, Key: d.Key, Trust: definition.Webhook, Received: d.Received, Body: found.Body,
	})
}
