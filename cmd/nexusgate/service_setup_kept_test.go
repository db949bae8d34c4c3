package main_test

import (
	"context"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/gate/forge/forgetest"
)

func TestAnAppIsKeptThoughTheBrowserLeavesBeforeGitHubAnswers(t *testing.T) {
	t.Parallel()
	c := begin(t)
	c.hub.Unregister()
	c.enter()
	to := c.register()
	c.hub.Inject(forgetest.Fault{Operation: "convert_manifest", Delay: time.Second, Times: 1})
	ctx, leave := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		answer, err := c.browser.Do(c.request(http.MethodGet, to, nil).WithContext(ctx))
		if err == nil {
			err = answer.Body.Close()
		}
		ended <- err
	}()
	c.waits("GitHub is asked for the App", func() bool { return c.hub.Requests()["convert_manifest"] == 1 })
	leave()
	if err := <-ended; err == nil {
		t.Fatal("the browser has not left")
	}
	if text := c.look(); !strings.Contains(text, "The App nexusgate is ours") {
		t.Errorf("the App and its key are lost: %s", text)
	}
}

func TestNoAppIsRegisteredWhoseSecretsCannotBeKept(t *testing.T) {
	t.Parallel()
	c := begin(t)
	c.hub.Unregister()
	c.enter()
	to := c.register()
	file := filepath.Join(c.dir, "nexusgate.env")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if text := c.press("github", url.Values{"address": {c.root}, "url": {c.hubAt}, "org": {"acme"}}); !strings.Contains(text, "has the mode 0644") {
		t.Errorf("somebody is sent to GitHub: %s", text)
	}
	if _, text := c.back(to); !strings.Contains(text, "has the mode 0644") || c.hub.Requests()["convert_manifest"] > 0 {
		t.Errorf("the App was taken, and nobody keeps it: %s", text)
	}
	if err := os.Chmod(file, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, text := c.back(to); !strings.Contains(text, "is ours") {
		t.Errorf("what was mended is not gone on with: %s", text)
	}
}

func TestAnAppThatWeHaveIsNotPutAnotherInPlaceOf(t *testing.T) {
	t.Parallel()
	c := begin(t)
	c.hub.Unregister()
	c.enter()
	c.back(c.register())
	before := c.settings()["NEXUSGATE_GITHUB_WEBHOOK_SECRET"]
	if text := c.press("github", url.Values{"address": {c.root}, "url": {c.hubAt}, "org": {"acme"}}); !strings.Contains(text, "GitHub is connected already") {
		t.Errorf("another App is registered: %s", text)
	}
	if before == "" || c.settings()["NEXUSGATE_GITHUB_WEBHOOK_SECRET"] != before {
		t.Error("the App's secret is another one")
	}
}

func TestWhatCouldNotBeKeptIsNotTakenForConnected(t *testing.T) {
	t.Parallel()
	c := begin(t)
	c.enter()
	if err := os.WriteFile(filepath.Join(c.dir, "nexusgate.env"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if text := c.connect(); !strings.Contains(text, "has the mode 0644") || strings.Contains(text, "Connected as") {
		t.Errorf("it is said to be connected: %s", text)
	}
}
