package definition

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"unicode/utf8"
)

// The bounds of a file. A team's is untrusted; the Integration Team's may be large, and may not
// overflow a stack either.
const (
	maxTeamFile    = 64 << 10
	maxTeamTokens  = 16 << 10
	maxNexusFile   = 1 << 20
	maxNexusTokens = 256 << 10
)

// File is the source of one layer.
type File struct {
	Name   string // as faults name it: "nexus.cue", "acme/cart-api:.nexus/done.cue"
	Source []byte
}

// Digest names a source by its content: "sha256:" and 64 hexadecimal digits.
func Digest(source []byte) string {
	sum := sha256.Sum256(source)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// legible refuses what must not reach a parser.
func (f File) legible(bytesAtMost, tokensAtMost int) Faults {
	var faults Faults
	if len(f.Source) > bytesAtMost {
		faults.add(Pos{f.Name, 1, 1}, "the file has %d bytes; keep it to %d", len(f.Source), bytesAtMost)
		return faults
	}
	if i := bytes.IndexByte(f.Source, 0); i >= 0 {
		faults.add(f.at(i), "the file has a NUL byte; save it as UTF-8 text")
	}
	if i := bytes.Index(f.Source, []byte("\uFEFF")); i >= 0 {
		faults.add(f.at(i), "the file has a byte order mark; save it without one")
	}
	if i := invalidText(f.Source); i >= 0 {
		faults.add(f.at(i), "the file is not UTF-8 here; save it as UTF-8")
	}
	if len(faults) == 0 {
		faults = f.plain(tokensAtMost)
	}
	return faults
}

// at is the place of a byte.
func (f File) at(offset int) Pos {
	before := f.Source[:offset]
	return Pos{f.Name, 1 + bytes.Count(before, []byte("\n")), offset - bytes.LastIndexByte(before, '\n')}
}

// invalidText is the index of the first byte that is no UTF-8, or -1. U+FFFD counts as such: it is what
// becomes of a byte that is none wherever text is kept as JSON, and nobody means it.
func invalidText(source []byte) int {
	return bytes.IndexFunc(source, func(r rune) bool { return r == utf8.RuneError })
}
