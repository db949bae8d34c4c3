package webhook

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
)

// maxHeader bounds what is taken from a header into a delivery, in bytes. Both forges' keys are UUIDs.
const maxHeader = 200

// key is the first of the headers that is there. With none the body stands for itself, so that a
// delivery that lost its headers on the way is kept all the same, and kept once.
func key(h http.Header, body []byte, names ...string) string {
	for _, name := range names {
		if value := strings.TrimSpace(h.Get(name)); value != "" {
			return short(value)
		}
	}
	return digest(body)
}

// short keeps an overlong key apart from others by its digest.
func short(value string) string {
	if len(value) > maxHeader {
		return digest([]byte(value))
	}
	return strings.ToValidUTF8(value, "�")
}

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return "sha256:" + hex.EncodeToString(sum[:])
}
