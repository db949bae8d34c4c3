package facts

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strconv"
	"strings"
)

// xmlFile reads XML token by token and never holds more than one. It bounds depth, elements and
// attributes; a document type is passed over unread, and one that declares anything is refused, so
// that there is no entity to expand.
type xmlFile struct {
	File
	decoder  *xml.Decoder
	path     []string // the elements that are open, the innermost last
	elements int
	most     int // elements that there may be
	at       int // where the last token begins
}

func openXML(f File) *xmlFile {
	f.Body = legible(f.Body)
	decoder := xml.NewDecoder(bytes.NewReader(f.Body))
	decoder.CharsetReader = func(_ string, text io.Reader) (io.Reader, error) { return text, nil } // plain has seen to it
	return &xmlFile{File: f, decoder: decoder, most: maxElements}
}

// next is the next token, or io.EOF after the end of the one root element.
func (x *xmlFile) next() (xml.Token, error) {
	x.at = int(x.decoder.InputOffset())
	if tooManyAttributes(x.Body[x.at:]) {
		return nil, x.fault(x.at, "an element has more than %d attributes: no report has that many", maxAttributes)
	}
	token, err := x.decoder.Token()
	if err != nil {
		return nil, x.unreadable(err)
	}
	return token, x.bound(token)
}

func (x *xmlFile) unreadable(err error) error {
	if errors.Is(err, io.EOF) && x.elements > 0 {
		return io.EOF
	}
	var syntax *xml.SyntaxError
	switch {
	case errors.Is(err, io.EOF):
		return x.fault(x.at, "there is no element: the tool has written nothing")
	case errors.As(err, &syntax):
		return x.fault(int(x.decoder.InputOffset()), "this is not sound XML (%s): look whether the tool has ended before the file was whole", cut(syntax.Msg, maxNameShown))
	default:
		return x.fault(int(x.decoder.InputOffset()), "this is not sound XML (%s): look at what wrote the file", cut(err.Error(), maxNameShown))
	}
}

func (x *xmlFile) bound(token xml.Token) error {
	switch t := token.(type) {
	case xml.Directive:
		if bytes.ContainsAny(t, "[") || bytes.Contains(t, []byte("<!")) {
			return x.fault(x.at, "the document type declares entities or elements of its own, which are not read: write the file without")
		}
	case xml.StartElement:
		return x.boundElement(t)
	case xml.EndElement:
		x.path = x.path[:len(x.path)-1]
	case xml.CharData:
		if len(x.path) == 0 && len(bytes.TrimSpace(t)) > 0 {
			return x.fault(x.at, "there is text outside of the XML: have the tool write its report into a file of its own")
		}
	}
	return nil
}

func (x *xmlFile) boundElement(t xml.StartElement) error {
	if len(x.path) == 0 && x.elements > 0 {
		return x.fault(x.at, "another document begins, with <%s>: submit each as a file of its own", cut(t.Name.Local, maxTextShown))
	}
	x.path = append(x.path, t.Name.Local)
	x.elements++
	switch {
	case len(x.path) > maxDepth:
		return x.fault(x.at, "elements are nested deeper than %d: no report is", maxDepth)
	case x.elements > x.most:
		return x.fault(x.at, "there are more than %d elements: split the report", x.most)
	}
	return nil
}

// root is the first element.
func (x *xmlFile) root() (start xml.StartElement, err error) {
	for len(x.path) == 0 && err == nil {
		var token xml.Token
		token, err = x.next()
		start, _ = token.(xml.StartElement)
	}
	return start, err
}

// each tells of the beginning and the end of each element that is left.
func (x *xmlFile) each(begin func(xml.StartElement) error, end func(name string)) error {
	for {
		token, err := x.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		switch t := token.(type) {
		case xml.StartElement:
			if err := begin(t); err != nil {
				return err
			}
		case xml.EndElement:
			end(t.Name.Local)
		}
	}
}

// parent is the element around the one that has just begun.
func (x *xmlFile) parent() string {
	if len(x.path) < 2 {
		return ""
	}
	return x.path[len(x.path)-2]
}

// skip reads to the end of the element that has just begun.
func (x *xmlFile) skip() error {
	for depth := len(x.path); len(x.path) >= depth; {
		if _, err := x.next(); err != nil {
			return err
		}
	}
	return nil
}

// number is an attribute that counts something; ok is false where it is not there or empty.
func (x *xmlFile) number(start xml.StartElement, name string) (n int, ok bool, err error) {
	text := strings.TrimSpace(attribute(start, name))
	if text == "" {
		return 0, false, nil
	}
	n, err = strconv.Atoi(text)
	if err != nil || n < 0 || n > maxNumber {
		return 0, false, x.fault(x.at, "%s=%s of <%s> is not a count: look at what wrote the file", name, excerpt([]byte(text)), cut(start.Name.Local, maxTextShown))
	}
	return n, true, nil
}

func attribute(start xml.StartElement, name string) string {
	for _, a := range start.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// tooManyAttributes looks at the start tag that a text begins with, before the decoder makes a list
// of what is in it.
func tooManyAttributes(text []byte) bool {
	if len(text) < 2 || text[0] != '<' || strings.IndexByte("!?/", text[1]) >= 0 {
		return false
	}
	attributes, quote := 0, byte(0)
	for _, b := range text {
		switch {
		case quote != 0:
			if b == quote {
				quote = 0
			}
		case b == '"' || b == '\'':
			quote = b
		case b == '=':
			attributes++
		case b == '>':
			return attributes > maxAttributes
		}
	}
	return attributes > maxAttributes
}
