package main_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	nexusgate "github.com/nexusgate/nexusgate/cmd/nexusgate"
	"github.com/nexusgate/nexusgate/gate/forge/forgetest"
)

func TestTheJobsOfOneRepositoryKeepNobodyElseOut(t *testing.T) {
	enter := nexusgate.NewTurnstile(4)
	over, end := context.WithCancel(t.Context())
	end()
	in := func(who string, want bool) {
		t.Helper()
		if _, err := enter(over, who); (err == nil) != want {
			t.Errorf("%s comes in: %v", who, err)
		}
	}
	in("cart", true)
	in("cart", true)
	in("cart", false)
	in("pay", true)
	in("web", true)
	in("web", false)
	in("ops", false)
}

func TestWhoComesFromOneRepositoryWaitsForAPlaceOfItsOwn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		enter := nexusgate.NewTurnstile(2)
		leave, err := enter(t.Context(), "cart")
		if err != nil {
			t.Fatal(err)
		}
		came := make(chan error, 1)
		go func() {
			_, err := enter(t.Context(), "cart")
			came <- err
		}()
		if synctest.Wait(); len(came) > 0 {
			t.Fatal("cart has both places")
		}
		leave()
		if err := <-came; err != nil {
			t.Fatal(err)
		}
	})
}

func TestNothingIsReadAtTheDoorOfTheJobsOfStrangers(t *testing.T) {
	t.Parallel()
	h := open(t, unitShop)
	strange := h.hub.AddRepo("acme/strange")
	token := strange.Run(forgetest.Workflow{Name: "ci", Path: ".github/workflows/ci.yml", Trigger: "push"}, strange.Head("main")).Token(audience, nil)
	address := strings.TrimPrefix(h.server.Root(), "http://")
	to, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = to.Close() }()
	_ = to.SetDeadline(time.Now().Add(time.Minute))
	request := "POST /api/v1/door HTTP/1.1\r\nHost: " + address + "\r\nAuthorization: Bearer " + token + "\r\nContent-Length: 1000\r\nExpect: 100-continue\r\n\r\n"
	if _, err := io.WriteString(to, request); err != nil {
		t.Fatal(err)
	}
	answer := make([]byte, 200)
	n, err := to.Read(answer)
	if err != nil || !strings.HasPrefix(string(answer[:n]), "HTTP/1.1 403 "+http.StatusText(http.StatusForbidden)) {
		t.Errorf("the answer is %q (%v)", answer[:n], err)
	}
}
