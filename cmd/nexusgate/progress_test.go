package main_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	nexusgate "github.com/nexusgate/nexusgate/cmd/nexusgate"
)

func TestProgressShowsTheLatestAndLeavesNothingBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var terminal strings.Builder
		p := nexusgate.OnTerminal(&terminal)
		p.Show("1 delivery")
		p.Show("2 deliveries") // too soon to be read
		time.Sleep(time.Second)
		p.Show("3 deliveries")
		p.Clear()
		if want := "\r\x1b[K1 delivery\r\x1b[K3 deliveries\r\x1b[K"; terminal.String() != want {
			t.Errorf("shown %q, want %q", terminal.String(), want)
		}
	})
}

func TestProgressIsSilentWhereNobodyLooks(t *testing.T) {
	var file strings.Builder
	p := nexusgate.NewProgress(&file)
	p.Show("1 delivery")
	p.Clear()
	if file.Len() > 0 {
		t.Errorf("shown %q, want nothing", file.String())
	}
}
