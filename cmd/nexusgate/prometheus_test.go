package main_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// prometheus is a real one that scrapes a service twice a second, with the chart's rules as they are.
type prometheus struct {
	t    *testing.T
	root string
}

// prometheusTool is a program of Prometheus': the one on the path, else the one that make prometheus fetched.
func prometheusTool(t *testing.T, name string) string {
	t.Helper()
	if found, err := exec.LookPath(name); err == nil {
		return found
	}
	fetched, err := filepath.Abs(filepath.Join(root, ".testdata/prometheus/usr/bin", name))
	if err != nil {
		t.Fatal(err)
	}
	return fetched
}

func startPrometheus(ctx context.Context, t *testing.T, target string) *prometheus {
	t.Helper()
	rules, err := filepath.Abs(filepath.Join(root, "charts/nexusgate/rules/*.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	config := fmt.Sprintf(`
global: {scrape_interval: 500ms, scrape_timeout: 500ms, evaluation_interval: 500ms}
rule_files: [%q]
scrape_configs: [{job_name: nexusgate, static_configs: [{targets: [%q]}]}]
`, rules, strings.TrimPrefix(target, "http://"))
	file := filepath.Join(dir, "prometheus.yml")
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(ctx, prometheusTool(t, "prometheus"),
		"--config.file="+file, "--storage.tsdb.path="+filepath.Join(dir, "data"), "--web.listen-address=127.0.0.1:0")
	said, err := command.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatalf("%v: run make prometheus first", err)
	}
	t.Cleanup(func() {
		_ = command.Process.Kill() // it may have ended with ctx
		_ = command.Wait()
	})
	return &prometheus{t: t, root: "http://" + listensAt(t, bufio.NewScanner(said))}
}

var listening = regexp.MustCompile(`msg="Listening on".* address=(\S+)`)

// listensAt reads what Prometheus says until it says where it listens, and lets it say the rest.
func listensAt(t *testing.T, lines *bufio.Scanner) string {
	t.Helper()
	var said []string
	for lines.Scan() {
		said = append(said, lines.Text())
		if at := listening.FindStringSubmatch(lines.Text()); at != nil {
			go func() {
				for lines.Scan() { // a pipe that nobody reads would hold it up
				}
			}()
			return at[1]
		}
	}
	t.Fatalf("Prometheus does not say where it listens:\n%s", strings.Join(said, "\n"))
	return ""
}

// ask is what its API answers; none while it is not ready.
func (p *prometheus) ask(ctx context.Context, path string, into any) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, p.root+path, nil)
	if err != nil {
		return err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	var told struct {
		Status, Error string
		Data          json.RawMessage
	}
	if err := json.NewDecoder(answer.Body).Decode(&told); err != nil || told.Status != "success" {
		return fmt.Errorf("%s answers %s %s: %w", path, answer.Status, told.Error, err)
	}
	return json.Unmarshal(told.Data, into)
}

// until waits until something holds, and says what it was that did not.
func (p *prometheus) until(ctx context.Context, holds func() error) error {
	look := time.NewTicker(100 * time.Millisecond)
	defer look.Stop()
	for {
		err := holds()
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%w: %w", ctx.Err(), err)
		case <-look.C:
		}
	}
}

// series is how many series an expression has now.
func (p *prometheus) series(ctx context.Context, expr string) (int, error) {
	var told struct{ Result []json.RawMessage }
	err := p.ask(ctx, "/api/v1/query?query="+url.QueryEscape(expr), &told)
	return len(told.Result), err
}

// alert is one of those that it has.
type alert struct {
	State       string
	Labels      map[string]string
	Annotations map[string]string
}

// alerts are those by a name.
func (p *prometheus) alerts(ctx context.Context, name string) ([]alert, error) {
	var told struct{ Alerts []alert }
	err := p.ask(ctx, "/api/v1/alerts", &told)
	return slices.DeleteFunc(told.Alerts, func(a alert) bool { return a.Labels["alertname"] != name }), err
}
