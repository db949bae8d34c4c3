//go:build browser

package main_test

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	nexusgate "github.com/nexusgate/nexusgate/cmd/nexusgate"
)

var pictures = flag.String("pictures", "", "write pictures of the pages to this folder, and test nothing")

// storyBegins is when the story of the demo begins for a browser: of one story, pictures are alike.
var storyBegins = time.Date(2026, time.November, 24, 9, 30, 0, 0, time.UTC)

// hours go by between the sentences of the story.
type hours struct{ clock jumping }

// Write is io.Writer's.
func (h *hours) Write(p []byte) (int, error) {
	if strings.HasPrefix(string(p), "▸") {
		h.clock.jump(5 * time.Hour)
	}
	return len(p), nil
}

// TestPagesInABrowser runs the tests in testdata/browser against the demo once its story is told, a service whose
// people log in, and one that is to be set up.
func TestPagesInABrowser(t *testing.T) {
	ctx, stop := context.WithTimeout(t.Context(), 14*time.Minute)
	defer stop()
	story := &hours{}
	story.clock.jump(time.Until(storyBegins))
	log := slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
	demo, err := nexusgate.NewDemoAt(ctx, t.TempDir(), story.clock.now, log, story)
	if err != nil {
		t.Fatal(err)
	}
	err = demo.Told(ctx, func() error {
		demo.Hold()
		if err := rests(ctx, demo); err != nil {
			return err
		}
		setUp := newSetUp(t)
		return browse(ctx, t, map[string]any{
			"services": []site{newSite(t, demo.Root(), http.DefaultClient, ofTheDemo), newPrivateSite(t)},
			"setup":    setUp, "control": newControl(t, demo, setUp), "pictures": *pictures,
		})
	})
	if err != nil {
		t.Fatal(err)
	}
}

// rests waits until nothing is under way.
func rests(ctx context.Context, demo *nexusgate.Demo) error {
	look := time.NewTicker(50 * time.Millisecond)
	defer look.Stop()
	for {
		if rests, err := demo.Rests(ctx); err != nil || rests {
			return err
		}
		select {
		case <-look.C:
		case <-ctx.Done():
			return fmt.Errorf("waiting for the demo to rest: %w", ctx.Err())
		}
	}
}

// browse runs the scripts in testdata/browser, which are told what there is to look at.
func browse(ctx context.Context, t *testing.T, sites map[string]any) error {
	t.Helper()
	text, err := json.Marshal(sites)
	if err != nil {
		return err
	}
	told := filepath.Join(t.TempDir(), "sites.json")
	if err := os.WriteFile(told, text, 0o600); err != nil {
		return err
	}
	modules, err := filepath.Abs(filepath.Join(root, ".testdata/browser/node_modules"))
	if err != nil {
		return err
	}
	script := "all.cjs"
	if *pictures != "" {
		script = "pictures.cjs"
	}
	command := exec.CommandContext(ctx, "node", "--test-reporter=spec", filepath.Join("testdata/browser", script))
	command.Env = append(os.Environ(), "NODE_PATH="+modules, "NEXUSGATE_SITES="+told)
	said, err := command.CombinedOutput()
	t.Log(string(said))
	if err != nil {
		return fmt.Errorf("looking at the pages in a browser: %w; make browser installs what that needs", err)
	}
	if err := ranAll(string(said)); err != nil || *pictures == "" {
		return err
	}
	return shrink(*pictures)
}

// ranAll holds that tests ran, and that none was left out.
func ranAll(said string) error {
	if !regexp.MustCompile(`(?m)^\S+ pass [1-9]`).MatchString(said) {
		return errors.New("no page was looked at")
	}
	for _, none := range []string{"skipped 0", "todo 0", "cancelled 0"} {
		if !regexp.MustCompile(`(?m)^\S+ ` + none + `$`).MatchString(said) {
			return errors.New("some pages were not looked at: want " + none)
		}
	}
	return nil
}

// read reads a page as a client sees it.
func read(t *testing.T, client *http.Client, address string) (status int, body string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(text)
}
