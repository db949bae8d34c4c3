package forge

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/google/go-github/v60/github"
)

// ask sends a request that only reads, with the tag of the last answer where there is one.
func ask(ctx context.Context, c *github.Client, operation, path, tag string, now func() time.Time) (answer, error) {
	request, err := c.NewRequest(http.MethodGet, path, nil)
	if err != nil {
		return answer{}, err
	}
	if tag != "" {
		request.Header.Set("If-None-Match", tag)
	}
	got, err := c.BareDo(named(ctx, operation), request)
	if got == nil {
		return answer{}, err
	}
	said := answer{tag: got.Header.Get("ETag"), more: got.NextPage != 0, at: dateOf(got.Response, now()), low: lowGrant(got.Response, now())}
	if statusOf(err) == http.StatusNotModified {
		said.same = true
		return said, nil
	}
	if err != nil {
		return said, err
	}
	said.body, err = io.ReadAll(got.Body)
	if err := errors.Join(err, got.Body.Close()); err != nil {
		return answer{}, fmt.Errorf("reading the answer to %s: %w", path, err)
	}
	return said, nil
}
