package main_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	nexusgate "github.com/nexusgate/nexusgate/cmd/nexusgate"
	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/forge/forgetest"
	"github.com/nexusgate/nexusgate/gate/store"
	"github.com/nexusgate/nexusgate/webhook"
)

const (
	connections = 64
	bodySize    = 10 << 10
	roundSize   = 3000 // deliveries that one contestant takes before the next has its turn
	slowRound   = 500  // of a transaction for each row, whose rate is soon known
)

// contestant is a server that takes deliveries.
type contestant struct {
	name  string
	at    string // its address
	drain func() // waits until it has nothing left to do
	took  time.Duration
	whole time.Duration // with what it does after it has answered
	cpu   time.Duration // of this process in that time, the senders' included
	count int
}

// BenchmarkIntake measures deliveries of 10 KB a second over 64 connections: the whole service, its door
// alone (the intake and the store, and nobody who applies), and two minimal servers that check the
// signature and insert a row into SQLite with the same durability, in groups and one transaction for
// each. They take turns, so that the ratios hold on a machine that is shared. "elsewhere" brings check
// runs of a repository in no Nexus, "here" check runs on a component's head, each of which turns it.
//
// nexusgate/s is what the service answers while it also applies; applied/s counts until the last one is
// applied. The others do nothing of the kind, and have both cores for what they do.
func BenchmarkIntake(b *testing.B) {
	for _, repo := range []string{"elsewhere", "here"} {
		b.Run(repo, func(b *testing.B) {
			names := []string{"acme/here", "acme/second", "acme/third"}
			place := newWorkplace(b, components(names), nil)
			repos := map[string]*forgetest.Repo{}
			for _, name := range append(names, "acme/elsewhere") {
				repos[name] = place.hub.AddRepo(name)
			}
			place.settings.Hold = 200 * time.Millisecond
			server := place.open()
			settle(b, server, false)
			contestants := []*contestant{
				whole(b, server), door(b), minimal(b, "grouped", grouping(b)), minimal(b, "single", singly(b)),
			}
			compete(b, contestants, checkRuns(b, place.hub, repos["acme/"+repo]))
			if said := standsAt(server); (said == gate.Awaiting) != (repo == "elsewhere") {
				b.Errorf("the component here is %q", said)
			}
		})
	}
}

// standsAt is the outcome of the first component.
func standsAt(server *nexusgate.Server) gate.Outcome {
	standing, _ := server.Standing("bench")
	return standing.Components[0].Says.Outcome
}

// compete has the contestants take turns until each but the slow one has taken b.N deliveries.
func compete(b *testing.B, contestants []*contestant, next func() delivery) {
	b.Helper()
	for left := b.N; left > 0; left -= roundSize {
		deliveries := make([]delivery, min(left, roundSize))
		for i := range deliveries {
			deliveries[i] = next()
		}
		for _, c := range contestants {
			mine := deliveries
			if c.name == "single" {
				mine = mine[:min(len(mine), slowRound)]
			}
			began, used := time.Now(), processor(b)
			c.took += drive(b, c.at, mine)
			c.drain()
			c.whole += time.Since(began)
			c.cpu += processor(b) - used
			c.count += len(mine)
		}
	}
	rate := func(i int) float64 { return float64(contestants[i].count) / contestants[i].took.Seconds() }
	for i, c := range contestants {
		b.ReportMetric(rate(i), c.name+"/s")
	}
	b.ReportMetric(float64(contestants[0].count)/contestants[0].whole.Seconds(), "applied/s")
	b.ReportMetric(rate(0)/rate(2), "of-grouped")
	b.ReportMetric(rate(1)/rate(2), "door-of-grouped")
	b.ReportMetric(rate(0)/rate(3), "of-single")
	cpu := func(i int) float64 { return float64(contestants[i].cpu.Microseconds()) / float64(contestants[i].count) }
	for i, c := range contestants {
		b.ReportMetric(cpu(i), c.name+"-cpu-us")
	}
	b.ReportMetric(0, "ns/op") // b.N deliveries to three servers, and the pauses: it says nothing
}

// processor is the time that this process has computed.
func processor(b *testing.B) time.Duration {
	b.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// delivery is a request as it goes over the wire, but for the address.
type delivery struct {
	head, body []byte
}

// checkRuns makes check runs of a repository, each under a key of its own and telling of another one
// that has completed, now with a failure and now with success.
func checkRuns(b *testing.B, hub *forgetest.GitHub, repo *forgetest.Repo) func() delivery {
	b.Helper()
	pattern := recorded(b, hub, repo)
	made, first := 0, time.Now().UTC().Add(-14*24*time.Hour) // what is yet to come would not be believed
	return func() delivery {
		made++
		at := first.Add(time.Duration(made) * time.Second).Format(time.RFC3339)
		body := strings.NewReplacer(
			`"conclusion":"success"`, `"conclusion":"`+[...]string{"failure", "success"}[made%2]+`"`,
			`"started_at":"STARTED"`, `"started_at":"`+at+`"`,
		).Replace(pattern)
		id := fmt.Sprintf("%08x-0000-4000-8000-%012x", uint32(made)*0x9e3779b9, made) // scattered, like a UUID
		var head bytes.Buffer
		fmt.Fprintf(&head, "POST /webhook/github HTTP/1.1\r\nHost: nexusgate.test\r\nContent-Length: %d\r\n", len(body))
		for name, value := range hubSigned(id, "check_run", []byte(body)) {
			fmt.Fprintf(&head, "%s: %s\r\n", name, value)
		}
		head.WriteString("\r\n")
		return delivery{head: head.Bytes(), body: []byte(body)}
	}
}

// recorded is a check run as the stand-in tells it, with the text of a real report so that it has 10 KB.
func recorded(b *testing.B, hub *forgetest.GitHub, repo *forgetest.Repo) string {
	b.Helper()
	repo.Check("builder", "build", repo.Head("main"), "completed", "success")
	log := hub.Deliveries()
	var event map[string]any
	if err := json.Unmarshal(log[len(log)-1].Body, &event); err != nil {
		b.Fatal(err)
	}
	run := event["check_run"].(map[string]any)
	run["started_at"], run["completed_at"] = "STARTED", nil
	line := "main.go:17: want lines >=90, found lines 84.2\n"
	text, err := json.Marshal(event)
	if err != nil {
		b.Fatal(err)
	}
	run["output"].(map[string]any)["text"] = strings.Repeat(line, (bodySize-len(text))/(len(line)+1))
	if text, err = json.Marshal(event); err != nil {
		b.Fatal(err)
	}
	return string(text)
}

// drive brings deliveries over the connections, each of which waits for its answer, and times it.
func drive(b *testing.B, address string, deliveries []delivery) time.Duration {
	b.Helper()
	lines := make([]net.Conn, connections)
	for i := range lines {
		var err error
		if lines[i], err = net.Dial("tcp", address); err != nil {
			b.Fatal(err)
		}
		defer lines[i].Close()
	}
	var next atomic.Int64
	var all sync.WaitGroup
	began := time.Now()
	for _, line := range lines {
		all.Go(func() {
			answers := bufio.NewReader(line)
			for n := next.Add(1); n <= int64(len(deliveries)); n = next.Add(1) {
				if err := bring(line, answers, deliveries[n-1]); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
	return time.Since(began)
}

func bring(line net.Conn, answers *bufio.Reader, d delivery) error {
	parts := net.Buffers{d.head, d.body}
	if _, err := parts.WriteTo(line); err != nil {
		return err
	}
	answer, err := http.ReadResponse(answers, nil)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusAccepted {
		return fmt.Errorf("it answers %s", answer.Status)
	}
	_, err = io.Copy(io.Discard, answer.Body)
	return err
}

// whole is the whole service.
func whole(b *testing.B, server *nexusgate.Server) *contestant {
	return &contestant{
		name: "nexusgate", at: strings.TrimPrefix(server.HooksRoot(), "http://"), drain: func() { settle(b, server, false) },
	}
}

// door is the service's intake and store alone.
func door(b *testing.B) *contestant {
	b.Helper()
	kept, err := store.Open(b.Context(), "sqlite:"+filepath.Join(b.TempDir(), "door.db"), time.Now)
	if err != nil {
		b.Fatal(err)
	}
	hooks, err := webhook.NewGitHub(benchSecret, kept, time.Now, func(string, string, string) {})
	if err != nil {
		b.Fatal(err)
	}
	served := httptest.NewServer(hooks)
	b.Cleanup(func() { served.Close(); _ = kept.Close() })
	return &contestant{name: "door", at: served.Listener.Addr().String(), drain: func() {}}
}
