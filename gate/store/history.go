package store

import (
	"context"
	"fmt"
	"time"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/store/db"
)

const (
	// chunked is how many grounds are read and decoded together, and ahead how many such chunks wait for
	// the visitor: while it works on one, the next is decoded.
	chunked, ahead = 256, 2
	// prefetched bounds the evidence that is read along with a chunk. More is looked up piece by piece.
	prefetched = 16 * chunked
	// mostEvidence bounds each of two generations of decoded evidence that a visit holds: some 20 MB.
	mostEvidence = 1 << 13
)

// Grounds visits what the verdicts of a Nexus since a moment rest on, in the order in which they were
// recorded. The visitor asks for evidence by its reference, and shares what it gets with later
// visits: it must not change it. What comes while the visit is on may or may not be visited. It ends
// with the first error that visit returns.
func (s *Store) Grounds(
	ctx context.Context, nexus string, since time.Time,
	visit func(g gate.Ground, evidence func(ref string) (*gate.Evidence, error)) error,
) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	h := &history{store: s, nexus: nexus, since: since, chunks: make(chan *chunk, ahead)}
	go h.read(ctx)
	for c := range h.chunks {
		if err := h.visit(ctx, c, visit); err != nil {
			cancel()
			h.drain()
			return err
		}
	}
	return h.failed
}

// history is a visit under way: one goroutine reads, one for each chunk decodes, and the caller's visits.
type history struct {
	store  *Store
	nexus  string
	since  time.Time
	chunks chan *chunk // in their order; closed when all are read
	failed error       // of the reader; to be read once chunks is closed
	recent generations
}

// drain waits for the reader to end, so that nothing reads once the visit is over.
func (h *history) drain() {
	for c := range h.chunks {
		<-c.ready
	}
}

func (h *history) read(ctx context.Context) {
	defer close(h.chunks)
	after := db.GroundsAfterParams{Nexus: h.nexus, Since: micros(h.since), Most: chunked}
	for {
		c, err := h.next(ctx, &after)
		if err != nil {
			h.failed = err
			return
		}
		go c.decode(h.nexus)
		select {
		case h.chunks <- c:
		case <-ctx.Done():
			<-c.ready
			h.failed = ctx.Err()
			return
		}
		if len(c.rows) < chunked {
			return
		}
	}
}

// next reads the grounds that follow, and what they were the first to rest on.
func (h *history) next(ctx context.Context, after *db.GroundsAfterParams) (*chunk, error) {
	rows, err := h.store.read.GroundsAfter(ctx, *after)
	if err != nil {
		return nil, fmt.Errorf("reading the grounds of %s: %w", h.nexus, err)
	}
	c := &chunk{rows: rows, ready: make(chan struct{})}
	if len(rows) == 0 {
		return c, nil
	}
	last := rows[len(rows)-1]
	from := max(after.Step, rows[0].Step-1) // the one before may have ended within a step, and read its evidence
	c.bodies, err = h.store.read.EvidenceBetween(ctx, db.EvidenceBetweenParams{Nexus: h.nexus, After: from, Upto: last.Step, Most: prefetched})
	if err != nil {
		return nil, fmt.Errorf("reading the evidence of %s: %w", h.nexus, err)
	}
	after.Step, after.Place = last.Step, last.Place
	return c, nil
}

func (h *history) visit(ctx context.Context, c *chunk, visit func(gate.Ground, func(string) (*gate.Evidence, error)) error) error {
	<-c.ready
	if c.failed != nil {
		return c.failed
	}
	for ref, e := range c.evidence {
		h.recent.put(ref, e)
	}
	find := func(ref string) (*gate.Evidence, error) {
		if e, ok := h.recent.get(ref); ok {
			return e, nil
		}
		e, err := h.store.evidence(ctx, h.nexus, ref)
		if err == nil {
			h.recent.put(ref, e)
		}
		return e, err
	}
	for _, g := range c.grounds {
		if err := visit(g, find); err != nil {
			return err
		}
	}
	return nil
}

// chunk is some rows on their way to the visitor.
type chunk struct {
	rows   []db.GroundsAfterRow
	bodies []db.EvidenceBetweenRow

	ready    chan struct{} // closed when the rest is there
	grounds  []gate.Ground
	evidence map[string]*gate.Evidence
	failed   error
}

func (c *chunk) decode(nexus string) {
	defer close(c.ready)
	c.evidence = make(map[string]*gate.Evidence, len(c.bodies))
	for _, row := range c.bodies {
		e, err := decode[gate.Evidence](row.Body)
		if err != nil {
			c.failed = fmt.Errorf("the evidence %s: %w", row.Ref, err)
			return
		}
		c.evidence[refOf(row.Ref)] = &e
	}
	c.grounds = make([]gate.Ground, len(c.rows))
	for i, row := range c.rows {
		if c.grounds[i], c.failed = ground(row.Verdict, nexus, row.Body); c.failed != nil {
			return
		}
	}
}

// generations hold what was used lately, in bounds, and forget the rest.
type generations struct{ young, old map[string]*gate.Evidence }

func (r *generations) get(ref string) (*gate.Evidence, bool) {
	if e, ok := r.young[ref]; ok {
		return e, true
	}
	e, ok := r.old[ref]
	if ok {
		r.put(ref, e) // what is in use does not grow old
	}
	return e, ok
}

func (r *generations) put(ref string, e *gate.Evidence) {
	if r.young == nil || len(r.young) >= mostEvidence {
		r.young, r.old = map[string]*gate.Evidence{}, r.young
	}
	r.young[ref] = e
}

// CountGrounds tells how many grounds a Nexus has since a moment, and how many of its verdicts, of
// whatever time, have none because they are older than grounds are.
func (s *Store) CountGrounds(ctx context.Context, nexus string, since time.Time) (kept, without int64, err error) {
	kept, err = s.read.CountGrounds(ctx, db.CountGroundsParams{Nexus: nexus, Since: micros(since)})
	if err != nil {
		return 0, 0, fmt.Errorf("counting the grounds of %s: %w", nexus, err)
	}
	all, err := s.read.CountGrounds(ctx, db.CountGroundsParams{Nexus: nexus, Since: micros(time.Time{})})
	if err != nil {
		return 0, 0, fmt.Errorf("counting the grounds of %s: %w", nexus, err)
	}
	verdicts, err := s.read.CountVerdicts(ctx, nexus)
	if err != nil {
		return 0, 0, fmt.Errorf("counting the verdicts of %s: %w", nexus, err)
	}
	return kept, max(0, verdicts-all), nil
}
