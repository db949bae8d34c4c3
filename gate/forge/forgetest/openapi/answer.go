package openapi

import (
	"bytes"
	"net/http"
	"strings"

	"github.com/getkin/kin-openapi/openapi3filter"
)

// answer keeps what a handler answers while it passes it on. A connection that the handler takes
// over has no answer.
type answer struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
}

// WriteHeader keeps the status.
func (a *answer) WriteHeader(status int) {
	a.status = status
	a.ResponseWriter.WriteHeader(status)
}

// Write keeps the body.
func (a *answer) Write(chunk []byte) (int, error) {
	if a.status == 0 {
		a.status = http.StatusOK
	}
	a.body.Write(chunk)
	return a.ResponseWriter.Write(chunk)
}

// Unwrap lets http.ResponseController through.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// check holds a good answer in JSON against the description; refusals it leaves in peace, since any
// proxy may write one.
func (a *answer) check(r *http.Request, input *openapi3filter.RequestValidationInput) error {
	if a.status < 200 || a.status > 299 || !strings.HasPrefix(a.Header().Get("Content-Type"), "application/json") {
		return nil
	}
	output := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: input, Status: a.status, Header: a.Header(), Options: input.Options,
	}
	return openapi3filter.ValidateResponse(r.Context(), output.SetBodyBytes(a.body.Bytes()))
}
