package main

import (
	"fmt"

	"github.com/nexusgate/nexusgate/gate"
)

// difference is a subject on which the log and its replay disagree. An empty id is no verdict.
type difference struct {
	nexus            string
	subject          gate.Subject
	recorded, folded string
}

// String is "storefront, component cart-api: recorded 9f2c…, folded 01ab…".
func (d difference) String() string {
	return fmt.Sprintf("%s, %s %s: recorded %s, folded %s", d.nexus, d.subject.Kind, d.subject.Name, orNothing(d.recorded), orNothing(d.folded))
}

func orNothing(id string) string {
	if id == "" {
		return "nothing"
	}
	return id
}

// differences pairs the verdicts of one step by their subjects, and tells the pairs that differ. In
// which order one step decided them is no matter.
func differences(recorded, folded []gate.Verdict) []difference {
	var all []difference
	place := map[string]int{}
	at := func(v gate.Verdict) *difference {
		key := v.Nexus + " " + v.Subject.Key()
		if _, ok := place[key]; !ok {
			place[key] = len(all)
			all = append(all, difference{nexus: v.Nexus, subject: v.Subject})
		}
		return &all[place[key]]
	}
	for _, v := range recorded {
		at(v).recorded = v.ID
	}
	for _, v := range folded {
		at(v).folded = v.ID
	}
	var differing []difference
	for _, d := range all {
		if d.recorded != d.folded {
			differing = append(differing, d)
		}
	}
	return differing
}
