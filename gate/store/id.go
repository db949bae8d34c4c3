package store

import (
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"sync"
	"time"
)

// id is 48 bits of milliseconds and 80 bits that are random when a millisecond begins and count up
// within it.
type id [16]byte

// ids makes ids that ascend, also when the clock stands still or steps back.
type ids struct {
	mu   sync.Mutex
	last id
}

// NewID makes an id: 32 lower-case hexadecimal digits, unique, and greater than every one that this
// store has made or kept before.
func (s *Store) NewID() string { return s.ids.next(s.now()) }

func (m *ids) next(now time.Time) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	if made := fresh(now); hex.EncodeToString(made[:6]) > hex.EncodeToString(m.last[:6]) {
		m.last = made
	} else {
		m.last = m.last.after()
	}
	return hex.EncodeToString(m.last[:])
}

// resume goes on after an id that was kept. One in another form, given by a caller, is passed over.
func (m *ids) resume(last string) {
	kept, err := hex.DecodeString(last)
	if err == nil && len(kept) == len(m.last) {
		m.last = id(kept)
	}
}

func fresh(now time.Time) id {
	var made id
	binary.BigEndian.PutUint64(made[:8], uint64(now.UnixMilli())<<16)
	_, _ = rand.Read(made[6:]) // it never fails: crypto/rand ends the program instead
	made[6] &= 0x7f            // room to count up
	return made
}

func (i id) after() id {
	for at := len(i) - 1; at >= 0; at-- {
		i[at]++
		if i[at] != 0 {
			break
		}
	}
	return i
}
