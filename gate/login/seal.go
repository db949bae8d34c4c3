package login

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// seal closes what travels in cookies, so that nobody else can read, make or change it. What was sealed for
// one purpose opens for no other.
type seal struct {
	aead cipher.AEAD
	now  func() time.Time
}

// newSeal draws the key from the client's secret: every replica has it, and nothing more has to be kept.
func newSeal(secret, issuer, client string, now func() time.Time) (seal, error) {
	key, err := hkdf.Key(sha256.New, []byte(secret), nil, "nexusgate session\x00"+issuer+"\x00"+client, 32)
	if err != nil {
		return seal{}, fmt.Errorf("drawing the key of sessions: %w", err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return seal{}, fmt.Errorf("drawing the key of sessions: %w", err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	return seal{aead, now}, err
}

// letter is what is sealed.
type letter struct {
	Until   time.Time       `json:"until"`
	Content json.RawMessage `json:"content"`
}

func (s seal) close(purpose string, content any, lasting time.Duration) (string, error) {
	text, err := json.Marshal(content)
	if err != nil {
		return "", fmt.Errorf("sealing a cookie: %w", err)
	}
	text, err = json.Marshal(letter{s.now().Add(lasting), text})
	if err != nil {
		return "", fmt.Errorf("sealing a cookie: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(s.aead.Seal(nil, nil, text, []byte(purpose))), nil
}

// errSeal says nothing more: whoever made the cookie up would learn from it.
var errSeal = errors.New("the cookie is not ours, or its time is over")

// open gives until when what was sealed is good.
func (s seal) open(purpose, sealed string, content any) (until time.Time, err error) {
	closed, err := base64.RawURLEncoding.DecodeString(sealed)
	if err != nil {
		return until, errSeal
	}
	text, err := s.aead.Open(nil, nil, closed, []byte(purpose))
	if err != nil {
		return until, errSeal
	}
	var l letter
	if err := json.Unmarshal(text, &l); err != nil || !s.now().Before(l.Until) {
		return until, errSeal
	}
	if err := json.Unmarshal(l.Content, content); err != nil {
		return until, errSeal
	}
	return l.Until, nil
}

// guess is text that nobody guesses.
func guess() string { return rand.Text() }
