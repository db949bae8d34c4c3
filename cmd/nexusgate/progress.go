package main

import (
	"fmt"
	"io"
	"os"
	"time"
)

// progress shows on a terminal how far a long command is. Elsewhere it is silent.
type progress struct {
	terminal io.Writer // nil: none is looking
	shown    time.Time
}

func newProgress(w io.Writer) *progress {
	if !isTerminal(w) {
		return &progress{}
	}
	return &progress{terminal: w}
}

func isTerminal(w io.Writer) bool {
	file, ok := w.(*os.File)
	if !ok {
		return false
	}
	about, err := file.Stat()
	return err == nil && about.Mode()&os.ModeCharDevice != 0
}

// show puts a text in the place of the last one, at most five times a second.
func (p *progress) show(text string) {
	if p.terminal == nil || time.Since(p.shown) < 200*time.Millisecond {
		return
	}
	p.shown = time.Now()
	fmt.Fprint(p.terminal, "\r\x1b[K"+text)
}

// clear takes the text away, for what is said next.
func (p *progress) clear() {
	if p.terminal != nil && !p.shown.IsZero() {
		fmt.Fprint(p.terminal, "\r\x1b[K")
	}
}
