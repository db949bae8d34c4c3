package webhook_test

import (
	"bytes"
	"context"
	"net/http"
	"testing"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/webhook"
)

// forgetful takes every delivery and keeps none, so that only the intake is measured.
type forgetful struct{}

func (forgetful) Keep(context.Context, gate.Delivery) (bool, error) { return false, nil }

func BenchmarkIntakeOf10KB(b *testing.B) {
	h, err := webhook.NewGitHub("s3cret", forgetful{}, clock, ignore)
	if err != nil {
		b.Fatal(err)
	}
	body := bytes.Repeat([]byte("x"), 10<<10)
	with := signed("s3cret", "push", "k", body)
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		if post(h, body, with).Code != http.StatusAccepted {
			b.Fatal("refused")
		}
	}
}

func BenchmarkDecodeOfACheckRun(b *testing.B) {
	d := delivery(gate.FromGitHub, "check_run", "k", githubExample(b, "check_run", 1))
	b.SetBytes(int64(len(d.Body)))
	for b.Loop() {
		if _, err := webhook.Decode(d); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkPlacesOfACheckRun(b *testing.B) {
	d := delivery(gate.FromGitHub, "check_run", "k", githubExample(b, "check_run", 1))
	b.SetBytes(int64(len(d.Body)))
	for b.Loop() {
		if len(webhook.Places(d)) == 0 {
			b.Fatal("it bears on nothing")
		}
	}
}
