package main_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// minimal is the least that an intake can be: it reads, checks the signature, has it kept and answers.
func minimal(b *testing.B, name string, keep func(row) error) *contestant {
	b.Helper()
	served := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 25<<20))
		if err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		mac := hmac.New(sha256.New, []byte(benchSecret))
		mac.Write(body)
		claimed, err := hex.DecodeString(strings.TrimPrefix(r.Header.Get("X-Hub-Signature-256"), "sha256="))
		if err != nil || !hmac.Equal(mac.Sum(nil), claimed) {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		if err := keep(row{r.Header.Get("X-GitHub-Delivery"), r.Header.Get("X-GitHub-Event"), body}); err != nil {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		w.WriteHeader(http.StatusAccepted)
	}))
	b.Cleanup(served.Close)
	return &contestant{name: name, at: served.Listener.Addr().String()}
}

// row is what a minimal server keeps.
type row struct {
	key, event string
	body       []byte
}

// nothing keeps nothing.
func nothing(row) error { return nil }

// grouping keeps whatever waits in one transaction, and does nothing besides.
func grouping(b *testing.B, in database) func(row) error {
	b.Helper()
	insert := in.insert(b)
	type waiting struct {
		row
		done chan error
	}
	queue := make(chan waiting, 256)
	var writer sync.WaitGroup
	writer.Go(func() {
		for first := range queue {
			group := []waiting{first}
			for len(queue) > 0 {
				group = append(group, <-queue)
			}
			rows := make([]row, len(group))
			for i := range group {
				rows[i] = group[i].row
			}
			err := insert(rows)
			for _, one := range group {
				one.done <- err
			}
		}
	})
	b.Cleanup(func() { close(queue); writer.Wait() })
	return func(r row) error {
		one := waiting{row: r, done: make(chan error, 1)}
		queue <- one
		return <-one.done
	}
}
