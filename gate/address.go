package gate

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"time"
)

// statement is what a verdict says, as bytes that are the same wherever they are written: each text with
// its length before it, each list with its number. Every verdict's address is worked out from one, so it
// is written by hand, where JSON would take as long as judging does.
type statement []byte

// Address is the verdict's id, worked out from all else that it says: a replay arrives at the same one,
// and whoever holds a verdict can tell that nothing in it was changed.
func (v *Verdict) Address() string {
	return v.stated().digest()[:32]
}

// says is what a verdict says, less when it was said and under which digest: while it stays the
// same there is nothing new to record or to report.
func (v *Verdict) says() string {
	said := *v
	said.At, said.Definition = time.Time{}, ""
	return "sha256:" + said.stated().digest()
}

func (s statement) digest() string {
	sum := sha256.Sum256(s)
	return hex.EncodeToString(sum[:])
}

// stated is all that a verdict says but its id.
func (v *Verdict) stated() statement {
	s := make(statement, 0, 1024+len(v.Findings)*512)
	s.text(v.Nexus, string(v.Subject.Kind), v.Subject.ID, v.Subject.Name, string(v.Outcome), v.Definition, v.Increment, v.Commit)
	s.number(len(v.Composition))
	for _, component := range sortedKeys(v.Composition) {
		s.text(component, v.Composition[component])
	}
	s.number(len(v.Exceptions))
	s.text(v.Exceptions...)
	s.number(len(v.Findings))
	for i := range v.Findings {
		s.finding(&v.Findings[i])
	}
	s.number(len(v.Notices))
	s.text(v.Notices...)
	s.time(v.At)
	if len(v.Grants) > 0 || v.Proposal != nil {
		s.text(canonical(v.Grants), canonical(v.Proposal)) // rare, and not worth a hand
	}
	return s
}

func (s *statement) finding(f *Finding) {
	s.text(f.Criterion, f.Component, f.Team, string(f.State), string(f.Level), string(f.Layer), f.Why, f.Want, f.Got, f.At, f.Fix)
	s.text(f.Carried, f.URL, f.Delivery, f.Exception)
	s.time(f.RequiredFrom)
	s.time(f.Due)
	s.time(f.Wake)
}

func (s *statement) text(all ...string) {
	for _, text := range all {
		*s = append(binary.AppendUvarint(*s, uint64(len(text))), text...)
	}
}

func (s *statement) number(n int) { *s = binary.AppendVarint(*s, int64(n)) }

// time writes a moment, and how far its zone is from UTC: the day that people read goes by that.
func (s *statement) time(t time.Time) {
	if t.IsZero() {
		*s = append(*s, 0)
		return
	}
	_, offset := t.Zone()
	*s = binary.AppendVarint(append(*s, 1), t.Unix())
	s.number(t.Nanosecond())
	s.number(offset)
}
