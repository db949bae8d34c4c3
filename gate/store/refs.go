package store

import "sync"

// mostRefs bounds each of two generations of keys that are remembered: 22 bytes each, and a Nexus's name.
const mostRefs = 1 << 15

// refs remembers which evidence is on disk already, the latest of it, so that a verdict which rests on
// the same evidence as the one before writes none of it again. One that is not remembered is written
// again, and that changes nothing. Retention takes evidence off the disk that nothing rests on any more, and
// it is dropped here too; what another process took away whose lane it was is forgotten when the lane is claimed.
type refs struct {
	mu         sync.Mutex
	young, old map[string]bool
}

func (r *refs) has(ref string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.young[ref] {
		return true
	}
	if r.old[ref] {
		r.put(ref) // what is in use does not grow old
		return true
	}
	return false
}

func (r *refs) add(all map[string]bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for ref := range all {
		r.put(ref)
	}
}

func (r *refs) put(ref string) {
	if r.young == nil || len(r.young) >= mostRefs {
		r.young, r.old = map[string]bool{}, r.young
	}
	r.young[ref] = true
}

// drop forgets evidence that is taken off the disk.
func (r *refs) drop(ref string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.young, ref)
	delete(r.old, ref)
}

// clear forgets all of it.
func (r *refs) clear() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.young, r.old = nil, nil
}
