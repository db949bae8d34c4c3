package courier_test

import (
	"crypto/x509"
	"errors"
	"io"
	"log"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/http"
	"net/http/httptest"
	"net/mail"
	"strings"
	"sync"
	"testing"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"github.com/nexusgate/nexusgate/gate/courier"
)

// post is a server of mail that keeps what it is given.
type post struct {
	mu       sync.Mutex
	got      []envelope
	refuse   map[string]*smtp.SMTPError // by what is said: MAIL, RCPT, DATA, AUTH
	ways     []string                   // by which one says who one is
	needs    bool                       // that one says it
	secure   bool                       // each message came over TLS
	encrypts *httptest.Server           // whose certificate it has
}

type envelope struct{ from, to, text string }

// NewSession begins a conversation.
func (p *post) NewSession(c *smtp.Conn) (smtp.Session, error) {
	_, secure := c.TLSConnectionState()
	return &session{post: p, secure: secure}, nil
}

type session struct {
	post       *post
	secure, in bool
	envelope   envelope
}

func (s *session) says(word string) error {
	if e := s.post.refuse[word]; e != nil {
		return e
	}
	return nil
}

func (s *session) Reset()        {}
func (s *session) Logout() error { return nil }

func (s *session) AuthMechanisms() []string { return s.post.ways }

func (s *session) Auth(way string) (sasl.Server, error) {
	check := func(user, password string) error {
		if user != "ng" || password != "pw" {
			return smtp.ErrAuthFailed
		}
		s.in = true
		return s.says("AUTH")
	}
	if way == "LOGIN" {
		return &loginServer{check: check}, nil
	}
	return sasl.NewPlainServer(func(_, user, password string) error { return check(user, password) }), nil
}

// loginServer asks for a user and a password by LOGIN, as older servers do.
type loginServer struct {
	user  string
	step  int
	check func(user, password string) error
}

// Next asks, and takes what it asked for.
func (l *loginServer) Next(answer []byte) (challenge []byte, done bool, err error) {
	l.step++
	switch l.step {
	case 1:
		return []byte("Username:"), false, nil
	case 2:
		l.user = string(answer)
		return []byte("Password:"), false, nil
	}
	return nil, true, l.check(l.user, string(answer))
}

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	if s.post.needs && !s.in {
		return smtp.ErrAuthRequired
	}
	s.envelope.from = from
	return s.says("MAIL")
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.envelope.to = to
	return s.says("RCPT")
}

func (s *session) Data(r io.Reader) error {
	text, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if err := s.says("DATA"); err != nil {
		return err
	}
	s.envelope.text = string(text)
	s.post.mu.Lock()
	defer s.post.mu.Unlock()
	s.post.got, s.post.secure = append(s.post.got, s.envelope), s.secure
	return nil
}

// serve has the server of mail speak on this machine, and gives what it takes to speak to it.
func (p *post) serve(t *testing.T, security courier.Security) (courier.Server, *courier.Courier) {
	t.Helper()
	p.encrypts = httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(p.encrypts.Close)
	server := smtp.NewServer(p)
	server.ErrorLog = log.New(io.Discard, "", 0) // it tells of connections that it closes itself
	server.Domain, server.AllowInsecureAuth = "mail.example.com", true
	if security != courier.Plain {
		server.TLSConfig = p.encrypts.TLS.Clone()
		server.TLSConfig.NextProtos = nil
		server.AllowInsecureAuth = false
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	at := listener.Addr().String()
	var served sync.WaitGroup
	served.Go(func() {
		if security == courier.TLS {
			_ = server.Serve(tlsListener(listener, server.TLSConfig))
			return
		}
		_ = server.Serve(listener)
	})
	t.Cleanup(func() { _ = server.Close(); served.Wait() })
	roots := x509.NewCertPool()
	roots.AddCert(p.encrypts.Certificate())
	return courier.Server{Address: at, Security: security, From: "nexusgate <ng@example.com>"}, courier.New(courier.Options{Roots: roots})
}

func daily() *courier.Message {
	return &courier.Message{
		To: "nit@example.net", Subject: "Daily: 3 of 5 met", Text: "Daily\n\n.\n3 of 5 criteria are met – überall.\n", HTML: "<h1>Daily</h1>", ID: "storefront/daily/1", Date: noon,
	}
}

func TestAMessageIsGivenToAServerOverEachWay(t *testing.T) {
	for _, security := range []courier.Security{courier.StartTLS, courier.TLS, courier.Plain} {
		for _, way := range []string{"", "PLAIN", "LOGIN"} {
			p := &post{needs: way != "", ways: []string{way}}
			server, c := p.serve(t, security)
			if way != "" {
				server.User, server.Password = "ng", "pw"
			} else {
				p.ways = nil
			}
			if err := c.Mail(t.Context(), server, daily()); err != nil {
				t.Errorf("%s %s: %v", security, way, err)
				continue
			}
			got := p.got[0]
			if len(p.got) != 1 || p.secure != (security != courier.Plain) || got.from != "ng@example.com" || got.to != "nit@example.net" {
				t.Errorf("%s %s: it got %+v, over TLS: %v", security, way, p.got, p.secure)
			}
		}
	}
}

func TestAMessageIsTextAndHTMLForWhoeverReadsIt(t *testing.T) {
	p := &post{}
	server, c := p.serve(t, courier.StartTLS)
	m := daily()
	if err := c.Mail(t.Context(), server, m); err != nil {
		t.Fatal(err)
	}
	read, err := mail.ReadMessage(strings.NewReader(p.got[0].text))
	if err != nil {
		t.Fatal(err)
	}
	kind, parameters, err := mime.ParseMediaType(read.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		t.Fatalf("it is %s: %v", kind, err)
	}
	parts := multipart.NewReader(read.Body, parameters["boundary"])
	for _, want := range []struct{ kind, text string }{{"text/plain; charset=utf-8", m.Text}, {"text/html; charset=utf-8", m.HTML}} {
		part, err := parts.NextRawPart()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(quotedprintable.NewReader(part))
		if got := strings.ReplaceAll(string(text), "\r\n", "\n"); err != nil || part.Header.Get("Content-Type") != want.kind || got != want.text {
			t.Errorf("%s is %q: %v", part.Header.Get("Content-Type"), got, err)
		}
	}
	if date, err := read.Header.Date(); err != nil || !date.Equal(noon) || read.Header.Get("Auto-Submitted") != "auto-generated" {
		t.Errorf("it is of %v: %v", date, err)
	}
}

func TestAMessageIsTheSameHoweverOftenItIsSent(t *testing.T) {
	p := &post{}
	server, c := p.serve(t, courier.Plain)
	for range 2 {
		if err := c.Mail(t.Context(), server, daily()); err != nil {
			t.Fatal(err)
		}
	}
	other := daily()
	other.ID = "storefront/daily/2"
	if err := c.Mail(t.Context(), server, other); err != nil {
		t.Fatal(err)
	}
	if p.got[0] != p.got[1] {
		t.Errorf("it is another each time:\n%s\n%s", p.got[0].text, p.got[1].text)
	}
	if id := header(t, p.got[0].text, "Message-ID"); !strings.HasSuffix(id, "@example.com>") || id == header(t, p.got[2].text, "Message-ID") {
		t.Errorf("two messages have the id %s", id)
	}
}

func header(t *testing.T, text, name string) string {
	t.Helper()
	read, err := mail.ReadMessage(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return read.Header.Get(name)
}

// hostile are subjects that would be more than a subject.
var hostile = []string{
	"Daily\r\nBcc: all@example.com", "Daily\nX: y", "Daily\r\n\r\n<script>", "Daily\x00\x07", "=?utf-8?q?Bcc=3A?=", strings.Repeat("ü", 4000), strings.Repeat("x", 4000),
	"\xff\xfe", "a\u2028b", strings.Repeat("=?utf-8?q?", 300),
}

func TestASubjectIsNoHeader(t *testing.T) {
	p := &post{}
	server, c := p.serve(t, courier.Plain)
	for i, subject := range hostile {
		m := daily()
		m.Subject = subject
		if err := c.Mail(t.Context(), server, m); err != nil {
			t.Errorf("%q: %v", subject, err)
			continue
		}
		holdsHeaders(t, subject, p.got[i].text)
	}
}

func holdsHeaders(t *testing.T, subject, text string) {
	t.Helper()
	read, err := mail.ReadMessage(strings.NewReader(text))
	if err != nil {
		t.Fatalf("%q: %v", subject, err)
	}
	if len(read.Header) != 8 || read.Header.Get("Bcc") != "" || read.Header.Get("To") != "<nit@example.net>" {
		t.Errorf("%q makes the headers %v", subject, read.Header)
	}
	head, _, _ := strings.Cut(text, "\r\n\r\n")
	for line := range strings.SplitSeq(head, "\r\n") {
		if len(line) > 998 || strings.ContainsAny(line, "\r\n\x00") {
			t.Errorf("%q makes the line %q", subject, line)
		}
	}
	shown, err := new(mime.WordDecoder).DecodeHeader(read.Header.Get("Subject"))
	if err != nil || strings.ContainsAny(shown, "\r\n") || len([]rune(shown)) > 200 {
		t.Errorf("%q is shown as %q: %v", subject, shown, err)
	}
}

func FuzzSubject(f *testing.F) {
	for _, subject := range hostile {
		f.Add(subject)
	}
	f.Fuzz(func(t *testing.T, subject string) {
		m := daily()
		m.Subject = subject
		text, err := courier.Encoded(m, "ng@example.com")
		if err != nil {
			t.Fatal(err)
		}
		holdsHeaders(t, subject, string(text))
	})
}

func TestAnAnswerOfAServerOfMailSaysWhetherToTryAgain(t *testing.T) {
	for _, c := range []struct {
		at               string
		code             int
		refused, mending bool
	}{
		{"RCPT", 550, true, false},
		{"RCPT", 450, false, false},
		{"DATA", 554, true, false},
		{"DATA", 451, false, false},
		{"MAIL", 553, false, true},
		{"MAIL", 421, false, false},
		{"AUTH", 535, false, true},
		{"AUTH", 454, false, false},
	} {
		p := &post{ways: []string{"PLAIN"}, refuse: map[string]*smtp.SMTPError{c.at: {Code: c.code, Message: "no\r\nmore"}}}
		server, sends := p.serve(t, courier.StartTLS)
		server.User, server.Password = "ng", "pw"
		err := sends.Mail(t.Context(), server, daily())
		_, refused := errors.AsType[*courier.Refused](err)
		_, mending := errors.AsType[*courier.Later](err)
		if err == nil || refused != c.refused || mending != c.mending || strings.ContainsAny(err.Error(), "\r\n") || len(p.got) > 0 {
			t.Errorf("%s %d: %v", c.at, c.code, err)
		}
	}
}

func TestNothingIsSaidInTheOpen(t *testing.T) {
	p := &post{ways: []string{"PLAIN"}}
	server, c := p.serve(t, courier.Plain) // that offers no STARTTLS
	server.Security = courier.StartTLS
	if err := c.Mail(t.Context(), server, daily()); err == nil || !strings.Contains(err.Error(), "STARTTLS") || len(p.got) > 0 {
		t.Errorf("without TLS: %v", err)
	}
	stranger := courier.New(courier.Options{})
	for _, security := range []courier.Security{courier.StartTLS, courier.TLS} {
		p := &post{}
		server, _ := p.serve(t, security)
		if err := stranger.Mail(t.Context(), server, daily()); err == nil || !strings.Contains(err.Error(), "believed") || len(p.got) > 0 {
			t.Errorf("%s with a certificate that nobody knows: %v", security, err)
		}
	}
}

func TestAServerOfMailIsConfiguredWhole(t *testing.T) {
	sound := courier.Server{Address: "smtp.example.com:587", Security: courier.StartTLS, User: "u", Password: "p", From: "Nexus <ng@example.com>"}
	if err := sound.Check(); err != nil {
		t.Error(err)
	}
	for says, broken := range map[string]func(*courier.Server){
		"host and port": func(s *courier.Server) { s.Address = "smtp.example.com" },
		"no sender":     func(s *courier.Server) { s.From = "ng@example.com\r\nBcc: x@example.com" },
		"no way":        func(s *courier.Server) { s.Security = "ssl" },
		"on its way":    func(s *courier.Server) { s.Security = courier.Plain },
		"without a":     func(s *courier.Server) { s.Password = "" },
	} {
		s := sound
		broken(&s)
		if err := s.Check(); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v", says, err)
		}
	}
}
