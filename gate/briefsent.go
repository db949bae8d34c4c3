package gate

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/nexusgate/nexusgate/definition"
)

// BriefMade is a brief whose time has come, as it was made then. It enters the log: what is sent does not change when it
// is sent again, nor by a replay.
type BriefMade struct {
	Nexus  string     `json:"nexus"`
	Event  BriefEvent `json:"event"`
	At     time.Time  `json:"at"`               // its time
	Brief  *Brief     `json:"brief,omitempty"`  // nil: it was missed
	Missed string     `json:"missed,omitempty"` // why
}

// BriefDelivery is the event of the own deliveries that hold a [BriefMade].
const BriefDelivery = "brief"

func (BriefMade) event() {}

// BriefSending is the body of a [BriefErrand]: a brief, and where it goes.
type BriefSending struct {
	To    string    `json:"to"` // as the definition writes it: "slack:room"
	ID    string    `json:"id"` // of the brief, the same wherever and however often it is sent
	At    time.Time `json:"at"` // its time
	Until time.Time `json:"until"`
	Brief Brief     `json:"brief"`
}

// briefUseful is how long a brief is tried at most, from its time on.
const briefUseful = 24 * time.Hour

// briefed are the briefs of a Nexus: which were made, and what came of sending them.
type briefed struct {
	Of map[string]*briefMark `json:"of,omitempty"` // by event
}

// briefMark is the last brief of one event.
type briefMark struct {
	Rule   string               `json:"rule"`   // when it is sent, as the definition said when this was noted
	Heeded time.Time            `json:"heeded"` // what is due up to then is not sent any more: it was, or the rule is younger
	At     time.Time            `json:"at,omitzero"`
	Missed string               `json:"missed,omitempty"`
	Sent   map[string]briefSent `json:"sent,omitempty"` // by address
}

// briefSent is what came of sending a brief to one address.
type briefSent struct {
	At      time.Time `json:"at,omitzero"` // zero: it is under way
	URL     string    `json:"url,omitempty"`
	Refused string    `json:"refused,omitempty"`
}

const briefsDoc = "briefs"

// ruleOf is when a brief is sent, in words that stay the same as long as that does.
func ruleOf(d *definition.Definition, b *definition.Briefing) string {
	rule := fmt.Sprintf("%s %v %s", b.At, b.On, d.Zone)
	if b.Event != definition.Daily {
		rule += fmt.Sprintf(" %s %d", d.Sprint.Start.Format(time.DateOnly), d.Sprint.Days)
	}
	return rule
}

// takeUpBriefs notes which briefs there are from now on. What a rule would have sent before it was there is not sent,
// and what is under way to an address that is named no more is let go of.
func (s *State) takeUpBriefs(now time.Time) {
	if !s.unbriefed {
		return
	}
	s.unbriefed = false
	d := s.nexus.Definition
	named := map[string]bool{}
	for i := range d.Briefs {
		b := &d.Briefs[i]
		named[b.Event] = true
		rule := ruleOf(d, b)
		mark := s.briefs.Of[b.Event]
		if mark == nil {
			mark = &briefMark{}
			s.setBrief(b.Event, mark)
		}
		if mark.Rule != rule {
			mark.Rule, mark.Heeded = rule, latest(mark.Heeded, now)
			s.touch(briefsDoc, "")
		}
		s.letGoOf(b.Event, mark, now, func(to string) bool {
			return slices.ContainsFunc(b.To, func(a definition.Address) bool { return a.String() == to })
		})
	}
	for _, event := range sortedKeys(s.briefs.Of) {
		if !named[event] {
			s.letGoOf(event, s.briefs.Of[event], now, func(string) bool { return false })
			delete(s.briefs.Of, event)
			s.touch(briefsDoc, "")
		}
	}
}

func (s *State) setBrief(event string, mark *briefMark) {
	if s.briefs.Of == nil {
		s.briefs.Of = map[string]*briefMark{}
	}
	s.briefs.Of[event] = mark
	s.touch(briefsDoc, "")
}

// letGoOf drops what is known of addresses that are not kept, and has nothing sent there any more.
func (s *State) letGoOf(event string, mark *briefMark, now time.Time, kept func(to string) bool) {
	for _, to := range sortedKeys(mark.Sent) {
		if kept(to) {
			continue
		}
		if mark.Sent[to].At.IsZero() {
			s.errands = append(s.errands, Errand{Nexus: s.name, Key: briefKey(event, to), Kind: BriefErrand, Made: now, Over: true})
		}
		delete(mark.Sent, to)
		s.touch(briefsDoc, "")
	}
}

// briefKey is the key of the errand that sends the last brief of an event to an address: one that was not taken yet gives
// way to the next.
func briefKey(event, to string) string { return "brief " + event + " " + to }

// ReadBriefKey is the event and the address of an errand that sends a brief.
func ReadBriefKey(key string) (event, to string, ok bool) {
	words := strings.SplitN(key, " ", 3)
	if len(words) != 3 || words[0] != "brief" {
		return "", "", false
	}
	return words[1], words[2], true
}

// foldBriefMade has a brief sent to all its addresses, once.
func (s *State) foldBriefMade(e BriefMade, m moment) bool {
	if s.nexus == nil || e.Nexus != s.name {
		return false
	}
	d := s.nexus.Definition
	at := slices.IndexFunc(d.Briefs, func(b definition.Briefing) bool { return b.Event == string(e.Event) })
	mark := s.briefs.Of[string(e.Event)]
	if at < 0 || mark == nil || !e.At.After(mark.Heeded) {
		return false
	}
	mark.Heeded, mark.At, mark.Missed, mark.Sent = e.At, e.At, e.Missed, map[string]briefSent{}
	s.touch(briefsDoc, "")
	if e.Brief == nil {
		return true
	}
	b := &d.Briefs[at]
	until := e.At.Add(briefUseful)
	if next := nextBrief(briefTimes(d, b, e.At), e.At); !next.IsZero() && next.Before(until) {
		until = next
	}
	for _, to := range b.To {
		mark.Sent[to.String()] = briefSent{}
		sending := BriefSending{To: to.String(), ID: fmt.Sprintf("%s/%s/%s", s.name, e.Event, e.At.UTC().Format(time.RFC3339)), At: e.At, Until: until, Brief: *e.Brief}
		s.errands = append(s.errands, Errand{
			Nexus: s.name, Key: briefKey(string(e.Event), to.String()), Kind: BriefErrand, Repo: s.briefRepo(to), Body: canonicalText(sending), Made: m.now,
		})
	}
	return true
}

// briefRepo is the repository of an issue as it is known; of another address the way there stands for the forge.
func (s *State) briefRepo(to definition.Address) Repo {
	if to.By != definition.ByIssue {
		return Repo{Forge: Forge(to.By), Name: to.Name}
	}
	forge, name := to.Repo()
	for _, key := range sortedKeys(s.repos) {
		if r := s.repos[key]; r.Repo.named(forge, name) && !r.Gone {
			return r.Repo
		}
	}
	return Repo{Forge: Forge(forge), Name: name}
}

// foldBriefSent notes what came of sending a brief. Of one that another has followed it is no matter any more: they have
// one key, and what came of the former may be told after the latter was made. Builds before this one did not say which.
func (s *State) foldBriefSent(e ErrandDone) bool {
	event, to, ok := ReadBriefKey(e.Key)
	mark := s.briefs.Of[event]
	if !ok || mark == nil || e.At.Before(mark.At) || !e.Of.IsZero() && !e.Of.Equal(mark.At) {
		return false
	}
	if _, sent := mark.Sent[to]; !sent {
		return false
	}
	mark.Sent[to] = briefSent{At: e.At, URL: e.URL, Refused: clip(e.Refused, 500)}
	s.touch(briefsDoc, "")
	return true
}

// BriefUnsent is the last brief of an event that did not come to all its addresses.
type BriefUnsent struct {
	Event BriefEvent `json:"event"`
	At    time.Time  `json:"at"`           // its time
	To    string     `json:"to,omitempty"` // "": it was missed, and went nowhere
	Why   string     `json:"why"`
}

// BriefsUnsent are those of a Nexus, in the order of the events, that were missed, or refused for good.
func (l *Ledger) BriefsUnsent(nexus string) (all []BriefUnsent) {
	s, known := l.states[nexus]
	if !known || s.nexus == nil || s.record.Retired {
		return nil
	}
	for _, event := range definition.BriefedEvents {
		mark := s.briefs.Of[event]
		if mark == nil {
			continue
		}
		if mark.Missed != "" {
			all = append(all, BriefUnsent{BriefEvent(event), mark.At, "", mark.Missed})
		}
		for _, to := range sortedKeys(mark.Sent) {
			if why := mark.Sent[to].Refused; why != "" {
				all = append(all, BriefUnsent{BriefEvent(event), mark.At, to, why})
			}
		}
	}
	return all
}
