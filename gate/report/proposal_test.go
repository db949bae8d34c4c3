package report_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/report"
)

// underException has what some come to, or came from, rest on an exception.
func underException(before, after bool, turns []gate.Turn) []gate.Turn {
	for i := range turns {
		if before {
			turns[i].FromUnder = []string{"moving"}
		}
		if after {
			turns[i].ToUnder = []string{"moving"}
		}
	}
	return turns
}

// turns are so many turns of a kind of subject.
func turns(n int, kind gate.SubjectKind, from, to gate.Outcome) []gate.Turn {
	all := make([]gate.Turn, n)
	for i := range all {
		all[i] = gate.Turn{Subject: gate.Subject{Kind: kind, Name: fmt.Sprint(kind, i)}, From: from, To: to}
	}
	return all
}

func TestATitleSaysWhatAChangeToADefinitionWouldDo(t *testing.T) {
	on := func(all ...[]gate.Turn) gate.Verdict {
		return proposal(outcome(gate.Done), only(gate.Met), func(v *gate.Verdict) {
			for _, some := range all {
				v.Proposal.Impact.Turns = append(v.Proposal.Impact.Turns, some...)
			}
		})
	}
	component, increment := gate.OfComponent, gate.OfIncrement
	for want, v := range map[string]gate.Verdict{
		"3 faults; the first at nexus.cue:16:29":                                                       proposal(only(gate.Error), faulty),
		"Sound; no outcome would change":                                                               on(),
		"Sound; 1 component would no longer be done":                                                   on(turns(1, component, gate.Done, gate.Awaiting)),
		"Sound; 2 components and the Increment would no longer be done":                                on(turns(2, component, gate.Done, gate.NotDone), turns(1, increment, gate.Done, gate.NotDone)),
		"Sound; the Increment would become done":                                                       on(turns(1, increment, gate.NotDone, gate.Done)),
		"Sound; 3 Increments would no longer be done":                                                  on(turns(3, increment, gate.Done, gate.NotDone)),
		"Sound; 1 outcome would change":                                                                on(turns(1, component, gate.Awaiting, gate.NotDone)),
		"Sound; 3 outcomes would change; 1 component would no longer be done":                          on(turns(1, component, gate.Done, gate.NotDone), turns(2, component, gate.NotDone, gate.Done)),
		"Sound; 1 component and the Increment would no longer be done":                                 on(underException(true, false, turns(1, component, gate.Done, gate.NotDone)), turns(1, increment, gate.Done, gate.NotDone)),
		"Sound; 2 components would be done only under exceptions":                                      on(underException(false, true, turns(2, component, gate.Done, gate.Done))),
		"Sound; the Increment would become done under exceptions":                                      on(underException(false, true, turns(1, increment, gate.NotDone, gate.Done))),
		"Sound; the Increment would be done without exceptions":                                        on(underException(true, false, turns(1, increment, gate.Done, gate.Done))),
		"Sound; 2 outcomes would change":                                                               on(turns(1, component, gate.NotDone, gate.Done), underException(false, true, turns(1, increment, gate.NotDone, gate.Done))),
		"Awaiting the Integration Team; sound; 2 components and the Increment would no longer be done": proposal(outcome(gate.Awaiting), only(gate.Met, gate.Waiting), unvouched, turning),
		"Sound": proposal(outcome(gate.Done), only(gate.Met), func(v *gate.Verdict) { v.Proposal.Impact = nil }),
		"Not done: coverage of cart-api is unmet": proposal(only(gate.Unmet)),
	} {
		if got := report.Title(v); got != want {
			t.Errorf("title %q, want %q", got, want)
		}
	}
}

func TestAnImpactNeverShowsWhatIsDoneUnderExceptionsAsPlainlyDone(t *testing.T) {
	v := proposal(outcome(gate.Done), only(gate.Met), func(v *gate.Verdict) {
		v.Proposal.Impact.Turns = underException(false, true, turns(1, gate.OfComponent, gate.Done, gate.Done))
	})
	if md := report.Markdown(v, links); !strings.Contains(md, "| ✓ Done | ± Done under 1 exception |") {
		t.Errorf("the check says\n%s", md)
	}
	if text := text(t, v); !strings.Contains(text, "done → done under 1 exception") {
		t.Errorf("the terminal says\n%s", text)
	}
}

func TestADescriptionNamesTheFirstFaults(t *testing.T) {
	got := report.Description(proposal(only(gate.Error), faulty))
	want := "3 faults: nexus.cue:16:29: done.a.lvl is no field here; did you mean level?; nexus.cue:18:3: done.b.must is empty; name at least one fact; the definition does not finish within 10s"
	if got != want {
		t.Errorf("description %q, want %q", got, want)
	}
	long := proposal(only(gate.Error), faulty, func(v *gate.Verdict) { v.Proposal.Faults[0].Message = strings.Repeat("語🙂", 400) })
	if got := report.Description(long); utf8.RuneCountInString(got) > 255 || !utf8.ValidString(got) || !strings.HasPrefix(got, "3 faults: nexus.cue:16:29: 語") {
		t.Errorf("%d characters: %q", utf8.RuneCountInString(got), got)
	}
	if got, want := report.Description(proposal(outcome(gate.Done), only(gate.Met))), "Sound; no outcome would change"; got != want {
		t.Errorf("description %q, want %q", got, want)
	}
}

func TestAProposalIsCutByWholeRows(t *testing.T) {
	v := proposal(only(gate.Error), func(v *gate.Verdict) {
		for i := range 1000 {
			v.Proposal.Faults = append(v.Proposal.Faults, definition.Fault{Pos: definition.Pos{File: "nexus.cue", Line: i}, Message: strings.Repeat("語 `|` ", 300)})
		}
		turning(v)
	})
	md := report.Markdown(v, links)
	if len(md) > 65535 || len(md) < 50000 || !utf8.ValidString(md) {
		t.Errorf("%d bytes, valid %v", len(md), utf8.ValidString(md))
	}
	if !strings.Contains(md, "The first 200 of these 1001 are shown at their lines.") || noRoom.FindStringSubmatch(md) == nil {
		t.Errorf("it does not say what is not shown:\n…%s", md[len(md)-500:])
	}
}

func TestAnImpactInTextIsUnchanged(t *testing.T) {
	var b strings.Builder
	v := proposal(turning)
	history := *v.Proposal.Impact
	history.Increment, history.Judged = 0, 340
	for _, i := range []gate.Impact{*v.Proposal.Impact, history, {Judged: 1}} {
		if err := report.ImpactText(&b, i); err != nil {
			t.Fatal(err)
		}
		b.WriteString("----\n")
	}
	golden(t, "impact.txt", b.String())
	if err := report.ImpactText(full{}, history); !errors.Is(err, errFull) {
		t.Errorf("error %v", err)
	}
}
