package forge

import (
	"context"
	"net/http"
	"net/url"
)

// Asked is told of every request, by its name ("create_check_run"), its method and its address, and
// returns what is told of its end: the status of the answer, or the error in its place.
type Asked func(ctx context.Context, operation, method string, to *url.URL) (ended func(code int, err error))

func (b Asked) request(r *http.Request) (ended func(*http.Response, error)) {
	if b == nil {
		return func(*http.Response, error) {}
	}
	told := b(r.Context(), nameOf(r), r.Method, r.URL)
	return func(answer *http.Response, err error) {
		if err != nil {
			told(0, err)
			return
		}
		told(answer.StatusCode, nil)
	}
}
