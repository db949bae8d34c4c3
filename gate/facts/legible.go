package facts

import (
	"bytes"
	"strconv"
)

// legible puts question marks where a text has characters that XML 1.0 does not have, as they are or by their
// number: jest-junit writes the colours that a test's name has, and others &#27; for them. No fact rests on
// them, and every place in the file stays where it was. The text itself is left as it is.
func legible(text []byte) []byte {
	legible := text
	for at := nextIllegible(text, 0); at < len(text); at = nextIllegible(text, at+1) {
		if &legible[0] == &text[0] {
			legible = bytes.Clone(text)
		}
		for i := range max(reference(text[at:]), 1) {
			legible[at+i] = '?'
		}
	}
	return legible
}

// nextIllegible is where the next such character is, or a reference to one; the end where there is none.
func nextIllegible(text []byte, from int) int {
	for i := from; i < len(text); i++ {
		switch b := text[i]; {
		case b < ' ' && b != '\t' && b != '\n' && b != '\r':
			return i
		case b == '&' && reference(text[i:]) > 0:
			return i
		}
	}
	return len(text)
}

// longestReference is that of the greatest character, &#1114111;.
const longestReference = 10

// reference is the length of a reference to a character that XML does not have, which the text begins with; 0
// where it begins with none.
func reference(text []byte) int {
	digits, numbered := bytes.CutPrefix(text[:min(len(text), longestReference)], []byte("&#"))
	end := bytes.IndexByte(digits, ';')
	if !numbered || end < 0 {
		return 0
	}
	base := 10
	number, hexadecimal := bytes.CutPrefix(digits[:end], []byte("x"))
	if hexadecimal {
		base = 16
	}
	n, err := strconv.ParseUint(string(number), base, 32)
	if err != nil || has(n) {
		return 0
	}
	return len("&#") + end + 1
}

// has says whether XML has a character (https://www.w3.org/TR/xml/#charsets).
func has(r uint64) bool {
	return r == '\t' || r == '\n' || r == '\r' || r >= ' ' && r <= 0xd7ff || r >= 0xe000 && r <= 0xfffd || r >= 0x10000 && r <= 0x10ffff
}
