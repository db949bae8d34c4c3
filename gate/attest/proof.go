package attest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/nexusgate/nexusgate/gate"
)

// Proof says that a verdict is in the log that a signed head tells of. It needs nothing else to be
// checked but the key.
type Proof struct {
	Number  int64           `json:"leaf"`
	Path    []tlog.Hash     `json:"path"` // from the leaf up, as RFC 6962 has it
	Head    string          `json:"head"` // signed
	Verdict json.RawMessage `json:"verdict"`
}

// Prove makes the proof of a leaf against a head of its log.
func Prove(number int64, verdict []byte, head Head, signed string, hashes tlog.HashReader) (Proof, error) {
	if number >= head.Size {
		return Proof{}, fmt.Errorf("leaf %d is not under the head of %d leaves", number, head.Size)
	}
	path, err := tlog.ProveRecord(head.Size, number, hashes)
	if err != nil {
		return Proof{}, fmt.Errorf("proving leaf %d of %s: %w", number, head.Nexus, err)
	}
	p := Proof{Number: number, Path: path, Head: signed, Verdict: verdict}
	if err := p.under(head); err != nil {
		return Proof{}, fmt.Errorf("%w; nexusgate log verify tells what differs", err)
	}
	return p, nil
}

// Write writes a proof for people too. The verdict's own words and numbers stay as they are: space
// between them is all that may change.
func (p Proof) Write() ([]byte, error) { return write(p) }

// ReadProof reads what [Proof.Write] has written.
func ReadProof(text []byte) (p Proof, err error) {
	if err := read(text, &p); err != nil {
		return Proof{}, err
	}
	if p.Verdict == nil {
		return Proof{}, errors.New("reading a proof: it has no verdict")
	}
	return p, nil
}

func write(proof any) ([]byte, error) {
	var text bytes.Buffer
	out := json.NewEncoder(&text)
	out.SetEscapeHTML(false) // what was escaped in a verdict stays so, and nothing else is
	out.SetIndent("", "  ")
	if err := out.Encode(proof); err != nil {
		return nil, fmt.Errorf("writing a proof: %w", err)
	}
	return text.Bytes(), nil
}

func read(text []byte, proof any) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(proof); err != nil {
		return fmt.Errorf("reading a proof: %w; want the file that nexusgate log prove wrote, or the API gave", err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return errors.New("reading a proof: there is more behind it")
	}
	return nil
}

// Check checks a proof with the keys that count, and gives the head and the verdict that it proves.
func (p Proof) Check(trusted Verifiers) (head Head, v gate.Verdict, err error) {
	if head, err = ReadHead(p.Head, trusted); err != nil {
		return head, v, err
	}
	if err := p.under(head); err != nil {
		return head, v, err
	}
	if err := json.Unmarshal(p.Verdict, &v); err != nil {
		return head, v, fmt.Errorf("reading the verdict: %w", err)
	}
	if v.Nexus != head.Nexus {
		return head, v, fmt.Errorf("the verdict is of the Nexus %s, and the log of %s", v.Nexus, head.Nexus)
	}
	return head, v, nil
}

// under says what stands against the verdict being in the log that the head tells of.
func (p Proof) under(head Head) error {
	var body bytes.Buffer
	if err := json.Compact(&body, p.Verdict); err != nil {
		return fmt.Errorf("reading the verdict: %w", err)
	}
	if p.Number < 0 || p.Number >= head.Size {
		return fmt.Errorf("leaf %d is not under the head of %d leaves", p.Number, head.Size)
	}
	if err := tlog.CheckRecord(p.Path, head.Size, head.Hash, p.Number, tlog.RecordHash(body.Bytes())); err != nil {
		return fmt.Errorf("the verdict is not leaf %d of the log of %s that the head tells of", p.Number, head.Nexus)
	}
	return nil
}

// CheckLeaf says why a verdict is not the leaf of that number: what is kept of it was changed since.
func CheckLeaf(number int64, verdict []byte, hashes tlog.HashReader) error {
	logged, err := hashes.ReadHashes([]int64{tlog.StoredHashIndex(0, number)})
	if err != nil {
		return fmt.Errorf("reading leaf %d: %w", number, err)
	}
	if len(logged) != 1 || logged[0] != tlog.RecordHash(verdict) {
		return fmt.Errorf("leaf %d is of another verdict than is kept; nexusgate log verify tells what else differs", number)
	}
	return nil
}
