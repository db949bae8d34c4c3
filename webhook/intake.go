package webhook

import (
	"bytes"
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

// usualBody is what most deliveries stay below, in bytes.
const usualBody = 64 << 10

// keepWithin is how long the keeper may take: both forges give up after ten seconds.
const keepWithin = 8 * time.Second

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
}

// ServeHTTP answers with the code of what became of the delivery, and says it in one word.
func (i *intake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	result := i.take(w, r)
	i.observe(string(i.source), known(i.source, i.scheme.event(r.Header)), result)
	answer(w, result)
}

func (i *intake) take(w http.ResponseWriter, r *http.Request) string {
	if r.Method != http.MethodPost {
		return NotAllowed
	}
	if !i.scheme.claims(r.Header) {
		return Refused
	}
	body, result := read(w, r)
	if result != "" {
		return result
	}
	d, ok := i.scheme.prove(r.Header, body)
	if !ok {
		return Refused
	}
	d.Source, d.Received = i.source, i.now()
	d.Places = Places(d)
	return i.store(r.Context(), d)
}

func (i *intake) store(ctx context.Context, d gate.Delivery) string {
	ctx, cancel := context.WithTimeout(ctx, keepWithin)
	defer cancel()
	duplicate, err := i.keep.Keep(ctx, d)
	switch {
	case err != nil: // the keeper knows why, and says so; the caller is told to come again
		return Unavailable
	case duplicate:
		return Duplicate
	default:
		return Kept
	}
}

// read is the body, or what became of it instead.
func read(w http.ResponseWriter, r *http.Request) (body []byte, result string) {
	if r.ContentLength > MaxBody {
		return nil, TooLarge
	}
	// Room for what is announced, and for as much as most deliveries have at the most: an announcement
	// alone reserves little.
	buffer := bytes.NewBuffer(make([]byte, 0, bytes.MinRead+min(max(r.ContentLength, 0), usualBody)))
	_, err := buffer.ReadFrom(http.MaxBytesReader(w, r.Body, MaxBody))
	var over *http.MaxBytesError
	switch {
	case errors.As(err, &over):
		return nil, TooLarge
	case err != nil:
		return nil, Cut
	default:
		return buffer.Bytes(), ""
	}
}

func answer(w http.ResponseWriter, result string) {
	h := w.Header()
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("X-Content-Type-Options", "nosniff")
	switch result {
	case Unavailable:
		h.Set("Retry-After", "10")
	case NotAllowed:
		h.Set("Allow", http.MethodPost)
	}
	w.WriteHeader(status(result))
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
