package store

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/store/db"
)

// routing is which lanes listen to a place, as it was last read. It is asked in the transactions of one
// writer, and reads all of it again when any lane's routes have changed meanwhile; where that writer is the
// only one, they change by itself alone, and none of it is read again unless a transaction was taken back.
type routing struct {
	alone   bool
	mu      sync.Mutex
	current *db.Queries // the transaction in which it was last seen to be as it is on disk
	version int64
	lanes   map[string]map[string]bool // by place
	places  map[string]map[string]bool // by lane
}

// of gives the lanes that a delivery with those places is for: all that listen to anything where nobody
// can tell, and the common lane where none does.
func (r *routing) of(q *db.Queries, places []string) ([]string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.load(q); err != nil {
		return nil, err
	}
	found := map[string]bool{}
	for _, place := range places {
		maps.Copy(found, r.lanes[place])
	}
	if places == nil {
		for lane := range r.places {
			found[lane] = true
		}
	}
	if len(found) == 0 {
		return []string{Common}, nil
	}
	return slices.Sorted(maps.Keys(found)), nil
}

// put has a lane listen to places; all says whether to these alone, less what is to be dropped while deliveries
// of our own wait there: one of them may be why it is listened to, and whoever tells what the lane listens to
// does not know of that before it is applied.
func (r *routing) put(q *db.Queries, lane string, places []string, all bool) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.load(q); err != nil {
		return err
	}
	had, keep, changed := r.places[lane], map[string]bool{}, false
	for _, place := range places {
		if keep[place] = true; had[place] {
			continue
		}
		changed = true
		if _, err := q.AddRoute(context.Background(), db.AddRouteParams{Place: place, Lane: lane}); err != nil {
			return fmt.Errorf("having the lane %s listen to %s: %w", lane, place, err)
		}
		r.add(place, lane)
	}
	if all {
		dropped, err := r.cut(q, lane, slices.DeleteFunc(slices.Sorted(maps.Keys(had)), func(place string) bool { return keep[place] }))
		if err != nil {
			return err
		}
		changed = changed || dropped
	}
	if !changed {
		return nil
	}
	r.version++
	return q.RaiseRouted(context.Background(), lane)
}

// cut has a lane listen to places no more, and says whether any was dropped.
func (r *routing) cut(q *db.Queries, lane string, places []string) (dropped bool, err error) {
	if len(places) == 0 {
		return false, nil
	}
	ahead, err := q.AwaitedFrom(context.Background(), db.AwaitedFromParams{Lane: lane, Source: string(gate.FromUs)})
	if err != nil {
		return false, fmt.Errorf("looking for what waits in the lane %s: %w", lane, err)
	}
	if len(ahead) > 0 {
		return false, nil
	}
	for _, place := range places {
		if err := q.DropRoute(context.Background(), db.DropRouteParams{Place: place, Lane: lane}); err != nil {
			return false, fmt.Errorf("having the lane %s listen to %s no more: %w", lane, place, err)
		}
		r.drop(place, lane)
	}
	return true, nil
}

// load reads it again unless nothing has changed.
func (r *routing) load(q *db.Queries) error {
	if r.current == q || r.alone && r.lanes != nil {
		return nil
	}
	version, err := q.Routed(context.Background())
	if err != nil {
		return fmt.Errorf("reading whether routes have changed: %w", err)
	}
	if r.lanes == nil || version != r.version {
		rows, err := q.Routes(context.Background())
		if err != nil {
			return fmt.Errorf("reading the routes: %w", err)
		}
		r.lanes, r.places = map[string]map[string]bool{}, map[string]map[string]bool{}
		for _, row := range rows {
			r.add(row.Place, row.Lane)
		}
	}
	r.current, r.version = q, version
	return nil
}

// ended has it be looked at again, whoever asks next.
func (r *routing) ended() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.current = nil
}

// seen is the version that what is remembered was read at, or an older one.
func (r *routing) seen() int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.version
}

// forget is called when a transaction was taken back: what it changed did not happen.
func (r *routing) forget() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.current, r.lanes, r.places = nil, nil, nil
}

func (r *routing) add(place, lane string) {
	if r.lanes[place] == nil {
		r.lanes[place] = map[string]bool{}
	}
	if r.places[lane] == nil {
		r.places[lane] = map[string]bool{}
	}
	r.lanes[place][lane], r.places[lane][place] = true, true
}

func (r *routing) drop(place, lane string) {
	if delete(r.lanes[place], lane); len(r.lanes[place]) == 0 {
		delete(r.lanes, place)
	}
	if delete(r.places[lane], place); len(r.places[lane]) == 0 {
		delete(r.places, lane)
	}
}

// Route has a lane listen to those places alone, as [gate.Step.Routes] does with a step.
func (s *Store) Route(ctx context.Context, lease Lease, places []string) error {
	err := s.writer.write(ctx, &request{run: func(q *db.Queries) error {
		if err := lease.check(q); err != nil {
			return err
		}
		return s.routing.put(q, lease.Lane, places, true)
	}})
	if err != nil {
		return fmt.Errorf("routing to the lane %s: %w", lease.Lane, err)
	}
	return nil
}
