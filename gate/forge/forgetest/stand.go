package forgetest

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Bounds of what the stand-ins keep and read.
const (
	requestBound  = 1 << 20
	deliveryBound = 20_000
)

// Options are what a stand-in is made with.
type Options struct {
	Now    func() time.Time // the forge's clock; required
	Client *http.Client     // brings the webhooks; nil is one that waits ten seconds
	Key    *rsa.PrivateKey  // of GitHub's App; nil is a fresh one, which takes a moment to make
	Signs  *rsa.PrivateKey  // the tokens of jobs; nil is a fresh one, made when the first is asked for
}

// stand is what both stand-ins are built on: the lock, the clock, the log, the faults.
type stand struct {
	now    func() time.Time
	client *http.Client
	prefix string // of delivery ids, so that two stand-ins never make the same
	grants string // what the headers that tell of the grant begin with

	mu     sync.Mutex
	root   string
	ids    int64
	counts map[string]int
	faults []*Fault
	hook   hook
	choose func(Delivery) hook // which hook a delivery goes to; nil: to the one there is
	log    []Delivery

	attempts int64             // to deliver webhooks
	losses   []*loss           // of webhooks
	health   map[int64]*health // of the hook, by project; nil: it is never disabled
}

func newStand(o Options, root string) (*stand, error) {
	if o.Now == nil {
		return nil, errors.New("a stand-in wants a clock")
	}
	if o.Client == nil {
		o.Client = &http.Client{Timeout: 10 * time.Second}
	}
	random := make([]byte, 4)
	if _, err := rand.Read(random); err != nil {
		return nil, err
	}
	return &stand{
		now: o.Now, client: o.Client, prefix: hex.EncodeToString(random),
		root: root, ids: 1000, counts: map[string]int{},
	}, nil
}

// ServedAt tells the stand-in its own address, which its answers and webhooks then name.
func (s *stand) ServedAt(root string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.root = strings.TrimRight(root, "/")
}

// Requests counts the requests served, by operation ("create_check_run").
func (s *stand) Requests() map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.counts)
}

// next is a new id. Ids ascend, as the forges' do.
func (s *stand) next() int64 {
	s.ids++
	return s.ids
}

// call is one request being served.
type call struct {
	*http.Request
	body []byte
	out  *outbox
}

// number is a part of the path that is a number, 0 where it is none.
func (c *call) number(name string) int64 {
	n, _ := strconv.ParseInt(c.PathValue(name), 10, 64)
	return n
}

// reply is an answer: a text as it is, anything else as JSON.
type reply struct {
	status int
	body   any
	header map[string]string
	tag    string // ETag
}

func refuse(status int, message string) reply {
	return reply{status: status, body: object{"message": message}}
}

// text is a body that is sent as it is.
type text string

// serve wraps the handler of one operation: it counts, injects faults, holds the lock while the
// forge's state is read or moved, answers, and then delivers the webhooks that came of it.
func (s *stand) serve(operation string, act func(*call) reply) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		fault := s.strike(operation)
		if fault != nil && !fault.pass(w, r) {
			return
		}
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, requestBound))
		if err != nil {
			s.answer(w, refuse(http.StatusRequestEntityTooLarge, "the body is too large"))
			return
		}
		out := &outbox{}
		s.mu.Lock()
		answer := tagged(act(&call{r, body, out}), r)
		if answer.status == http.StatusNotModified {
			s.counts["unchanged"]++
		}
		s.mu.Unlock()
		if fault != nil && fault.drop {
			cut(w)
		} else {
			s.answer(w, answer)
		}
		s.deliver(out)
	}
}

func (s *stand) answer(w http.ResponseWriter, a reply) {
	kind, body := "application/json; charset=utf-8", []byte(nil)
	if raw, ok := a.body.(text); ok {
		kind, body = "text/plain; charset=utf-8", []byte(raw)
	} else if a.body != nil {
		body, _ = json.Marshal(a.body) // maps, slices and scalars always encode
	}
	w.Header().Set("Content-Type", kind)
	if a.tag != "" {
		w.Header().Set("ETag", a.tag)
	}
	w.Header().Set("Date", s.now().UTC().Format(http.TimeFormat))
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	s.grant(w.Header())
	for name, value := range a.header {
		w.Header().Set(name, value)
	}
	w.WriteHeader(a.status)
	_, _ = w.Write(body) // a client that went away is no concern of a forge
	_ = http.NewResponseController(w).Flush()
}

// tagged gives a good answer the tag by which a client asks whether it would be the same, and answers one
// who knows it already with nothing else.
func tagged(a reply, r *http.Request) reply {
	if r.Method != http.MethodGet || a.status != http.StatusOK {
		return a
	}
	body, _ := json.Marshal(a.body) // maps, slices and scalars always encode
	sum := sha256.Sum256(body)
	a.tag = `W/"` + hex.EncodeToString(sum[:]) + `"`
	if r.Header.Get("If-None-Match") == a.tag {
		return reply{status: http.StatusNotModified, tag: a.tag}
	}
	return a
}

// move runs a change of the forge's state and then delivers the webhooks that come of it.
func (s *stand) move(act func(*outbox)) {
	out := &outbox{}
	func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		act(out)
	}()
	s.deliver(out)
}

// object is a JSON object.
type object = map[string]any

// page cuts the page out of a list that the query asks for, and names the next one as both forges
// do in their headers.
func page[T any](c *call, all []T) ([]T, map[string]string) {
	size, number := 30, 1
	if n, err := strconv.Atoi(c.URL.Query().Get("per_page")); err == nil && n > 0 {
		size = min(n, 100)
	}
	if n, err := strconv.Atoi(c.URL.Query().Get("page")); err == nil && n > 0 {
		number = n
	}
	from := min((number-1)*size, len(all))
	to := min(from+size, len(all))
	if to == len(all) {
		return all[from:to], map[string]string{"X-Next-Page": ""}
	}
	query := c.URL.Query()
	query.Set("page", strconv.Itoa(number+1))
	next := "http://" + c.Host + c.URL.EscapedPath() + "?" + query.Encode()
	return all[from:to], map[string]string{
		"Link": "<" + next + `>; rel="next"`, "X-Next-Page": strconv.Itoa(number + 1), "X-Page": strconv.Itoa(number),
	}
}

// instant is a time as GitHub and the newer parts of GitLab write it, null where there is none.
func instant(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format(time.RFC3339)
}
