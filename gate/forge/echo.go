package forge

import (
	"bytes"
	"net/http"
	"strings"
)

// withoutEcho takes out of a refusal the token that it refuses: what a forge says of a failure is logged,
// kept and shown, and some proxies repeat what they were sent.
func withoutEcho(answer *http.Response, body []byte) []byte {
	if answer.Request == nil {
		return body
	}
	for _, name := range [...]string{"Authorization", "Private-Token", "Job-Token"} {
		for _, value := range answer.Request.Header[name] {
			// "Bearer …", "token …", or the token alone
			fields := strings.Fields(value)
			if len(fields) > 0 {
				body = bytes.ReplaceAll(body, []byte(fields[len(fields)-1]), []byte("…"))
			}
		}
	}
	return body
}
