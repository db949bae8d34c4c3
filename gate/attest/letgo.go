package attest

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
)

// LetGo says which leaves' verdicts retention has deleted, and when. Signed, it tells them from verdicts that
// somebody else took away: who may write to a store can mark any leaf.
type LetGo struct {
	Nexus  string
	At     time.Time
	Leaves []Span
}

// Span are the leaves from one to another, both of them with it.
type Span struct{ First, Last int64 }

// Spans are those of leaves that are given ascending.
func Spans(leaves []int64) (all []Span) {
	for _, n := range leaves {
		if last := len(all) - 1; last >= 0 && all[last].Last+1 >= n {
			all[last].Last = n
			continue
		}
		all = append(all, Span{n, n})
	}
	return all
}

// mostOfLetGo bounds what retention says at a time, in bytes.
const mostOfLetGo = 64 << 10

// letGoWord keeps its notes and heads apart: no line of a head begins so.
const letGoWord = "let go "

// Sign writes it down as a note that the key signs:
//
//	done.example.com/storefront
//	let go 2026-11-23T02:00:00Z
//	17-31
//	33
func (l LetGo) Sign(k *Key) (string, error) {
	var text strings.Builder
	fmt.Fprintf(&text, "%s/%s\n%s%s\n", k.Name(), l.Nexus, letGoWord, l.At.UTC().Format(time.RFC3339))
	for _, s := range l.Leaves {
		text.WriteString(s.String() + "\n")
	}
	signed, err := note.Sign(&note.Note{Text: text.String()}, k.signer)
	if err != nil {
		return "", fmt.Errorf("signing what of %s was let go: %w", l.Nexus, err)
	}
	return string(signed), nil
}

// String is "17-31", or "33" of one leaf.
func (s Span) String() string {
	if s.First == s.Last {
		return strconv.FormatInt(s.First, 10)
	}
	return fmt.Sprintf("%d-%d", s.First, s.Last)
}

// ReadLetGo reads such a note and checks its signature. Where the signer is not known, what it says is given
// beside [ErrForeign].
func ReadLetGo(text string, trusted Verifiers) (LetGo, error) {
	if len(text) > mostOfLetGo {
		return LetGo{}, fmt.Errorf("a note of %d bytes: want at most %d", len(text), mostOfLetGo)
	}
	opened, err := note.Open([]byte(text), trusted)
	if foreign, ok := errors.AsType[*note.UnverifiedNoteError](err); ok {
		l, err := parseLetGo(foreign.Note.Text, "")
		if err != nil {
			return LetGo{}, err
		}
		return l, fmt.Errorf("%w: it names %s", ErrForeign, signers(foreign.Note.UnverifiedSigs))
	}
	if err != nil {
		return LetGo{}, fmt.Errorf("checking a note's signature: %w", err)
	}
	return parseLetGo(opened.Text, opened.Sigs[0].Name)
}

func parseLetGo(text, signer string) (l LetGo, err error) {
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	origin, nexus, ok := strings.Cut(lines[0], "/")
	if !ok || nexus == "" || signer != "" && origin != signer {
		return l, fmt.Errorf("reading what was let go: its origin %q is not a Nexus of the one who signed it", lines[0])
	}
	if len(lines) < 3 || !strings.HasPrefix(lines[1], letGoWord) {
		return l, errors.New("reading what was let go: want a line each for its origin, its time and its leaves")
	}
	l.Nexus = nexus
	if l.At, err = time.Parse(time.RFC3339, strings.TrimPrefix(lines[1], letGoWord)); err != nil {
		return LetGo{}, fmt.Errorf("reading what was let go: %w", err)
	}
	for _, line := range lines[2:] {
		s, err := parseSpan(line)
		if err != nil {
			return LetGo{}, fmt.Errorf("reading what was let go: %w", err)
		}
		l.Leaves = append(l.Leaves, s)
	}
	return l, nil
}

func parseSpan(line string) (s Span, err error) {
	from, to, more := strings.Cut(line, "-")
	if !more {
		to = from
	}
	if s.First, err = strconv.ParseInt(from, 10, 64); err == nil {
		s.Last, err = strconv.ParseInt(to, 10, 64)
	}
	if err != nil || s.First < 0 || s.Last < s.First || s.String() != line {
		return Span{}, fmt.Errorf("%q are no leaves", line)
	}
	return s, nil
}
