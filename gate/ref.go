package gate

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"slices"
	"strconv"
	"sync"
	"time"
)

// Ref addresses evidence by its content: 22 characters, the same for the same content in every process,
// and another one whenever any field is another.
func (e *Evidence) Ref() string {
	room, _ := rooms.Get().(*encoding)
	*room = e.encode((*room)[:0])
	sum := sha256.Sum256(*room)
	rooms.Put(room)
	return base64.RawURLEncoding.EncodeToString(sum[:16])
}

// rooms are where evidence is written before it is hashed.
var rooms = sync.Pool{New: func() any { return new(encoding) }}

// encode writes every field behind its length or with a mark of its kind, so that no two pieces of
// evidence are written alike. By hand, because each verdict asks it of all its evidence.
func (e *Evidence) encode(to encoding) encoding {
	for _, text := range [...]string{
		e.Object, e.Kind, e.Name, e.Producer.App, e.Producer.Workflow, e.Trigger, string(e.Status), e.URL,
		e.Holder, e.Confirms, e.Parent, e.Delivery, e.Carried,
	} {
		to = to.text(text)
	}
	for _, number := range [...]int64{int64(e.Trust), e.Run.ID, int64(e.Run.Attempt), e.Run.Job, int64(e.Change)} {
		to = to.number(strconv.FormatInt(number, 10))
	}
	for _, moment := range [...]time.Time{e.Run.Created, e.Started, e.Observed} {
		to = to.moment(moment)
	}
	for _, is := range [...]bool{e.AllowFailure, e.Listed, e.Open} {
		to = to.fact(is)
	}
	to = to.facts(e.Facts)
	for _, fact := range sortedKeys(e.Since) {
		to = to.text(fact).moment(e.Since[fact])
	}
	// What has none of these is written as it was before there were any.
	for i, text := range [...]string{e.Why, e.Digest, e.Of, e.Earlier, e.Deploys} {
		if text != "" {
			to = append(to, 'e', byte('0'+i)).text(text)
		}
	}
	if e.Proposed {
		to = append(to, 'p')
	}
	if e.Remark != "" {
		to = append(to, 'r').text(e.Remark)
	}
	return to
}

// encoding is a canonical spelling under way.
type encoding []byte

func (to encoding) text(s string) encoding {
	return append(binary.AppendUvarint(append(to, 's'), uint64(len(s))), s...)
}

func (to encoding) number(digits string) encoding {
	return append(append(append(to, 'n'), digits...), ';')
}

// moment writes a time as a verdict shows it: the same instant in another zone reads otherwise.
func (to encoding) moment(t time.Time) encoding {
	if t.IsZero() {
		return append(to, 'z')
	}
	_, zone := t.Zone()
	to = strconv.AppendInt(append(to, 't'), t.Unix(), 10)
	to = strconv.AppendInt(append(to, '.'), int64(t.Nanosecond()), 10)
	return append(strconv.AppendInt(append(to, '@'), int64(zone), 10), ';')
}

func (to encoding) facts(facts map[string]any) encoding {
	var room [16]string
	names := room[:0]
	for name := range facts {
		names = append(names, name)
	}
	slices.Sort(names)
	to = append(to, '{')
	for _, name := range names {
		to = to.text(name).fact(facts[name])
	}
	return append(to, '}')
}

// fact writes a value as a JSON decoder yields it: a number alike whether it was kept as it was
// written or not.
func (to encoding) fact(fact any) encoding {
	switch v := fact.(type) {
	case nil:
		return append(to, '0')
	case bool:
		return strconv.AppendBool(append(to, 'b'), v)
	case string:
		return to.text(v)
	case json.Number:
		return to.number(v.String())
	case int:
		return to.number(strconv.Itoa(v))
	case int64:
		return to.number(strconv.FormatInt(v, 10))
	case float64:
		return to.number(canonical(v))
	case map[string]any:
		return to.facts(v)
	case []any:
		to = append(to, '[')
		for _, one := range v {
			to = to.fact(one)
		}
		return append(to, ']')
	default:
		return to.text(canonical(v))
	}
}
