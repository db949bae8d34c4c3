package webhook

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// entries are the secrets in a setting: one, or several while they rotate, set apart by commas or
// white space.
func entries(setting string) []string {
	return strings.FieldsFunc(setting, func(r rune) bool { return r == ',' || unicode.IsSpace(r) })
}

// secrets are the entries, and the whole setting as well: a secret may have a comma in it.
func secrets(setting string) ([][]byte, error) {
	found := entries(setting)
	if len(found) == 0 {
		return nil, errors.New("the webhook secret is empty: anybody could sign with it")
	}
	if whole := strings.TrimSpace(setting); !slices.Contains(found, whole) {
		found = append(found, whole)
	}
	keys := make([][]byte, len(found))
	for i, s := range found {
		keys[i] = []byte(s)
	}
	return keys, nil
}

// signingKey is the key in a Standard Webhooks secret, "whsec_" and the key in base64.
func signingKey(secret string) ([]byte, error) {
	text := strings.TrimRight(strings.TrimPrefix(secret, signingPrefix), "=")
	key, err := base64.RawStdEncoding.DecodeString(text)
	if err != nil {
		// The secret itself must not get into a log by way of this error.
		return nil, fmt.Errorf("reading a signing token: it is not %s followed by base64", signingPrefix)
	}
	if len(key) == 0 {
		return nil, errors.New("reading a signing token: its key is empty")
	}
	return key, nil
}

const signingPrefix = "whsec_"

// sign is the HMAC-SHA256 of a message in parts.
func sign(key []byte, parts ...[]byte) []byte {
	mac := hmac.New(sha256.New, key)
	for _, part := range parts {
		mac.Write(part)
	}
	return mac.Sum(nil)
}

// same compares in constant time whatever the lengths are.
func same(a, b []byte) bool {
	x, y := sha256.Sum256(a), sha256.Sum256(b)
	return subtle.ConstantTimeCompare(x[:], y[:]) == 1
}
