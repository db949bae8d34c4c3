package main_test

import (
	"bytes"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/nexusgate/nexusgate/gate/forge/forgetest"
)

// briefed is where the briefs of a shop are sent: a room, a mailbox, an issue of each forge, and a bus.
type briefed struct {
	*house
	log   *overread
	at    time.Time // of the daily brief, which is soon
	onHub *forgetest.Issue
	onLab *forgetest.Item

	mu        sync.Mutex
	room, bus []string // what was posted there, and taken
	mails     []string
	answers   []int // of the room, one after the other; none left: 200
}

// overread is a log that a test reads while it is written.
type overread struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write takes a part of it.
func (l *overread) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

// String is what was written.
func (l *overread) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// openBriefed starts the service with briefs that are sent a few minutes from now.
func openBriefed(t *testing.T) *briefed {
	t.Helper()
	b := &briefed{house: furnish(t, shop), log: &overread{}}
	b.at = time.Now().UTC().Add(5 * time.Minute).Truncate(time.Minute)
	b.hub.Set(forgetest.AppSettings{Agree: true, Grant: forgetest.Grant{Permissions: map[string]string{"issues": "write"}, Events: []string{"push"}}})
	b.onHub, b.onLab = b.cart.OpenIssue("Briefs", "", "ana"), b.web.OpenIssue("Briefs", "", "ana")
	b.define(shop + fmt.Sprintf(`briefs: daily: {
	at: %q
	on: ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
	to: ["slack:team-room", "mail:nit@example.com", "issue:github:acme/cart-api#%d", "issue:gitlab:acme/web#%d", "cloudevents:bus"]
}
`, b.at.Format("15:04"), b.onHub.Number, b.onLab.Number))
	b.settings.Now = b.soon
	b.settings.Getenv = func(name string) string {
		b.mu.Lock()
		defer b.mu.Unlock()
		return b.env[name]
	}
	b.settings.Log = slog.New(slog.NewTextHandler(io.MultiWriter(b.log, t.Output()), &slog.HandlerOptions{Level: slog.LevelWarn}))
	b.env["NEXUSGATE_SLACK_TEAM_ROOM"] = b.receiver("/services/a-secret-room", func(w http.ResponseWriter, body string) bool {
		if len(b.answers) == 0 {
			b.room = append(b.room, body)
			return true
		}
		w.WriteHeader(b.answers[0])
		b.answers = b.answers[1:]
		return false
	})
	b.env["NEXUSGATE_CLOUDEVENTS_BUS"] = b.receiver("/a-secret-bus", func(_ http.ResponseWriter, body string) bool {
		b.bus = append(b.bus, body)
		return true
	})
	b.settings.Mail = []string{"--smtp-server", b.mailbox(), "--smtp-from", "ng@example.com", "--smtp-security", "none"}
	return b
}

// receiver is a server that what is posted to comes to.
func (b *briefed) receiver(path string, takes func(http.ResponseWriter, string) bool) (address string) {
	server := httptest.NewServer(b.traffic.through(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil || r.URL.Path != path {
			b.t.Errorf("%s: %v", r.URL.Path, err)
		}
		b.mu.Lock()
		defer b.mu.Unlock()
		takes(w, string(body))
	})))
	b.t.Cleanup(server.Close)
	return server.URL + path
}

// mailbox is a server of mail on this machine.
func (b *briefed) mailbox() (address string) {
	b.t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.t.Fatal(err)
	}
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &mailing{of: b}, nil }))
	server.ErrorLog = log.New(io.Discard, "", 0)
	var served sync.WaitGroup
	served.Go(func() { _ = server.Serve(listener) })
	b.t.Cleanup(func() { _ = server.Close(); served.Wait() })
	return listener.Addr().String()
}

type mailing struct {
	of *briefed
	to string
}

func (l *mailing) Reset()                               {}
func (l *mailing) Logout() error                        { return nil }
func (l *mailing) Mail(string, *smtp.MailOptions) error { return nil }

func (l *mailing) Rcpt(to string, _ *smtp.RcptOptions) error {
	l.to = to
	return nil
}

func (l *mailing) Data(r io.Reader) error {
	text, err := io.ReadAll(r)
	l.of.mu.Lock()
	defer l.of.mu.Unlock()
	l.of.mails = append(l.of.mails, l.to+"\n"+string(text))
	l.of.traffic.ring()
	return err
}

// passes lets time go on, and has something happen, as it does all day.
func (b *briefed) passes(d time.Duration) {
	b.t.Helper()
	b.ahead.Add(int64(d / time.Second))
	b.cart.Commit("main", "Something", map[string]string{"something.go": fmt.Sprint(b.ahead.Load())})
}

// came is how many briefs came to each address: the room, the mailbox, the issues and the bus.
func (b *briefed) came() [5]int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return [5]int{len(b.room), len(b.mails), len(b.onHub.Comments()), len(b.onLab.Notes()), len(b.bus)}
}

func (b *briefed) eachHas(n int) {
	b.t.Helper()
	b.eventually(fmt.Sprintf("each address has %d briefs", n), func() bool { return b.came() == [5]int{n, n, n, n, n} && b.counts().Errands == 0 })
}

func TestABriefIsSentAtItsTimeToWhereTheTeamIs(t *testing.T) {
	t.Parallel()
	b := openBriefed(t)
	b.start()
	b.rest()
	if came := b.came(); came != [5]int{} {
		t.Fatalf("before its time there came %v", came)
	}
	b.passes(6 * time.Minute)
	b.eachHas(1)
	for what, said := range map[string]string{
		"the room": b.room[0], "the mailbox": b.mails[0], "the issue on GitHub": b.onHub.Comments()[0].Body, "the issue on GitLab": b.onLab.Notes()[0].Body, "the bus": b.bus[0],
	} {
		if !strings.Contains(strings.ReplaceAll(said, "=\r\n", ""), "shop") {
			t.Errorf("%s has %q", what, said)
		}
	}
	id := fmt.Sprintf(`"id":"shop/daily/%s"`, b.at.Format(time.RFC3339))
	if !strings.Contains(b.bus[0], id) || !strings.HasPrefix(b.mails[0], "nit@example.com\n") || !strings.Contains(b.room[0], `"blocks"`) {
		t.Errorf("the bus has %s, the mailbox %s, the room %s", b.bus[0], b.mails[0], b.room[0])
	}
	b.restart()
	b.passes(time.Minute)
	b.rest()
	b.eachHas(1)
	for _, by := range []string{"slack", "mail", "cloudevents"} {
		b.eventually("it is counted", func() bool {
			return b.metric(fmt.Sprintf(`nexusgate_briefs_total{by=%q,event="daily",nexus="shop",result="sent"}`, by)) != "0"
		})
	}
}

func TestABriefWhoseTimePassedWhileTheServiceWasDownIsSentLateOrSaidToBeMissed(t *testing.T) {
	t.Parallel()
	b := openBriefed(t)
	b.start()
	b.rest()
	if err := b.stop(); err != nil {
		t.Fatal(err)
	}
	b.ahead.Add(int64(time.Hour / time.Second))
	b.start()
	b.eachHas(1)
	if err := b.stop(); err != nil {
		t.Fatal(err)
	}
	b.ahead.Add(int64(30 * time.Hour / time.Second))
	b.start()
	b.eventually("it is said to be missed", func() bool {
		status, page := b.get("/nexus/shop")
		return status == http.StatusOK && strings.Contains(page, "was missed")
	})
	b.eachHas(1)
	if n := b.metric(`nexusgate_briefs_total{by="",event="daily",nexus="shop",result="missed"}`); n != "1" {
		t.Errorf("%q are counted as missed", n)
	}
}

func TestWhatARoomDoesNotTakeIsTriedAgainOrToldOnThePage(t *testing.T) {
	t.Parallel()
	b := openBriefed(t)
	b.answers = []int{500, 503}
	b.start()
	b.rest()
	b.passes(6 * time.Minute)
	b.eachHas(1)
	b.mu.Lock()
	b.answers = []int{404}
	b.mu.Unlock()
	b.passes(24 * time.Hour)
	b.eventually("the page tells it", func() bool {
		_, page := b.get("/nexus/shop")
		return strings.Contains(page, "did not come to slack:team-room, and is not sent again: HTTP 404")
	})
	b.mu.Lock()
	b.env["NEXUSGATE_SLACK_TEAM_ROOM"] = "http://a-secret-room.example.com/services/x"
	b.mu.Unlock()
	b.passes(24 * time.Hour)
	b.eventually("the page says what to mend", func() bool {
		_, page := b.get("/nexus/shop")
		return strings.Contains(page, "has not come to slack:team-room yet") && strings.Contains(page, "give one with https")
	})
	_, page := b.get("/nexus/shop")
	for what, text := range map[string]string{"the log": b.log.String(), "the page": page} {
		if strings.Contains(text, "a-secret-") {
			t.Errorf("%s tells the address:\n%s", what, text)
		}
	}
}
