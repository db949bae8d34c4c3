package courier_test

import (
	"bytes"
	"crypto/tls"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/gate/courier"
)

func tlsListener(over net.Listener, c *tls.Config) net.Listener { return tls.NewListener(over, c) }

// talker is a server of mail that says something to whoever comes, and then nothing.
func talker(t *testing.T, says []byte) courier.Server {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var served sync.WaitGroup
	t.Cleanup(func() { _ = listener.Close(); served.Wait() })
	served.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			served.Go(func() {
				_, _ = conn.Write(says)
				_, _ = conn.Read(make([]byte, 1<<10)) // until the caller leaves
				_, _ = conn.Read(make([]byte, 1<<10))
				_ = conn.Close()
			})
		}
	})
	return courier.Server{Address: listener.Addr().String(), Security: courier.Plain, From: "ng@example.com"}
}

func TestAServerThatTalksForEverIsLeft(t *testing.T) {
	server := talker(t, bytes.Repeat([]byte("220-welcome "), 1<<18))
	err := courier.New(courier.Options{}).Mail(t.Context(), server, daily())
	if err == nil || len(err.Error()) > 300 {
		t.Errorf("it came to %v", err)
	}
}

func TestAServerThatSaysNothingIsLeft(t *testing.T) {
	for _, says := range []string{"", "220 mail.example.com\r\n"} {
		server := talker(t, []byte(says))
		err := courier.New(courier.Options{Timeout: 100 * time.Millisecond}).Mail(t.Context(), server, daily())
		if err == nil || !strings.Contains(err.Error(), "in time") {
			t.Errorf("after %q it came to %v", says, err)
		}
	}
}
