package gate

import (
	"cmp"
	"slices"
	"time"

	"github.com/nexusgate/nexusgate/definition"
)

// branch is an integration branch as its pushes and reads tell of it. Its head follows from the set
// of them, in whatever order they came.
type branch struct {
	Forge  Forge      `json:"forge"`
	Pushes []push     `json:"pushes,omitempty"`
	Reads  []HeadRead `json:"reads,omitempty"`
	Cut    bool       `json:"cut,omitempty"` // older pushes were let go
}

// push is one edge of a branch's history.
type push struct {
	Key        string           `json:"key"` // the delivery's id
	Before     string           `json:"before,omitempty"`
	After      string           `json:"after,omitempty"`
	Forced     bool             `json:"forced,omitempty"`
	At         time.Time        `json:"at,omitzero"` // the forge's time of it, where it tells one
	Received   time.Time        `json:"received"`
	Paths      []string         `json:"paths,omitempty"`
	PathsKnown bool             `json:"pathsKnown,omitempty"`
	Trust      definition.Trust `json:"trust"`
}

// when is the forge's time, else the receipt's: what a deadline counts from.
func (p push) when() time.Time {
	if p.At.IsZero() {
		return p.Received
	}
	return p.At
}

// tip is what is known of a branch's head.
type tip struct {
	Commit    string
	Known     bool
	Gone      bool   // the branch was deleted
	Uncertain string // why a read has to settle it
	Since     time.Time
	Pushed    bool // Since is when a push brought it there, and not when a read found it
}

// longestHistory bounds the pushes kept of one branch; older ones no longer bear on its head.
const longestHistory = 256

func (b *branch) addPush(p push) bool {
	if slices.ContainsFunc(b.Pushes, func(q push) bool { return q.Key == p.Key }) {
		return false
	}
	b.Pushes = append(b.Pushes, p)
	slices.SortFunc(b.Pushes, func(p, q push) int {
		return cmp.Or(p.At.Compare(q.At), cmp.Compare(p.Key, q.Key))
	})
	if extra := len(b.Pushes) - longestHistory; extra > 0 {
		b.Pushes, b.Cut = slices.Delete(b.Pushes, 0, extra), true
	}
	return true
}

func (b *branch) addRead(r HeadRead) {
	b.Reads = append(b.Reads, r)
	slices.SortFunc(b.Reads, func(q, r HeadRead) int {
		return cmp.Or(q.At.Compare(r.At), cmp.Compare(len(q.Covers), len(r.Covers)), cmp.Compare(q.Commit, r.Commit))
	})
	if extra := len(b.Reads) - 4; extra > 0 {
		b.Reads = slices.Delete(b.Reads, 0, extra)
	}
}

// keys names the pushes known, for a read to cover.
func (b *branch) keys() []string {
	keys := make([]string, len(b.Pushes))
	for i, p := range b.Pushes {
		keys[i] = p.Key
	}
	slices.Sort(keys)
	return keys
}

// head works out the head: by the forge's time of the pushes on GitHub, by the chain of
// before and after on GitLab, which tells no time.
func (b *branch) head() tip {
	if len(b.Pushes) == 0 && len(b.Reads) == 0 {
		return tip{}
	}
	if b.Forge == GitHub {
		return b.headByTime()
	}
	return b.headByChain()
}

// headByTime looks at the pushes of the latest second alone: what was in doubt before is over.
func (b *branch) headByTime() tip {
	r := b.latestRead()
	if len(b.Pushes) == 0 {
		return readTip(r)
	}
	newest := b.Pushes[len(b.Pushes)-1]
	open := keep(b.Pushes, func(p push) bool { return p.At.Equal(newest.At) && !r.covers(p) })
	if len(open) == 0 {
		return b.orRead(&newest)
	}
	last, sure := lastOf(open)
	if !sure {
		return tip{Uncertain: "pushes of one second that do not follow on each other"}
	}
	return b.orRead(last)
}

// lastOf is the push that all of one second lead to, each following on another.
func lastOf(pushes []push) (last *push, sure bool) {
	for i := range pushes {
		end, _ := follow(pushes[i].After, pushes)
		if end == nil {
			end = &pushes[i]
		}
		if last != nil && last.After != end.After {
			return nil, false
		}
		last = end
	}
	goesOn := func(p push) bool { return p.Before == last.After && p.After != p.Before }
	return last, !slices.ContainsFunc(pushes, goesOn)
}

// knows says whether a read is later than a push: it was asked for after it, or found it.
func (r *HeadRead) knows(p push) bool { return r.covers(p) || (r != nil && p.After == r.Commit) }

func (r *HeadRead) covers(p push) bool { return r != nil && slices.Contains(r.Covers, p.Key) }

// orRead weighs the latest push against the latest read. A read is later than the pushes it covers.
func (b *branch) orRead(p *push) tip {
	r := b.latestRead()
	switch {
	case r == nil:
		return pushTip(p)
	case r.knows(*p):
		return readTip(r).since(p)
	case p.At.After(r.At) || (p.At.Equal(r.At) && p.Before == r.Commit):
		return pushTip(p)
	case p.At.Before(r.At.Truncate(time.Second)) && p.Before != r.Commit:
		return readTip(r)
	default: // of one second, or the read found what the push had already moved
		return tip{Uncertain: "a push and a read that do not follow on each other"}
	}
}

func (b *branch) latestRead() *HeadRead {
	if len(b.Reads) == 0 {
		return nil
	}
	return &b.Reads[len(b.Reads)-1]
}

// settled is the head when a read covers every push; Uncertain otherwise.
func (b *branch) settled() tip {
	r := b.latestRead()
	if r == nil {
		return tip{}
	}
	for _, p := range b.Pushes {
		if !r.knows(p) {
			return tip{}
		}
	}
	return readTip(r).since(b.came(r.Commit))
}

// came is the push that brought the branch to a commit that it has not left since, as far as the pushes tell.
func (b *branch) came(commit string) *push {
	stays := 0
	for _, p := range b.Pushes {
		if p.After == commit {
			stays++
		}
		if p.Before == commit {
			stays--
		}
	}
	if stays <= 0 {
		return nil
	}
	return b.arrived(commit)
}

// headByChain starts at the latest read, or where no push arrives, and follows the pushes that no
// read covers. Each must be used exactly once; a repeated, cyclic or broken edge leaves one over.
func (b *branch) headByChain() tip {
	if settled := b.settled(); settled.Known {
		return settled
	}
	r := b.latestRead()
	open := keep(b.Pushes, func(p push) bool { return !r.knows(p) })
	start := startOf(open)
	if r != nil {
		start = r.Commit
	}
	last, used := follow(start, open)
	if used != len(open) || b.returns(r, open) {
		return tip{Uncertain: "its pushes do not form one chain"}
	}
	return pushTip(last)
}

// returns says whether a push that the read knows of goes on from one of the open ones: then it may be the
// read that is the later.
func (b *branch) returns(r *HeadRead, open []push) bool {
	return slices.ContainsFunc(b.Pushes, func(p push) bool {
		return r.knows(p) && slices.ContainsFunc(open, func(q push) bool { return q.After == p.Before })
	})
}

// startOf is the one commit that pushes leave and none arrives at; "" if there is no such one.
func startOf(pushes []push) string {
	start, found := "", 0
	for _, p := range pushes {
		if !slices.ContainsFunc(pushes, func(q push) bool { return q.After == p.Before }) {
			start = p.Before
			found++
		}
	}
	if found != 1 {
		return ""
	}
	return start
}

// follow walks from a commit along the only push that leaves each; it stops where there is none or
// more than one.
func follow(from string, pushes []push) (last *push, used int) {
	for used < len(pushes) {
		var next *push
		for i := range pushes {
			if pushes[i].Before != from {
				continue
			}
			if next != nil {
				return last, used
			}
			next = &pushes[i]
		}
		if next == nil {
			return last, used
		}
		last, from = next, next.After
		used++
	}
	return last, used
}

func pushTip(p *push) tip {
	return tip{Commit: p.After, Known: true, Gone: p.After == "", Since: p.when(), Pushed: true}
}

func readTip(r *HeadRead) tip {
	return tip{Commit: r.Commit, Known: true, Gone: r.Absent, Since: r.At}
}

// since prefers the push's own time for a head that a read merely confirms.
func (t tip) since(p *push) tip {
	if p != nil && p.After == t.Commit {
		t.Since, t.Pushed = p.when(), true
	}
	return t
}

// arrived is the last push that made a commit the head, if one was seen.
func (b *branch) arrived(commit string) *push {
	var last *push
	for i := range b.Pushes {
		p := &b.Pushes[i]
		if commit != "" && p.After == commit && (last == nil || !p.when().Before(last.when())) {
			last = p
		}
	}
	return last
}
