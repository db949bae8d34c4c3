package main_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/nexusgate/nexusgate/gate"
)

// mailbag holds the letters that are still to be posted. A letter that was not acknowledged goes
// back into it, as a forge's redelivery does.
type mailbag struct {
	mu       sync.Mutex
	turned   *sync.Cond // when a letter came back, or the last one was taken
	waiting  []letter
	out      int // letters that a poster holds
	attempts int
	kept     map[string]int // acknowledgements, by key
	marks    []int          // numbers of attempts at which reached is signalled, ascending
	reached  chan struct{}
	pace     time.Duration // between two attempts; 0: as they can
	next     time.Time     // when the next may be taken
}

func newMailbag(letters []letter, marks []int) *mailbag {
	b := &mailbag{waiting: letters, kept: map[string]int{}, marks: marks, reached: make(chan struct{}, len(marks))}
	b.turned = sync.NewCond(&b.mu)
	return b
}

// paced waits until a letter may be taken.
func (b *mailbag) paced(ctx context.Context) {
	if b.pace == 0 {
		return
	}
	b.mu.Lock()
	now := time.Now()
	if b.next.Before(now) {
		b.next = now
	}
	wait := b.next.Sub(now)
	b.next = b.next.Add(b.pace)
	b.mu.Unlock()
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// take gives the next letter; false when all are acknowledged.
func (b *mailbag) take() (letter, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for len(b.waiting) == 0 && b.out > 0 {
		b.turned.Wait()
	}
	if len(b.waiting) == 0 {
		return letter{}, false
	}
	l := b.waiting[0]
	b.waiting = b.waiting[1:]
	b.out++
	b.attempts++
	for len(b.marks) > 0 && b.attempts >= b.marks[0] {
		b.marks = b.marks[1:]
		b.reached <- struct{}{}
	}
	return l, true
}

// settle takes note of what became of a letter.
func (b *mailbag) settle(l letter, acknowledged bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.out--
	if acknowledged {
		b.kept[l.key()]++
	} else {
		b.waiting = append(b.waiting, l)
	}
	b.turned.Broadcast()
}

func (l letter) key() string { return string(l.source) + " " + l.id }

// address is where the service is now, if it is anywhere: in several places where it has replicas.
type address struct {
	mu    sync.Mutex
	roots []string
	turn  int
	moved chan struct{} // closed when roots change
}

func newAddress() *address { return &address{moved: make(chan struct{})} }

// set says that it is in one place, or nowhere.
func (a *address) set(root string) {
	a.change(func() {
		if a.roots = nil; root != "" {
			a.roots = []string{root}
		}
	})
}

// add and remove are of a replica's place.
func (a *address) add(root string) { a.change(func() { a.roots = append(a.roots, root) }) }

func (a *address) remove(root string) {
	a.change(func() { a.roots = slices.DeleteFunc(a.roots, func(one string) bool { return one == root }) })
}

func (a *address) change(how func()) {
	a.mu.Lock()
	defer a.mu.Unlock()
	how()
	close(a.moved)
	a.moved = make(chan struct{})
}

// get gives the places in turn, other than the one that has failed.
func (a *address) get(failed string) (root string, moved <-chan struct{}) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for range a.roots {
		a.turn++
		if root := a.roots[a.turn%len(a.roots)]; root != failed {
			return root, a.moved
		}
	}
	return "", a.moved
}

// await gives an address that is not the one that has failed.
func (a *address) await(ctx context.Context, failed string) (root string) {
	for {
		root, moved := a.get(failed)
		if root != "" {
			return root
		}
		select {
		case <-moved:
		case <-ctx.Done():
			return ""
		}
	}
}

// postAll posts all letters with so many posters, and returns when every one is acknowledged.
func postAll(ctx context.Context, b *mailbag, at *address, posters int) {
	var work sync.WaitGroup
	for range posters {
		work.Go(func() {
			client := &http.Client{Transport: &http.Transport{}, Timeout: patience}
			defer client.CloseIdleConnections()
			for failed := ""; ; {
				b.paced(ctx)
				root := at.await(ctx, failed)
				if root == "" {
					return
				}
				l, more := b.take()
				if !more {
					return
				}
				status, err := l.post(ctx, client, root)
				b.settle(l, err == nil && status == http.StatusAccepted)
				failed = ""
				if err != nil {
					failed = root
				}
			}
		})
	}
	work.Wait()
}

// post sends a letter as its forge does.
func (l letter) post(ctx context.Context, client *http.Client, root string) (status int, err error) {
	to, headers := root+"/webhook/github", hubHeaders(l.id, l.event, l.body, hubSecret)
	if l.source == gate.FromGitLab {
		to, headers = root+"/webhook/gitlab", labHeaders(l.id, l.event, labToken)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, to, bytes.NewReader(l.body))
	if err != nil {
		return 0, err
	}
	for name, value := range headers {
		request.Header.Set(name, value)
	}
	answer, err := client.Do(request)
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	_, err = io.Copy(io.Discard, answer.Body)
	return answer.StatusCode, err
}
