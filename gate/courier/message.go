package courier

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"net/textproto"
	"strings"
	"time"
	"unicode"
)

// Message is what is brought to a mailbox. All that is made of it is the same each time, its date and its Message-ID
// as well, so that whoever gets it twice can tell.
type Message struct {
	To         string // the plain address
	Subject    string
	Text, HTML string
	ID         string // what it is; its Message-ID is made of it
	Date       time.Time
}

const longestSubject = 150 // characters

// encoded is the message as it is sent by a sender.
func (m *Message) encoded(from *mail.Address) ([]byte, error) {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%s\x00%s\x00%s", m.ID, m.To, m.Text, m.HTML))
	var body bytes.Buffer
	parts := multipart.NewWriter(&body)
	if err := parts.SetBoundary("nexusgate-" + hex.EncodeToString(sum[:16])); err != nil {
		return nil, err
	}
	for _, part := range [...]struct{ kind, text string }{{"plain", m.Text}, {"html", m.HTML}} {
		to, err := parts.CreatePart(textproto.MIMEHeader{
			"Content-Type": {"text/" + part.kind + "; charset=utf-8"}, "Content-Transfer-Encoding": {"quoted-printable"},
		})
		if err != nil {
			return nil, err
		}
		quoted := quotedprintable.NewWriter(to)
		if _, err := quoted.Write([]byte(part.text)); err != nil {
			return nil, err
		}
		if err := quoted.Close(); err != nil {
			return nil, err
		}
	}
	if err := parts.Close(); err != nil {
		return nil, err
	}
	return append(m.head(from, parts.Boundary()), body.Bytes()...), nil
}

// head are the headers. What can be somebody else's text is encoded, so that it ends no line.
func (m *Message) head(from *mail.Address, boundary string) []byte {
	id := sha256.Sum256([]byte(m.ID + "\x00" + m.To))
	var b bytes.Buffer
	for _, header := range [...][2]string{
		{"From", from.String()},
		{"To", (&mail.Address{Address: m.To}).String()},
		{"Subject", subject(m.Subject)},
		{"Date", m.Date.UTC().Format(time.RFC1123Z)},
		{"Message-ID", "<" + hex.EncodeToString(id[:16]) + "@" + domain(from.Address) + ">"},
		{"MIME-Version", "1.0"},
		{"Auto-Submitted", "auto-generated"},
		{"Content-Type", `multipart/alternative; boundary="` + boundary + `"`},
	} {
		b.WriteString(header[0] + ": " + header[1] + "\r\n")
	}
	b.WriteString("\r\n")
	return b.Bytes()
}

func domain(address string) string { return address[strings.LastIndex(address, "@")+1:] }

// subject is one line of text as a header takes it, folded.
func subject(text string) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == unicode.ReplacementChar {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, " "))
	if all := []rune(text); len(all) > longestSubject {
		text = string(all[:longestSubject-1]) + "…"
	}
	text = strings.ReplaceAll(text, "=?", "= ?") // what looks as if it were encoded would be decoded
	return strings.ReplaceAll(mime.QEncoding.Encode("utf-8", text), "?= =?", "?=\r\n =?")
}
