package facts

import (
	"bytes"
	"encoding/binary"
	"regexp"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// plain is the file in UTF-8 without a byte order mark, whatever it came in: UTF-8, UTF-16 with a mark,
// as PowerShell redirects output, or the ISO-8859-1 or Windows-1252 that an XML file declares.
func plain(f File) (File, error) {
	switch body := f.Body; {
	case bytes.HasPrefix(body, []byte("\xef\xbb\xbf")):
		f.Body = body[3:]
	case bytes.HasPrefix(body, []byte("\xff\xfe")):
		f.Body = fromUTF16(body[2:], binary.LittleEndian)
	case bytes.HasPrefix(body, []byte("\xfe\xff")):
		f.Body = fromUTF16(body[2:], binary.BigEndian)
	default:
		return declared(f)
	}
	return f, nil
}

func fromUTF16(text []byte, order binary.ByteOrder) []byte {
	units := make([]uint16, len(text)/2)
	for i := range units {
		units[i] = order.Uint16(text[2*i:])
	}
	return []byte(string(utf16.Decode(units)))
}

var encoding = regexp.MustCompile(`^<\?xml\s[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']`)

// declared follows the encoding that an XML file names.
func declared(f File) (File, error) {
	found := encoding.FindSubmatch(f.Body)
	if found == nil {
		return f, nil
	}
	switch name := strings.ToLower(string(found[1])); name {
	case "utf-8", "utf8", "us-ascii", "ascii":
		return f, nil
	case "iso-8859-1", "latin1", "iso_8859-1", "windows-1252", "cp1252":
		f.Body = fromLatin1(f.Body)
		return f, nil
	default:
		return f, f.fault(0, "the encoding %s is not read: write the file in UTF-8", excerpt(found[1]))
	}
}

// fromLatin1 takes each byte for the rune of its number. Where Windows-1252 differs there is
// punctuation, which no fact rests on.
func fromLatin1(text []byte) []byte {
	wide := make([]byte, 0, len(text)+len(text)/8)
	for _, b := range text {
		wide = utf8.AppendRune(wide, rune(b))
	}
	return wide
}
