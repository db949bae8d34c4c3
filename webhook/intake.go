package webhook

import (
	"context"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/nexusgate/nexusgate/gate"
)

// MaxBody is the largest body taken, in bytes. It is what both forges send at most:
// GitHub does not deliver a larger one at all.
const MaxBody = 25 << 20

// keepWithin is how long the keeper may take: both forges give up after ten seconds.
const keepWithin = 8 * time.Second

// retryAfter is when a sender may come again, in seconds.
const retryAfter = "10"

// scheme is how one forge proves and names its deliveries.
type scheme interface {
	// event is the forge's word for the delivery.
	event(h http.Header) string
	// claims says whether the headers offer a proof that could hold; without, the body is not even read.
	claims(h http.Header) bool
	// prove returns the delivery, named and trusted, or false where the proof does not hold.
	prove(h http.Header, body []byte) (gate.Delivery, bool)
}

// intake is one forge's door: it verifies, keeps, and answers, in this order.
type intake struct {
	source  gate.Source
	scheme  scheme
	keep    Keeper
	now     func() time.Time
	observe Observer
	room    *Room
	tell    func(key string, err error)
}

func newIntake(i intake, options []Option) *intake {
	i.room, i.tell = NewRoom(DefaultBytes, DefaultRequests), func(string, error) {}
	for _, option := range options {
		option(&i)
	}
	return &i
}

// ServeHTTP answers with the code of what became of the delivery, and says it in one word; and why, where
// the caller is to come again.
func (i *intake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	result, why := i.take(w, r)
	i.observe(string(i.source), known(i.source, i.scheme.event(r.Header)), result)
	if result == TurnedAway {
		defer seeOff(w, r)()
	}
	answer(w, result, why)
}

// seeOff readies a connection on which a body is still coming to be answered at once, and returns what
// passes over the rest of it afterwards: a sender that is cut off in the middle sees no answer.
func seeOff(w http.ResponseWriter, r *http.Request) func() {
	c := http.NewResponseController(w)
	if c.EnableFullDuplex() != nil {
		return func() {}
	}
	return func() {
		if c.Flush() == nil {
			_, _ = io.CopyN(io.Discard, r.Body, MaxBody) // the server bounds the time; nothing is lost by an error
		}
	}
}

func (i *intake) take(w http.ResponseWriter, r *http.Request) (result, why string) {
	if r.Method != http.MethodPost {
		return NotAllowed, ""
	}
	if !i.scheme.claims(r.Header) {
		return Refused, ""
	}
	p, ok := i.room.enter()
	if !ok {
		return i.refusal("", noPlace)
	}
	defer p.leave()
	body, err := p.read(http.MaxBytesReader(w, r.Body, MaxBody), r.ContentLength)
	if err != nil {
		return i.unread(err)
	}
	d, ok := i.scheme.prove(r.Header, body)
	if !ok {
		return Refused, ""
	}
	d.Source, d.Received = i.source, i.now()
	d.Places = Places(d)
	return i.store(r.Context(), d)
}

func (i *intake) store(ctx context.Context, d gate.Delivery) (result, why string) {
	ctx, cancel := context.WithTimeout(ctx, keepWithin)
	defer cancel()
	duplicate, err := i.keep.Keep(ctx, d)
	if err != nil {
		return i.refusal(d.Key, err)
	}
	i.tell(d.Key, nil)
	if duplicate {
		return Duplicate, ""
	}
	return Kept, ""
}

// unread is what became of a delivery whose body was not read to its end.
func (i *intake) unread(err error) (result, why string) {
	var over *http.MaxBytesError
	switch {
	case errors.As(err, &over):
		return TooLarge, ""
	case errors.Is(err, noBytes):
		return i.refusal("", err)
	default:
		return Cut, ""
	}
}

func answer(w http.ResponseWriter, result, why string) {
	h := w.Header()
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("X-Content-Type-Options", "nosniff")
	switch result {
	case TurnedAway:
		h.Set("Connection", "close")
		h.Set("Retry-After", retryAfter)
	case Unavailable:
		h.Set("Retry-After", retryAfter)
	case NotAllowed:
		h.Set("Allow", http.MethodPost)
	}
	w.WriteHeader(status(result))
	if why != "" {
		result += ": " + why
	}
	// A caller that has gone away learns nothing more from an error here.
	_, _ = io.WriteString(w, result+"\n")
}

// status is the one place where a result becomes an HTTP status.
func status(result string) int {
	switch result {
	case Kept, Duplicate:
		return http.StatusAccepted
	case Refused:
		return http.StatusUnauthorized
	case TooLarge:
		return http.StatusRequestEntityTooLarge
	case NotAllowed:
		return http.StatusMethodNotAllowed
	case Cut:
		return http.StatusBadRequest
	default:
		return http.StatusServiceUnavailable
	}
}
