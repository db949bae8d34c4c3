package attest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/secure-systems-lab/go-securesystemslib/dsse"
)

// payloadType says that an envelope holds an in-toto Statement.
const payloadType = "application/vnd.in-toto+json"

// What an envelope may hold, before it is read.
const (
	mostOfEnvelope = 4 << 20 // bytes
	mostSignatures = 16
)

// Seal signs a statement and puts it into an envelope (https://github.com/secure-systems-lab/dsse). Both
// kinds of key sign alike each time: two services with one key write one text.
func (k *SigningKey) Seal(s Statement) ([]byte, error) {
	if err := s.sound(); err != nil {
		return nil, fmt.Errorf("sealing a statement: %w", err)
	}
	payload, err := json.Marshal(s)
	if err != nil {
		return nil, fmt.Errorf("writing a statement: %w", err)
	}
	signer, err := dsse.NewEnvelopeSigner(k)
	if err != nil {
		return nil, fmt.Errorf("sealing a statement: %w", err)
	}
	envelope, err := signer.SignPayload(context.Background(), payloadType, payload)
	if err != nil {
		return nil, fmt.Errorf("sealing a statement: %w", err)
	}
	text, err := json.Marshal(envelope)
	if err != nil {
		return nil, fmt.Errorf("writing an envelope: %w", err)
	}
	return append(text, '\n'), nil
}

// Envelope is a statement that nobody has checked yet, and its signatures.
type Envelope struct{ sealed dsse.Envelope }

// ReadEnvelope reads what [SigningKey.Seal] has written, or another tool that signs statements.
func ReadEnvelope(text []byte) (e Envelope, err error) {
	if len(text) > mostOfEnvelope {
		return e, fmt.Errorf("an envelope of %d bytes: want at most %d", len(text), mostOfEnvelope)
	}
	if err := json.Unmarshal(text, &e.sealed); err != nil {
		return e, fmt.Errorf("reading an envelope: %w; want the one JSON object that the API gave, at /api/v1/verdicts/ID/attestation", err)
	}
	switch {
	case e.sealed.Payload == "" || len(e.sealed.Signatures) == 0:
		return e, errors.New("reading an envelope: it has no payload or no signature; want what the API gave, at /api/v1/verdicts/ID/attestation")
	case e.sealed.PayloadType != payloadType:
		return e, fmt.Errorf("reading an envelope: it holds a %q, want a statement, %s", brief(e.sealed.PayloadType), payloadType)
	case len(e.sealed.Signatures) > mostSignatures:
		return e, fmt.Errorf("reading an envelope: it has %d signatures, want at most %d", len(e.sealed.Signatures), mostSignatures)
	}
	return e, nil
}

// Payload is what was signed, as text; of an envelope that was not opened, what it says was.
func (e Envelope) Payload() string {
	payload, err := e.sealed.DecodeB64Payload()
	if err != nil {
		return ""
	}
	return string(payload)
}

// Open checks an envelope with the keys that count, and gives the statement and the key that signed it.
// Where none of them did it is [ErrForeign], and nothing is said of what is in it.
func (e Envelope) Open(trusted Keyring) (s Statement, by PublicKey, err error) {
	if len(trusted) == 0 {
		return s, by, ErrForeign
	}
	verifiers := make([]dsse.Verifier, len(trusted))
	for i, k := range trusted {
		verifiers[i] = k
	}
	checker, err := dsse.NewEnvelopeVerifier(verifiers...)
	if err != nil {
		return s, by, fmt.Errorf("checking an envelope: %w", err)
	}
	accepted, payload, err := checker.VerifyAndDecode(context.Background(), &e.sealed)
	if err != nil {
		return s, by, fmt.Errorf("%w, or changed since: it names %s", ErrForeign, e.signers())
	}
	if err := json.Unmarshal(payload, &s); err != nil {
		return Statement{}, by, fmt.Errorf("reading the statement in an envelope: %w", err)
	}
	if err := s.sound(); err != nil {
		return Statement{}, by, fmt.Errorf("the statement in the envelope is signed, and not one on an Increment: %w", err)
	}
	for _, a := range accepted {
		if by, err = trusted.signed(a.KeyID, s); err == nil {
			return s, by, nil
		}
	}
	return Statement{}, by, err
}

func (e Envelope) signers() (names string) {
	for i, s := range e.sealed.Signatures {
		if i > 0 {
			names += ", "
		}
		names += "the key " + fmt.Sprintf("%q", brief(s.KeyID))
	}
	return names
}
