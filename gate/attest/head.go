package attest

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Head says how large the log of a Nexus is, and what the hash of all of it.
type Head struct {
	Nexus string
	Size  int64
	Hash  tlog.Hash
}

// Grown is the head of the same log at its size of now. The zero head is that of every empty log. It is
// an error where the log does not begin with what this head tells of.
func (h Head) Grown(nexus string, size int64, hashes tlog.HashReader) (Head, error) {
	if size < h.Size {
		return Head{}, fmt.Errorf("the log of %s has %d leaves, and %d were signed: its end was cut off", nexus, size, h.Size)
	}
	if h.Size > 0 {
		switch hash, err := tlog.TreeHash(h.Size, hashes); {
		case err != nil:
			return Head{}, fmt.Errorf("computing an earlier head of %s: %w", nexus, err)
		case hash != h.Hash:
			return Head{}, fmt.Errorf("the log of %s is not the one that was signed at %d leaves: it was rewritten", nexus, h.Size)
		}
	}
	hash, err := tlog.TreeHash(size, hashes)
	if err != nil {
		return Head{}, fmt.Errorf("computing the head of %s: %w", nexus, err)
	}
	return Head{Nexus: nexus, Size: size, Hash: hash}, nil
}

// mostOfHead bounds a head that somebody hands in, in bytes.
const mostOfHead = 16 << 10

// Sign writes the head down as a note that the key signs. Ed25519 signs alike each time: two services
// with one key write one text.
func (h Head) Sign(k *Key) (string, error) {
	text := fmt.Sprintf("%s/%s\n%d\n%s\n", k.Name(), h.Nexus, h.Size, h.Hash)
	signed, err := note.Sign(&note.Note{Text: text}, k.signer)
	if err != nil {
		return "", fmt.Errorf("signing the head of %s: %w", h.Nexus, err)
	}
	return string(signed), nil
}

// ErrForeign says that a note is signed by none of the keys that count. What it says was read all the
// same.
var ErrForeign = errors.New("signed by none of the given keys")

// ReadHead reads a signed head and checks its signature. Where the signer is not known, the head is given
// beside [ErrForeign].
func ReadHead(text string, trusted Verifiers) (Head, error) {
	if len(text) > mostOfHead {
		return Head{}, fmt.Errorf("a head of %d bytes: want at most %d", len(text), mostOfHead)
	}
	opened, err := note.Open([]byte(text), trusted)
	if foreign, ok := errors.AsType[*note.UnverifiedNoteError](err); ok {
		head, err := parseHead(foreign.Note.Text, "")
		if err != nil {
			return Head{}, err
		}
		return head, fmt.Errorf("%w: it names %s", ErrForeign, signers(foreign.Note.UnverifiedSigs))
	}
	if err != nil {
		return Head{}, fmt.Errorf("checking a head's signature: %w", err)
	}
	return parseHead(opened.Text, opened.Sigs[0].Name)
}

func signers(signatures []note.Signature) string {
	names := make([]string, len(signatures))
	for i, s := range signatures {
		names[i] = fmt.Sprintf("%s (key %08x)", s.Name, s.Hash)
	}
	return strings.Join(names, ", ")
}

// parseHead reads what a note says: who speaks of which Nexus, the size, the hash. Lines behind them are
// for others, as the form has it.
func parseHead(text, signer string) (Head, error) {
	lines := strings.SplitN(text, "\n", 4)
	if len(lines) < 4 {
		return Head{}, errors.New("reading a head: want a line each for its origin, its size and its hash")
	}
	origin, nexus, ok := strings.Cut(lines[0], "/")
	if !ok || nexus == "" || signer != "" && origin != signer {
		return Head{}, fmt.Errorf("reading a head: its origin %q is not a Nexus of the one who signed it", lines[0])
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || size < 0 || strconv.FormatInt(size, 10) != lines[1] {
		return Head{}, fmt.Errorf("reading a head: its size %q is not a number of leaves", lines[1])
	}
	hash, err := tlog.ParseHash(lines[2])
	if err != nil {
		return Head{}, fmt.Errorf("reading a head: its hash %q: %w", lines[2], err)
	}
	return Head{Nexus: nexus, Size: size, Hash: hash}, nil
}
