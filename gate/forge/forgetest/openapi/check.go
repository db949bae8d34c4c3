package openapi

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
)

// bodyBound is how much of a request is checked.
const bodyBound = 1 << 20

// Check serves next, and calls fault with whatever a request, or the answer to it, has that the
// description does not allow. It may be called from several goroutines at once.
func (s *Spec) Check(next http.Handler, fault func(error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, bodyBound)
		input, err := s.check(r)
		if err != nil {
			fault(fmt.Errorf("%s %s: %w", r.Method, r.URL.Path, err))
			next.ServeHTTP(w, r)
			return
		}
		told := &answer{ResponseWriter: w}
		next.ServeHTTP(told, r)
		if err := told.check(r, input); err != nil {
			fault(fmt.Errorf("the answer %d to %s %s: %w", told.status, r.Method, r.URL.Path, err))
		}
	})
}

func (s *Spec) check(r *http.Request) (*openapi3filter.RequestValidationInput, error) {
	path, parameters, err := s.find(r.URL)
	if err != nil {
		return nil, err
	}
	item := s.doc.Paths.Value(path)
	operation := item.GetOperation(r.Method)
	if operation == nil {
		return nil, fmt.Errorf("%s has no %s", path, r.Method)
	}
	if err := known(r.URL.Query(), item, operation); err != nil {
		return nil, err
	}
	input := &openapi3filter.RequestValidationInput{
		Request: r, PathParams: parameters,
		Route: &routers.Route{Spec: s.doc, Path: path, PathItem: item, Method: r.Method, Operation: operation},
		Options: &openapi3filter.Options{
			AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, MultiError: true,
		},
	}
	return input, openapi3filter.ValidateRequest(r.Context(), input)
}

// known refuses a parameter of the query that the operation does not have: GitHub would pass over
// it, and we would believe it.
func known(query url.Values, item *openapi3.PathItem, operation *openapi3.Operation) error {
	for name := range query {
		if item.Parameters.GetByInAndName("query", name) == nil && operation.Parameters.GetByInAndName("query", name) == nil {
			return fmt.Errorf("the operation has no parameter %q", name)
		}
	}
	return nil
}

// find matches a request's path. The last parameter of a path may hold slashes: a file, a branch.
func (s *Spec) find(u *url.URL) (string, map[string]string, error) {
	best, parameters := "", map[string]string(nil)
	request := byName(u.Path)
	for _, path := range s.doc.Paths.InMatchingOrder() {
		if found := match(path, request); found != nil && (parameters == nil || closer(path, best)) {
			best, parameters = path, found
		}
	}
	if parameters == nil {
		return "", nil, fmt.Errorf("the path is not one of those that are used")
	}
	return best, parameters, nil
}

// byName is the path by a name of what a path names by number: GitHub redirects requests to a repository's
// old name to /repositories/ID, which is served alike and is in no description.
func byName(path string) string {
	id, under := strings.CutPrefix(path, "/repositories/")
	if number, rest, _ := strings.Cut(id, "/"); under && number != "" && strings.Trim(number, "0123456789") == "" {
		return strings.TrimSuffix("/repos/by-id/"+number+"/"+rest, "/")
	}
	return path
}

// closer says whether one path names more of a request than another.
func closer(path, than string) bool {
	return strings.Count(path, "/") > strings.Count(than, "/")
}

// match is the parameters of a path in a request's, nil where it is another path.
func match(path, request string) map[string]string {
	wanted, given := strings.Split(path, "/"), strings.Split(request, "/")
	last := len(wanted) - 1
	if len(given) > len(wanted) && strings.HasPrefix(wanted[last], "{") {
		given = append(given[:last:last], strings.Join(given[last:], "/"))
	}
	if len(given) != len(wanted) {
		return nil
	}
	found := map[string]string{}
	for i, part := range wanted {
		switch {
		case strings.HasPrefix(part, "{") && given[i] != "":
			found[strings.Trim(part, "{}")] = given[i]
		case part != given[i]:
			return nil
		}
	}
	return found
}
