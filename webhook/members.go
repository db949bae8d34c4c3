package webhook

import (
	"bytes"
	"errors"

	"github.com/go-json-experiment/json/jsontext"
)

// errCut says that a text is not the whole of a JSON object.
var errCut = errors.New("the text is no JSON object, or not all of one")

// members goes over the members of a JSON object and looks no closer at their values than it takes to see
// where they end, which quotes and brackets tell: it is several times as fast as to decode them. In what is
// JSON it finds exactly what is there, in its order; in what is not it may find something all the same.
type members struct {
	text []byte
	at   int
	name []byte // of the member that next has come to, as it is meant
	held bool   // its value is yet to be passed over
	err  error
}

// next goes to the next member, or says that there is none: because of err, unless that is nil.
func (m *members) next() bool {
	switch {
	case m.err != nil, m.held && m.value() == nil:
		return false
	case m.name == nil && !m.expect('{'):
		return false
	}
	if m.blank(); m.here(',') {
		m.at++
		m.blank()
	}
	if m.here('}') {
		m.at++
		return false
	}
	m.held = m.readName() && m.expect(':')
	m.blank()
	return m.held
}

// value is that of the member as it is written, or nil where it does not end.
func (m *members) value() []byte {
	from, whole := m.at, false
	switch {
	case m.here('"'):
		whole = m.passText()
	case m.here('{'), m.here('['):
		whole = m.passNested()
	default:
		whole = m.passWord()
	}
	if m.held = false; !whole {
		m.cut()
		return nil
	}
	return m.text[from:m.at]
}

// within goes over the members of the value, which is an object, by the way.
func (m *members) within(read func(*members) error) error {
	inner := members{text: m.text, at: m.at}
	for inner.next() {
		if err := read(&inner); err != nil {
			return err
		}
	}
	m.at, m.held, m.err = inner.at, false, inner.err
	return m.err
}

func (m *members) readName() bool {
	from := m.at
	if !m.here('"') || !m.passText() {
		return m.cut()
	}
	m.name = m.text[from+1 : m.at-1]
	if bytes.IndexByte(m.name, '\\') >= 0 {
		m.name, m.err = jsontext.AppendUnquote(nil, m.text[from:m.at])
	}
	return m.err == nil
}

// passText passes over a text and the quotes around it.
func (m *members) passText() bool {
	end := endOfText(m.text, m.at)
	m.at = max(end, m.at)
	return end > 0
}

// passNested passes over an object or a list.
func (m *members) passNested() bool {
	text, at, depth := m.text, m.at, 0
	for at < len(text) {
		switch text[at] {
		case '"':
			if at = endOfText(text, at); at < 0 {
				return false
			}
			continue
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				m.at = at + 1
				return true
			}
		}
		at++
	}
	return false
}

// endOfText is where the text that begins with the quote there has ended, or -1.
func endOfText(text []byte, at int) int {
	for at++; ; at++ {
		quote := bytes.IndexByte(text[at:], '"')
		if quote < 0 {
			return -1
		}
		from := at
		at += quote
		if quote == 0 || text[at-1] != '\\' || !escaped(text[from:at]) {
			return at + 1
		}
	}
}

// escaped says whether what follows is, by how many backslashes are before it.
func escaped(before []byte) bool {
	return (len(before)-len(bytes.TrimRight(before, `\`)))%2 == 1
}

// passWord passes over a number, true, false or null.
func (m *members) passWord() bool {
	length := bytes.IndexAny(m.text[m.at:], ",}] \t\r\n")
	m.at += max(length, 0)
	return length > 0
}

// expect passes over one character, and blanks before it.
func (m *members) expect(c byte) bool {
	m.blank()
	if !m.here(c) {
		return m.cut()
	}
	m.at++
	return true
}

func (m *members) here(c byte) bool { return m.at < len(m.text) && m.text[m.at] == c }

func (m *members) blank() {
	for m.here(' ') || m.here('\n') || m.here('\r') || m.here('\t') {
		m.at++
	}
}

func (m *members) cut() bool {
	m.err = errCut
	return false
}
