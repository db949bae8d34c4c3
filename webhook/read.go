package webhook

import (
	"errors"
	"io"
	"net/http"
)

// usualBody is what most deliveries stay below, in bytes.
const usualBody = 64 << 10

// read reads a body of which a length is announced, or -1, into memory that the place holds. The memory
// grows with what has come: an announcement alone reserves little.
func (p *place) read(from io.Reader, announced int64) ([]byte, error) {
	if announced > MaxBody {
		return nil, &http.MaxBytesError{Limit: MaxBody}
	}
	// One byte more than announced, so that the end is seen without growing.
	room := min(max(announced, 0)+1, usualBody)
	if !p.take(room) {
		return nil, noBytes
	}
	body := make([]byte, 0, room)
	for {
		n, err := from.Read(body[len(body):cap(body)])
		body = body[:len(body)+n]
		if errors.Is(err, io.EOF) {
			return body, nil
		}
		if err == nil && len(body) == cap(body) {
			body, err = p.grow(body, announced+1)
		}
		if err != nil {
			return nil, err
		}
	}
}

// grow doubles what is there for a body, to no more than is expected unless more has come already. Both
// are held while the one is copied to the other.
func (p *place) grow(body []byte, expected int64) ([]byte, error) {
	had := int64(cap(body))
	want := min(2*had, MaxBody+1)
	if expected > had {
		want = min(want, expected)
	}
	if !p.take(want) {
		return nil, noBytes
	}
	grown := append(make([]byte, 0, want), body...)
	p.give(had)
	return grown, nil
}
