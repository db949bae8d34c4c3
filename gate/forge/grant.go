package forge

import (
	"net/http"
	"strconv"
	"time"
)

// Grant is how many requests a forge grants in a span of time, as it says with its answers.
// https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
// https://docs.gitlab.com/administration/settings/user_and_ip_rate_limits/#response-headers
type Grant struct {
	Installation int64 // whom GitHub grants them; 0 on GitLab
	Limit, Left  int
	Resets       time.Time // when all are granted anew, by the forge's clock; zero: it does not tell
}

// grantKept is the part of the requests that a forge grants which a sweep leaves to what cannot wait, in
// hundredths.
const grantKept = 20

// grantOf is what an answer tells of the grant; false where it tells nothing, or of another one than
// that of the requests that we make ("search", "graphql"). GitHub's headers begin with "X-".
func grantOf(from *http.Response) (g Grant, told bool) {
	prefix := ""
	if from.Header.Get("X-RateLimit-Limit") != "" {
		prefix = "X-"
	}
	var errLeft, errLimit error
	g.Left, errLeft = strconv.Atoi(from.Header.Get(prefix + "RateLimit-Remaining"))
	g.Limit, errLimit = strconv.Atoi(from.Header.Get(prefix + "RateLimit-Limit"))
	if reset, err := strconv.ParseInt(from.Header.Get(prefix+"RateLimit-Reset"), 10, 64); err == nil {
		g.Resets = time.Unix(reset, 0)
	}
	if resource := from.Header.Get(prefix + "RateLimit-Resource"); resource != "" && resource != "core" {
		return g, false
	}
	return g, errLeft == nil && errLimit == nil && g.Limit > 0 && g.Left >= 0
}

// lowGrant is until when little is left of what the forge grants, zero where enough is. One that says
// nothing has no bounds, or does not tell.
func lowGrant(from *http.Response, now time.Time) time.Time {
	g, told := grantOf(from)
	if !told || g.Left*100 >= g.Limit*grantKept {
		return time.Time{}
	}
	wait := shortestWait
	if !g.Resets.IsZero() {
		wait = g.Resets.Sub(dateOf(from, now))
	}
	return now.Add(min(max(wait, time.Second), longestWait))
}
