package webhook

import (
	"crypto/hmac"
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// window is how far a signed delivery's timestamp may lie from now, either way.
const window = 5 * time.Minute

// maxSignatures bounds how many signatures of one delivery are looked at.
const maxSignatures = 16

// signedBy are the tokens whose signature the delivery bears, by Standard Webhooks: an HMAC-SHA256
// over "{id}.{timestamp}.{body}" in base64 after "v1,"; several are set apart by spaces.
// https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
func signedBy(tokens []token, h http.Header, body []byte, now time.Time) []token {
	id, stamp := h.Get("Webhook-Id"), h.Get("Webhook-Timestamp")
	if !timely(stamp, now) {
		return nil
	}
	signatures := standardSignatures(h)
	var found []token
	for _, t := range tokens {
		if anySame(sign(t.secret, []byte(id+"."+stamp+"."), body), signatures) {
			found = append(found, t)
		}
	}
	return found
}

// timely says whether a timestamp in Unix seconds lies in the window.
func timely(stamp string, now time.Time) bool {
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil {
		return false
	}
	// In seconds, and without a difference that could overflow.
	span := int64(window / time.Second)
	return now.Unix()-span <= seconds && seconds <= now.Unix()+span
}

func standardSignatures(h http.Header) [][]byte {
	var found [][]byte
	for _, entry := range strings.Fields(strings.Join(h.Values("Webhook-Signature"), " ")) {
		version, encoded, _ := strings.Cut(entry, ",")
		mac, err := base64.StdEncoding.DecodeString(encoded)
		if version == "v1" && err == nil && len(found) < maxSignatures {
			found = append(found, mac)
		}
	}
	return found
}

func anySame(mac []byte, signatures [][]byte) bool {
	found := false
	for _, s := range signatures {
		found = hmac.Equal(mac, s) || found
	}
	return found
}
