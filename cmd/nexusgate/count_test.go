package main_test

import (
	"testing"

	nexusgate "github.com/nexusgate/nexusgate/cmd/nexusgate"
)

func TestNumbersAreReadAtAGlance(t *testing.T) {
	for n, want := range map[int]string{
		0: "0 deliveries", 1: "1 delivery", 2: "2 deliveries", 999: "999 deliveries", 1000: "1,000 deliveries",
		12345: "12,345 deliveries", 1234567: "1,234,567 deliveries",
	} {
		if got := nexusgate.Count(n, "delivery", "deliveries"); got != want {
			t.Errorf("%d is told as %q, want %q", n, got, want)
		}
	}
}
