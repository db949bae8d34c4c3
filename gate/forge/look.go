package forge

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/nexusgate/nexusgate/gate"
)

// Bounds of one sweep: its requests, the pages of one list, and what it finds, in number and in bytes.
const (
	sweepCalls = 5_000
	sweepPages = 20
	sweepFinds = 20_000
	sweepBytes = 64 << 20
	findBytes  = 2 << 20
)

// errSpent ends a sweep that has used up what it may.
var errSpent = errors.New("the sweep has used up its requests")

// answer is what a forge said to a request that only reads.
type answer struct {
	body []byte
	tag  string // the forge's ETag, "" where it gives none
	more bool   // the list has another page
	at   time.Time
	low  time.Time // until when little is left of what the forge grants us; zero: enough is

	same bool // there is no body: it is as it was under the tag that was asked with
}

// asker sends one request. Its path is relative to the API.
type asker func(ctx context.Context, operation, path string, query url.Values, tag string) (answer, error)

// look is one sweep under way: what it may still spend, and what it has found.
type look struct {
	of    SweepOf
	ask   asker
	cache *cache
	scope string // of the cache: whose eyes an answer was for
	bytes int
	swept Swept
	first int // the first change whose turn came, 0 before that
	low   time.Time
}

func newLook(of SweepOf, scope string, cache *cache, ask asker) *look {
	if of.Calls <= 0 || of.Calls > sweepCalls {
		of.Calls = sweepCalls
	}
	return &look{of: of, ask: ask, cache: cache, scope: scope, swept: Swept{Repo: of.Repo, Next: of.From}}
}

// get asks for one thing, or spends nothing and ends the sweep.
func (l *look) get(ctx context.Context, operation, path string, query url.Values) (answer, error) {
	if !l.low.IsZero() {
		return answer{}, &Later{Until: l.low, Reason: "what is left of what the forge grants in an hour is for what cannot wait"}
	}
	if l.swept.Spent.Requests >= l.of.Calls {
		return answer{}, errSpent
	}
	key := l.scope + " " + path + "?" + query.Encode()
	kept := l.cache.get(key)
	l.swept.Spent.Requests++
	got, err := l.ask(ctx, operation, path, query, kept.tag)
	l.low = got.low
	switch {
	case err != nil:
		return got, err
	case got.same && kept.tag == "":
		return answer{}, errors.New("the forge says that an answer is unchanged which it never gave")
	case got.same:
		l.swept.Spent.Unchanged++
		kept.at = got.at
		return kept, nil
	}
	l.cache.put(key, got)
	return got, nil
}

// read asks for one object.
func (l *look) read(ctx context.Context, operation, path string, query url.Values, into any) (answer, error) {
	got, err := l.get(ctx, operation, path, query)
	if err != nil {
		return got, err
	}
	if err := json.Unmarshal(got.body, into); err != nil {
		return got, fmt.Errorf("reading the answer to %s: %w", path, err)
	}
	return got, nil
}

// list asks for all pages of a list, which may lie under a name in an object. It says whether it came to
// the end: a list that is longer than is read is not whole.
func (l *look) list(ctx context.Context, operation, path, under string, query url.Values) (items []json.RawMessage, whole bool, err error) {
	if query == nil {
		query = url.Values{}
	}
	query.Set("per_page", strconv.Itoa(pageSize))
	for page, size := 1, 0; page <= sweepPages && size < sweepBytes; page++ {
		query.Set("page", strconv.Itoa(page))
		got, err := l.get(ctx, operation, path, query)
		if err != nil {
			return items, false, err
		}
		here, err := itemsOf(got.body, under)
		if err != nil {
			return items, false, fmt.Errorf("reading the answer to %s: %w", path, err)
		}
		items = append(items, here...)
		size += len(got.body)
		if !got.more {
			return items, true, nil
		}
	}
	return items, false, nil
}

func itemsOf(body []byte, under string) (items []json.RawMessage, err error) {
	if under == "" {
		err = json.Unmarshal(body, &items)
		return items, err
	}
	var holder map[string]json.RawMessage
	if err := json.Unmarshal(body, &holder); err != nil {
		return nil, err
	}
	if holder[under] == nil {
		return nil, fmt.Errorf("it has no %s", under)
	}
	err = json.Unmarshal(holder[under], &items)
	return items, err
}

// find notes a delivery as the forge would have sent it.
func (l *look) find(source gate.Source, event string, body any) error {
	raw, err := json.Marshal(body)
	switch {
	case err != nil:
		return fmt.Errorf("writing what was found as a %s: %w", event, err)
	case len(raw) > findBytes:
		return fmt.Errorf("a %s of %d bytes is more than is taken", event, len(raw))
	case len(l.swept.Found) == sweepFinds, l.bytes+len(raw) > sweepBytes:
		return errSpent
	}
	l.bytes += len(raw)
	l.swept.Found = append(l.swept.Found, gate.Found{Source: source, Event: event, Body: raw})
	return nil
}

// unseen notes that a forge refuses to show something, and says whether it did: a permission that is not
// given hides one kind of evidence and not all.
func (l *look) unseen(what string, err error) bool {
	code := statusOf(err)
	if code != http.StatusForbidden && code != http.StatusNotFound {
		return false
	}
	if !slices.Contains(l.swept.Hidden, what) {
		l.swept.Hidden = append(l.swept.Hidden, what)
	}
	return true
}

// known is what is known of a change, nil where nothing is.
func (l *look) known(number int) *Change {
	for i := range l.of.Changes {
		if l.of.Changes[i].Number == number {
			return &l.of.Changes[i]
		}
	}
	return nil
}

// on says whether a branch is one of those that are swept.
func (l *look) on(branch string) bool {
	return slices.ContainsFunc(l.of.Branches, func(b Branch) bool { return b.Name == branch })
}

// news says whether a change is not as it is known.
func (c *Change) news(head string, updated time.Time) bool {
	return c == nil || c.Head != head || !second(c.Updated).Equal(second(updated))
}

// stands says whether somebody's word on a change is taken to stand.
func (c *Change) stands(name string) bool {
	return c != nil && (slices.Contains(c.Approvers, name) || slices.Contains(c.Against, name))
}

// inTurn visits the changes, from the one at which the last sweep ended, and so the one that was swept
// longest ago first.
func (l *look) inTurn(numbers []int, visit func(number int) error) error {
	slices.Sort(numbers)
	at, _ := slices.BinarySearch(numbers, l.of.From)
	for i := range numbers {
		number := numbers[(at+i)%len(numbers)]
		if l.first == 0 {
			l.first = number
		}
		l.swept.Next = number
		if err := visit(number); err != nil {
			l.pass(numbers, number, err)
			return err
		}
	}
	return nil
}

// pass goes on behind a change that takes more than a whole sweep may spend: it would stand in the way of
// all others for ever.
func (l *look) pass(numbers []int, number int, err error) {
	if errors.Is(err, errSpent) && number == l.first {
		at, _ := slices.BinarySearch(numbers, number)
		l.swept.Next = numbers[(at+1)%len(numbers)]
	}
}

// end is what the sweep comes to.
func (l *look) end(err error) (Swept, error) {
	switch {
	case err == nil:
		l.swept.Next = 0
	case errors.Is(err, errSpent):
		l.swept.Partial, err = true, nil
	default:
		l.swept.Partial, err = true, fmt.Errorf("sweeping %s: %w", l.of.Repo, err)
	}
	return l.swept, err
}

// without is an object less some of its fields: those that weigh much and that nothing reads.
func without(raw json.RawMessage, fields ...string) (map[string]json.RawMessage, error) {
	var object map[string]json.RawMessage
	if err := json.Unmarshal(raw, &object); err != nil {
		return nil, err
	}
	for _, field := range fields {
		delete(object, field)
	}
	return object, nil
}
