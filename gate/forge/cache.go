package forge

import (
	"bytes"
	"compress/flate"
	"container/list"
	"io"
	"sync"
	"time"
)

// Bounds of what is kept of earlier answers, in bytes as they are kept: of one, and of all together; and
// how long an answer is kept that nobody asks for, as of a change that has landed since.
const (
	cachedBound = 1 << 20
	cacheBound  = 64 << 20
	cachedFor   = 48 * time.Hour
)

// cache keeps the last answers to what is asked again and again, with the tag by which a forge says that
// it would answer the same. The one that was not used for longest goes first. It is not kept over a
// restart: all it saves is requests.
type cache struct {
	now   func() time.Time
	mu    sync.Mutex
	size  int
	order *list.List // of *cached, the last used first
	at    map[string]*list.Element
}

// cached is an answer with its body packed: a page of pull requests has some megabytes, most of it the
// same addresses again and again.
type cached struct {
	key    string
	answer answer
	used   time.Time
}

func newCache(now func() time.Time) *cache {
	return &cache{now: now, order: list.New(), at: map[string]*list.Element{}}
}

// get is the last answer, the zero one where none is kept.
func (c *cache) get(key string) answer {
	a := c.last(key)
	body, err := unpack(a.body)
	if err != nil {
		return answer{}
	}
	a.body = body
	return a
}

func (c *cache) last(key string) answer {
	c.mu.Lock()
	defer c.mu.Unlock()
	kept := c.at[key]
	if kept == nil {
		return answer{}
	}
	c.order.MoveToFront(kept)
	one := kept.Value.(*cached)
	one.used = c.now()
	return one.answer
}

// put keeps an answer that bears a tag, and drops what is of no use any more, and others until all have room.
func (c *cache) put(key string, a answer) {
	if a.tag != "" {
		a.body = pack(a.body)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if old := c.at[key]; old != nil {
		c.drop(old)
	}
	now := c.now()
	for last := c.order.Back(); last != nil && now.Sub(last.Value.(*cached).used) > cachedFor; last = c.order.Back() {
		c.drop(last)
	}
	if a.tag == "" || len(a.body) > cachedBound {
		return
	}
	for c.size+len(a.body)+len(key) > cacheBound {
		c.drop(c.order.Back())
	}
	c.size += len(a.body) + len(key)
	c.at[key] = c.order.PushFront(&cached{key, a, now})
}

func (c *cache) drop(kept *list.Element) {
	gone := c.order.Remove(kept).(*cached)
	delete(c.at, gone.key)
	c.size -= len(gone.answer.body) + len(gone.key)
}

// packers are used again: a new one takes more memory than any answer.
var packers = sync.Pool{New: func() any {
	w, _ := flate.NewWriter(nil, flate.BestSpeed) // a level there is
	return w
}}

// pack gives what takes no more room than it has bytes, for they are counted.
func pack(body []byte) []byte {
	var packed bytes.Buffer
	w := packers.Get().(*flate.Writer)
	defer packers.Put(w)
	w.Reset(&packed)
	_, _ = w.Write(body) // a buffer takes all
	_ = w.Close()
	return bytes.Clone(packed.Bytes())
}

func unpack(packed []byte) ([]byte, error) {
	if len(packed) == 0 {
		return nil, nil
	}
	return io.ReadAll(flate.NewReader(bytes.NewReader(packed)))
}
