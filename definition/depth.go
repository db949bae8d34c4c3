package definition

import (
	"strings"

	"cuelang.org/go/cue/scanner"
	"cuelang.org/go/cue/token"
)

// The bounds of what reaches the parser. It recurses, takes quadratic time in the errors that the
// scanner finds, and what resolves names after it takes quadratic time on a chain of labels, so these
// are held on the tokens.
const (
	maxNesting = 100 // brackets and labels: {[( and a: b: c:
	maxSigns   = 8   // in a row: ---5
	maxScanned = 20  // faults of the scanner
)

// depth counts how deeply a stream of tokens nests.
type depth struct {
	brackets []bracket
	labels   int
	signs    int
	quoted   bool // the next bracket is that of an interpolation
}

type bracket struct {
	labels int // as many when it opened
	quoted bool
}

// plain refuses a file that has so many tokens, or nests so deeply, that parsing it would be work.
func (f File) plain(tokens int) Faults {
	var faults Faults
	var s scanner.Scanner
	file := token.NewFile(f.Name, -1, len(f.Source))
	s.Init(file, f.Source, func(at token.Pos, message string, args []any) {
		faults.add(place(at), message+"; mend the syntax", args...)
	}, 0)
	var d depth
	for {
		pos, tok, _ := s.Scan()
		if tokens--; tok == token.EOF {
			return nil // the parser finds the same faults again, and more
		}
		if d.count(tok) {
			d.quoted = strings.HasSuffix(s.ResumeInterpolation(), "(")
		}
		switch {
		case len(faults) > maxScanned:
			return faults
		case tokens < 0:
			return Faults{{place(pos), "the file says too much to be read, from here on; write less"}}
		case d.labels+len(d.brackets) > maxNesting || d.signs > maxSigns:
			return Faults{{place(pos), "the file nests too deeply here; write it flatter"}}
		}
	}
}

// count takes a token; it says whether the token ends the bracket of an interpolation.
func (d *depth) count(tok token.Token) bool {
	if tok.IsOperator() && tok.Precedence() > 0 || tok == token.NOT {
		d.signs++
		return false
	}
	d.signs = 0
	switch tok {
	case token.COLON:
		d.labels++
	case token.COMMA:
		d.labels = 0
		if n := len(d.brackets); n > 0 {
			d.labels = d.brackets[n-1].labels
		}
	case token.INTERPOLATION:
		d.quoted = true
	case token.LBRACE, token.LBRACK, token.LPAREN:
		d.brackets = append(d.brackets, bracket{d.labels, d.quoted})
		d.quoted = false
	case token.RBRACE, token.RBRACK, token.RPAREN:
		return d.closed()
	}
	return false
}

func (d *depth) closed() bool {
	n := len(d.brackets)
	if n == 0 {
		return false
	}
	last := d.brackets[n-1]
	d.brackets, d.labels = d.brackets[:n-1], last.labels
	return last.quoted
}
