package webhook

import "sync"

// The bounds that an intake has unless it is given others, in bytes and in deliveries.
const (
	DefaultBytes    = 256 << 20
	DefaultRequests = 1024
)

// Room is what the deliveries under way may take together, over all intakes that share it: the memory of
// their bodies, as it is needed to read them and not as it is announced, and their number. What finds no
// room is answered 503 before its body is read any further.
//
// A quarter of the bytes is kept for bodies of usual size, so that a few large ones, or somebody who
// only pretends to be a forge and sends slowly, do not turn away the many small ones.
type Room struct {
	bytes    int64
	requests int

	mu   sync.Mutex
	held int64
	in   int
}

// NewRoom is room for so many bytes of bodies and so many deliveries at once. Below 64 MiB a body as
// large as forges send them may not fit in.
func NewRoom(bytes int64, requests int) *Room { return &Room{bytes: bytes, requests: requests} }

// place is one delivery's part of a room.
type place struct {
	room *Room
	held int64
}

// enter is a place for one more delivery, or false.
func (r *Room) enter() (*place, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.in >= r.requests {
		return nil, false
	}
	r.in++
	return &place{room: r}, true
}

// take holds n bytes more, or says that they are not there.
func (p *place) take(n int64) bool {
	r := p.room
	r.mu.Lock()
	defer r.mu.Unlock()
	most := r.bytes
	if p.held+n > usualBody {
		most -= r.bytes / 4
	}
	if r.held+n > most {
		return false
	}
	r.held += n
	p.held += n
	return true
}

// give returns n of the bytes.
func (p *place) give(n int64) {
	p.room.mu.Lock()
	defer p.room.mu.Unlock()
	p.room.held -= n
	p.held -= n
}

// leave returns all that the delivery holds.
func (p *place) leave() {
	p.room.mu.Lock()
	defer p.room.mu.Unlock()
	p.room.held -= p.held
	p.room.in--
	p.held = 0
}
