package gate

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/nexusgate/nexusgate/definition"
)

// finding puts an answer into words: whose rule it is, what it wants, what was found.
func (x examination) finding(p *Part, a answer) Finding {
	layer, at := x.whose(a.failed)
	f := Finding{
		Criterion: x.c.ID, Component: p.Component, Team: p.Team, State: a.state, Level: x.c.Level, Layer: layer,
		Why: x.c.Why, Want: x.want(a.failed), Got: a.got, At: at.String(), Fix: x.c.Fix, Wake: earliest(a.due, a.wake),
	}
	if x.c.Evidence == definition.SignOff {
		f.SignOff = signName(x.c)
		f.Fix = cmp.Or(f.Fix, x.signing(f.SignOff))
	}
	if a.state == Waiting || a.state == Met {
		f.Due = a.due
	}
	if e := a.evidence; e != nil {
		f.Carried, f.URL, f.Delivery = e.Carried, e.URL, e.Delivery
		if e.Remark != "" {
			f.Got += "; " + e.Remark
		}
	}
	if x.c.RequiredFrom.After(x.now) && f.Level == definition.Required {
		f.Level, f.RequiredFrom, f.Wake = definition.Advisory, x.c.RequiredFrom, earliest(f.Wake, x.c.RequiredFrom)
	}
	return f
}

// signing says how a sign-off is given, and by whom.
func (x examination) signing(name string) string {
	if x.c.On == definition.OnIncrement {
		return "have " + anyOf(x.c.From.App) + " sign it on the page of the verdict"
	}
	return fmt.Sprintf("have %s sign it: a comment /nexus sign %s on the change, or on the page", anyOf(x.c.From.App), cmp.Or(name, "NAME"))
}

// anyOf is a list in words: a, b or c.
func anyOf(names []string) string {
	if n := len(names); n > 1 {
		return strings.Join(names[:n-1], ", ") + " or " + names[n-1]
	}
	return strings.Join(names, "")
}

// whose names the layer and the place that decide: those of the first leaf that fails, else the criterion's.
func (x examination) whose(failed []definition.Leaf) (definition.Layer, definition.Pos) {
	if len(failed) > 0 {
		return failed[0].Layer, failed[0].Pos
	}
	return x.c.Layer, x.c.Pos
}

func (x examination) want(failed []definition.Leaf) string {
	leaves := x.c.Must
	if len(failed) > 0 {
		leaves = failed
	}
	want := leaves[0].String()
	for i := 1; i < len(leaves); i++ {
		if said := leaves[i].String(); said != leaves[i-1].String() {
			want += ", " + said
		}
	}
	if x.c.AtLeast > 1 {
		want += fmt.Sprintf(", at least %d times", x.c.AtLeast)
	}
	return want
}

// describeFacts shows the facts that some leaves speak of: "lines 84.2, branches absent".
func describeFacts(leaves []definition.Leaf, e *Evidence, facts Facts) string {
	var words []byte
	for i := range leaves {
		if path := leaves[i].Path; !speaksOf(leaves[:i], path) {
			fact, ok := leaves[i].Lookup(facts)
			words = e.appendFact(words, path, fact, ok)
		}
	}
	return string(words)
}

// speaksOf says whether some leaves speak of a fact: two layers may ask the same one.
func speaksOf(leaves []definition.Leaf, path string) bool {
	for i := range leaves {
		if leaves[i].Path == path {
			return true
		}
	}
	return false
}

// appendFact shows a fact, and of one that grows since when: so that a finding says the same until it is another.
func (e *Evidence) appendFact(words []byte, path string, fact any, present bool) []byte {
	if len(words) > 0 {
		words = append(words, ", "...)
	}
	words = append(append(words, path...), ' ')
	since, grows := e.Since[path]
	switch {
	case grows:
		return append(append(words, "counted from "...), clock(since)...)
	case !present:
		return append(words, "absent"...)
	default:
		return appendShown(words, fact)
	}
}

// longestFact bounds what a report quotes of a fact, in bytes.
const longestFact = 120

func showFact(fact any) string { return string(appendShown(nil, fact)) }

func appendShown(b []byte, fact any) []byte {
	switch v := fact.(type) {
	case string:
		return strconv.AppendQuote(b, clip(v, longestFact))
	case int:
		return strconv.AppendInt(b, int64(v), 10)
	case float64:
		return strconv.AppendFloat(b, v, 'f', -1, 64)
	case json.Number:
		return append(b, clip(v.String(), longestFact)...)
	case nil:
		return append(b, "null"...)
	default:
		return append(b, clip(canonical(v), longestFact)...)
	}
}

// clip shortens at the end of a rune.
func clip(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	return strings.ToValidUTF8(s[:limit], "") + "…"
}

func isZero(fact any) bool {
	switch v := fact.(type) {
	case int:
		return v == 0
	case int64:
		return v == 0
	case float64:
		return v == 0
	case json.Number:
		f, err := v.Float64()
		return err == nil && f == 0
	default:
		return false
	}
}

// distrust says why a report does not count.
func distrust(e *Evidence, floor definition.Trust) string {
	if e.Trust == unconfirmed {
		return "a check run that says it is of " + e.Producer.App + ", which no workflow job confirms"
	}
	if e.Why != "" {
		return e.Why
	}
	return fmt.Sprintf("evidence of trust %s, where %s is asked for", e.Trust, floor)
}

func holderName(e *Evidence) string {
	if kind, id, ok := strings.Cut(e.Holder, "/"); ok {
		return kind + " " + id
	}
	return e.Holder
}

// clock is how reports show a moment.
func clock(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

func earliest(a, b time.Time) time.Time {
	if a.IsZero() || (!b.IsZero() && b.Before(a)) {
		return b
	}
	return a
}
