package gate

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
)

// spelling is how a verdict is written, by what of it was written before. The least is enough: what is not
// there is written anew, and comes out the same.
type spelling struct {
	runs   []*run   // all findings, in their order; nil: they are still to be written
	shares []*share // that the runs are of
}

// digest is of all that a verdict says but its id, and the deliveries if they are not to count.
func (w spelling) digest(v *Verdict, deliveries bool) string {
	room, _ := rooms.Get().(*encoding)
	sum := sha256.New()
	*room = v.encodeHead((*room)[:0])
	if w.runs == nil {
		for i := range v.Findings {
			*room = v.Findings[i].encode(*room, deliveries)
		}
	}
	sum.Write(*room)
	for _, r := range w.runs {
		if deliveries {
			sum.Write(r.told)
		} else {
			sum.Write(r.said)
		}
	}
	*room = v.encodeTail((*room)[:0])
	sum.Write(*room)
	rooms.Put(room)
	return hex.EncodeToString(sum.Sum(nil))
}

// text is a verdict's canonical JSON.
func (w spelling) text(v *Verdict) ([]byte, error) {
	if w.runs == nil {
		return json.Marshal(v)
	}
	shell := *v
	shell.Findings = []Finding{}
	text, err := json.Marshal(&shell)
	if err != nil {
		return nil, err
	}
	return w.fill(text), nil
}

// fill puts the findings into the JSON of a verdict without any. The first mark of its kind is where they go:
// within a text its quotes would have backslashes, and no field before it has that name and a list.
func (w spelling) fill(shell []byte) []byte {
	mark := []byte(`"findings":[`)
	before, after, _ := bytes.Cut(shell, mark)
	texts := make([][]byte, len(w.runs))
	for i, r := range w.runs {
		texts[i] = r.text
	}
	return slices.Concat(before, mark, bytes.Join(texts, []byte(",")), after)
}
