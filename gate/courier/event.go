package courier

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// Event is a CloudEvent.
type Event struct {
	ID      string    // the same, however often it is brought
	Source  string    // a reference to who tells it: "https://done.example.com/nexus/storefront"
	Type    string    // "com.github.nexusgate.brief.daily"
	Subject string    // what it is about
	Time    time.Time // when it happened
	Data    json.RawMessage
}

// Event brings an event in the structured mode, as JSON.
// https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md
func (c *Courier) Event(ctx context.Context, address, token string, e Event) error {
	body, err := json.Marshal(map[string]any{
		"specversion": "1.0", "id": e.ID, "source": e.Source, "type": e.Type, "subject": e.Subject,
		"time": e.Time.UTC().Format(time.RFC3339), "datacontenttype": "application/json", "data": e.Data,
	})
	if err != nil {
		return &Refused{fmt.Sprintf("it cannot be written as JSON: %s", err)}
	}
	return c.Post(ctx, address, Parcel{Type: "application/cloudevents+json; charset=utf-8", Body: body, Token: token})
}
