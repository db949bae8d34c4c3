package main_test

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing"
)

// killNote is which rounds of a long proof came out well, so that it goes on where it was stopped.
type killNote struct {
	file          string // "": it is not kept
	asked         int
	rounds, kills int
}

// String names the round that comes to so many kills.
func (n killNote) String() string { return fmt.Sprintf("to_%d", n.kills) }

func openKillNote(t *testing.T, file, engine string, asked int) *killNote {
	t.Helper()
	n := &killNote{asked: asked}
	if file == "" {
		return n
	}
	n.file = file + "-" + engine
	text, err := os.ReadFile(n.file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	for lines := bufio.NewScanner(strings.NewReader(string(text))); lines.Scan(); {
		var seed uint64
		var kills int
		if _, err := fmt.Sscanf(lines.Text(), "%d kills with the seed %d", &kills, &seed); err != nil {
			t.Fatalf("%s says %q: %v; remove it to begin anew", n.file, lines.Text(), err)
		}
		n.rounds, n.kills = n.rounds+1, n.kills+kills
	}
	if n.rounds > 0 {
		t.Logf("%d kills in %d rounds came out well before, as %s says", n.kills, n.rounds, n.file)
	}
	return n
}

// add notes a round that came out well.
func (n *killNote) add(t *testing.T, seed uint64, kills int) {
	t.Helper()
	n.rounds, n.kills = n.rounds+1, n.kills+kills
	if n.file == "" {
		return
	}
	f, err := os.OpenFile(n.file, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := fmt.Fprintf(f, "%d kills with the seed %d\n", kills, seed); err != nil {
		t.Fatal(err)
	}
}

// finish tells that all is proved. The next proof begins anew.
func (n *killNote) finish(t *testing.T) {
	t.Helper()
	t.Logf("%d kills in %d rounds lost nothing, repeated nothing and changed no verdict", n.kills, n.rounds)
	if n.file == "" || n.rounds == 0 {
		return
	}
	if err := os.Remove(n.file); err != nil {
		t.Error(err)
	}
}
