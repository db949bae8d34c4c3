package main_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	nexusgate "github.com/nexusgate/nexusgate/cmd/nexusgate"
	"github.com/nexusgate/nexusgate/gate/forge/forgetest"
)

const (
	connections = 64
	bodySize    = 10 << 10
)

// delivery is a request as it goes over the wire, but for the address.
type delivery struct {
	head, body []byte
}

const recordedRun int64 = 1 << 40 // the id of a check run in a pattern

// turnedHeads are more than there are connections, so that no two deliveries on one head overtake each other.
const turnedHeads = 128

// checkRuns makes check runs on the heads of as many changes of a repository in turn, each under a key of its
// own: a round of failures, then one of successes, so that each turns the verdict on a change.
func checkRuns(b *testing.B, server *nexusgate.Server, hub *forgetest.GitHub, repo *forgetest.Repo, size int) func() delivery {
	b.Helper()
	var patterns []string
	for i := range turnedHeads {
		branch := fmt.Sprint("work-", i)
		repo.Commit(branch, "Work", map[string]string{"main.go": "package main"})
		patterns = append(patterns, recorded(b, hub, repo, repo.OpenChange(branch, "main", "Work", "ana").Head(), size))
	}
	settle(b, server, false)
	made, first := 0, time.Now().UTC().Add(-14*24*time.Hour) // what is yet to come would not be believed
	return func() delivery {
		made++
		id := fmt.Sprintf("%08x-0000-4000-8000-%012x", uint32(made)*0x9e3779b9, made) // scattered, like a UUID
		conclusion := [...]string{"failure", "success"}[made/turnedHeads%2]
		return signedCheckRun(patterns[made%turnedHeads], id, checkRun{name: "build", conclusion: conclusion, started: first.Add(time.Duration(made) * time.Second)})
	}
}

// checkRun is what differs between check runs of a pattern.
type checkRun struct {
	name, conclusion string
	started          time.Time
	other            int64 // tells those of other names apart
}

// signedCheckRun is one as GitHub sends it.
func signedCheckRun(pattern, id string, run checkRun) delivery {
	body := strings.NewReplacer(
		`"conclusion":"success"`, `"conclusion":"`+run.conclusion+`"`, `"name":"build"`, `"name":"`+run.name+`"`,
		`"started_at":"STARTED"`, `"started_at":"`+run.started.Format(time.RFC3339)+`"`,
		fmt.Sprint(`"id":`, recordedRun), fmt.Sprint(`"id":`, recordedRun+run.other),
	).Replace(pattern)
	var head bytes.Buffer
	fmt.Fprintf(&head, "POST /webhook/github HTTP/1.1\r\nHost: nexusgate.test\r\nContent-Length: %d\r\n", len(body))
	for name, value := range hubSigned(id, "check_run", []byte(body)) {
		fmt.Fprintf(&head, "%s: %s\r\n", name, value)
	}
	head.WriteString("\r\n")
	return delivery{head: head.Bytes(), body: []byte(body)}
}

// recorded is a check run as the stand-in tells it, with the text of a real report that makes up its size. It
// is another than the one that the service has heard of by this, which nothing older would stand against.
func recorded(b *testing.B, hub *forgetest.GitHub, repo *forgetest.Repo, head string, size int) string {
	b.Helper()
	repo.Check("builder", "recorded", head, "completed", "success")
	log := hub.Deliveries()
	var event map[string]any
	if err := json.Unmarshal(log[len(log)-1].Body, &event); err != nil {
		b.Fatal(err)
	}
	run := event["check_run"].(map[string]any)
	run["id"], run["name"] = recordedRun, "build"
	run["started_at"], run["completed_at"] = "STARTED", nil
	line := "main.go:17: want lines >=90, found lines 84.2\n"
	text, err := json.Marshal(event)
	if err != nil {
		b.Fatal(err)
	}
	run["output"].(map[string]any)["text"] = strings.Repeat(line, max(0, size-len(text))/(len(line)+1))
	if text, err = json.Marshal(event); err != nil {
		b.Fatal(err)
	}
	return string(text)
}

// drive brings deliveries over 64 connections, each of which waits for its answer, and times it.
func drive(b *testing.B, address string, deliveries []delivery) time.Duration {
	b.Helper()
	return driveOver(b, address, connections, deliveries)
}

func driveOver(b *testing.B, address string, connections int, deliveries []delivery) time.Duration {
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
