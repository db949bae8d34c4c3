package forgetest

import (
	"net/http"
	"strconv"
	"time"
)

// granted is what a stand-in grants an hour. It says so with each answer, and counts none of them: there
// is always enough left.
const granted = 5000

// grant says what is granted, as the forge does, unless whoever stands in front has said so.
func (s *stand) grant(h http.Header) {
	if h.Get(s.grants+"RateLimit-Limit") != "" {
		return
	}
	h.Set(s.grants+"RateLimit-Limit", strconv.Itoa(granted))
	h.Set(s.grants+"RateLimit-Remaining", strconv.Itoa(granted-1))
	h.Set(s.grants+"RateLimit-Reset", strconv.FormatInt(s.now().Add(time.Hour).Unix(), 10))
}
