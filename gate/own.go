package gate

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"github.com/nexusgate/nexusgate/definition"
)

// Own makes a delivery of our own: what we read from a forge, or a definition that was given to us.
// It enters the inbox like any other, so that the log holds everything a verdict rests on.
func Own(id string, e Event, received time.Time) (Delivery, error) {
	name := ownName(e)
	if name == "" {
		return Delivery{}, fmt.Errorf("an event of type %T is a forge's to tell", e)
	}
	body, err := json.Marshal(e)
	if err != nil {
		return Delivery{}, fmt.Errorf("encoding what was read: %w", err)
	}
	return Delivery{ID: id, Source: FromUs, Event: name, Key: id, Trust: definition.Webhook, Received: received, Body: body}, nil
}

func ownName(e Event) string {
	switch e.(type) {
	case NexusGiven:
		return "nexus"
	case NexusRetired:
		return "retired"
	case NexusRead:
		return "definition"
	case HeadRead:
		return "head"
	case FileRead:
		return "file"
	case CommitRead:
		return "commit"
	case PathsRead:
		return "paths"
	case ChangeRead:
		return "change"
	case LandingRead:
		return "landing"
	case ThingRead:
		return "thing"
	case Found:
		return FoundEvent
	case Pruned:
		return "prune"
	case Signed:
		return SignedEvent
	case DeploymentAnswered:
		return DeploymentEvent
	case TagRead:
		return "tag"
	case ReleaseJudged:
		return ReleaseEvent
	case BriefMade:
		return BriefDelivery
	case Submitted:
		return SubmittedEvent
	case ErrandDone:
		return ErrandEvent
	default:
		return ""
	}
}

// DecodeOwn is the way back.
func DecodeOwn(d Delivery) ([]Event, error) {
	switch d.Event {
	case "nexus":
		return decodeOwn[NexusGiven](d)
	case "retired":
		return decodeOwn[NexusRetired](d)
	case "definition":
		return decodeOwn[NexusRead](d)
	case "head":
		return decodeOwn[HeadRead](d)
	case "file":
		return decodeOwn[FileRead](d)
	case "commit":
		return decodeOwn[CommitRead](d)
	case "paths":
		return decodeOwn[PathsRead](d)
	case "change":
		return decodeOwn[ChangeRead](d)
	case "landing":
		return decodeOwn[LandingRead](d)
	case "thing":
		return decodeOwn[ThingRead](d)
	case FoundEvent:
		return decodeOwn[Found](d)
	case "prune":
		return decodeOwn[Pruned](d)
	case SignedEvent:
		return decodeOwn[Signed](d)
	case DeploymentEvent:
		return decodeOwn[DeploymentAnswered](d)
	case "tag":
		return decodeOwn[TagRead](d)
	case ReleaseEvent:
		return decodeOwn[ReleaseJudged](d)
	case BriefDelivery:
		return decodeOwn[BriefMade](d)
	case SubmittedEvent:
		return decodeOwn[Submitted](d)
	case ErrandEvent:
		return decodeOwn[ErrandDone](d)
	default:
		return nil, fmt.Errorf("an unknown delivery of our own, %q", d.Event)
	}
}

func decodeOwn[E Event](d Delivery) ([]Event, error) {
	var e E
	decoder := json.NewDecoder(bytes.NewReader(d.Body))
	if err := decoder.Decode(&e); err != nil {
		return nil, fmt.Errorf("decoding a delivery of our own, %q: %w", d.Event, err)
	}
	return []Event{e}, nil
}
