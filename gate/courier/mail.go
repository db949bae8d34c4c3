package courier

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/mail"
	"net/smtp"
)

// conversationBound is how many bytes a server may say in all.
const conversationBound = 1 << 20

// Mail gives a message to a server.
func (c *Courier) Mail(ctx context.Context, s Server, m *Message) error {
	if err := s.Check(); err != nil {
		return toMend(err.Error())
	}
	from, err := mail.ParseAddress(s.From)
	if err != nil {
		return toMend("its sender is none")
	}
	text, err := m.encoded(from)
	if err != nil {
		return &Refused{"it cannot be written as a message"}
	}
	ctx, stop := context.WithTimeout(ctx, c.timeout)
	defer stop()
	conn, err := c.dial(ctx, s)
	if err != nil {
		return unreachable(err)
	}
	defer func() { _ = conn.Close() }()
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	if err := c.converse(conn, s, from, m.To, text); err != nil {
		if ctx.Err() != nil {
			return unreachable(ctx.Err())
		}
		return err
	}
	return nil
}

func (c *Courier) dial(ctx context.Context, s Server) (net.Conn, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", s.Address)
	if err != nil {
		return nil, err
	}
	conn = &bounded{conn, io.LimitedReader{R: conn, N: conversationBound}}
	if s.Security != TLS {
		return conn, nil
	}
	secure := tls.Client(conn, s.tls(c.roots))
	if err := secure.HandshakeContext(ctx); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return secure, nil
}

// bounded is a connection on which only so much is heard.
type bounded struct {
	net.Conn
	heard io.LimitedReader
}

// Read hears no more than the bound.
func (b *bounded) Read(p []byte) (int, error) { return b.heard.Read(p) }

// converse gives the server one message.
func (c *Courier) converse(conn net.Conn, s Server, from *mail.Address, to string, text []byte) error {
	talk, err := smtp.NewClient(conn, s.host())
	if err != nil {
		return answered("it does not begin to speak", err)
	}
	if err := talk.Hello(domain(from.Address)); err != nil {
		return answered("it does not greet", err)
	}
	if s.Security == StartTLS {
		if offers, _ := talk.Extension("STARTTLS"); !offers {
			return toMend("the server of mail does not offer STARTTLS, and nothing is sent to it in the open; use tls, or another port")
		}
		if err := talk.StartTLS(s.tls(c.roots)); err != nil {
			return answered("TLS does not begin", err)
		}
	}
	if err := s.introduce(talk); err != nil {
		return err
	}
	if err := talk.Mail(from.Address); err != nil {
		return mendable("it takes no mail from "+from.Address, err)
	}
	if err := talk.Rcpt(to); err != nil {
		return final("it takes no mail to "+to, err)
	}
	if err := give(talk, text); err != nil {
		return final("it does not take the message", err)
	}
	_ = talk.Quit() // it has the message
	return nil
}

func give(talk *smtp.Client, text []byte) error {
	to, err := talk.Data()
	if err != nil {
		return err
	}
	if _, err := to.Write(text); err != nil {
		return err
	}
	return to.Close()
}
