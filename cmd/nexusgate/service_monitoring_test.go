package main_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	nexusgate "github.com/nexusgate/nexusgate/cmd/nexusgate"
)

// hold is a story's listener that does something before the story goes on behind what it waits for.
type hold struct {
	before string
	then   func() error
	err    error
}

func (h *hold) Write(p []byte) (int, error) {
	if h.then != nil && strings.Contains(string(p), h.before) {
		h.err = h.then()
		h.then = nil
	}
	return len(p), nil
}

// The Sprint of the demo has passed its middle when it begins, and nothing was done yet: that is what is
// told of, until checkout is mended.
func TestAPrometheusThatScrapesTheDemoAlertsUntilTheIncrementIsDone(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithTimeout(t.Context(), 4*patience)
	defer stop()
	log := slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
	mending := &hold{before: "mends checkout"}
	demo, err := nexusgate.NewDemo(ctx, t.TempDir(), 20*time.Millisecond, 10*time.Millisecond, log, mending)
	if err != nil {
		t.Fatal(err)
	}
	p := startPrometheus(ctx, t, demo.Root())
	mending.then = func() error { return p.until(ctx, func() error { return p.speaks(ctx) }) }
	err = demo.Told(ctx, func() error {
		if mending.then != nil || mending.err != nil {
			return fmt.Errorf("no alert before the Increment is done: %w", mending.err)
		}
		p.tellsWhatIsScraped(demo.Root())
		return errors.Join(p.until(ctx, func() error { return p.silent(ctx) }), p.fillsThePanels(ctx))
	})
	if err != nil {
		t.Fatal(err)
	}
}

const sprintAlert = "NexusSprintWithoutDoneIncrement"

func (p *prometheus) speaks(ctx context.Context) error {
	all, err := p.alerts(ctx, sprintAlert)
	if err != nil || len(all) != 1 {
		return errors.Join(err, fmt.Errorf("it has the alerts %v", all))
	}
	a := all[0]
	if a.State != "firing" || a.Labels["nexus"] != "storefront" || a.Labels["severity"] != "warning" ||
		!strings.HasPrefix(a.Annotations["summary"], "storefront: no done Increment yet, and ") {
		return fmt.Errorf("it says %+v", a)
	}
	return nil
}

func (p *prometheus) silent(ctx context.Context) error {
	all, err := p.alerts(ctx, sprintAlert)
	if len(all) > 0 {
		err = errors.Join(err, fmt.Errorf("it still has %v", all))
	}
	return err
}

// tellsWhatIsScraped has promtool look at the metrics of a service at work.
func (p *prometheus) tellsWhatIsScraped(service string) {
	p.t.Helper()
	_, page := fetch(p.t, service+"/metrics")
	check := exec.CommandContext(p.t.Context(), prometheusTool(p.t, "promtool"), "check", "metrics")
	check.Stdin = strings.NewReader(page)
	if said, err := check.CombinedOutput(); err != nil || len(said) > 0 {
		p.t.Errorf("promtool says of the metrics: %v\n%s", err, said)
	}
}

// idle are the panels that have nothing to show where all is well, by their titles, and those of what the
// demo has not: it is not swept.
var idle = []string{
	"Oldest in the inbox", "Oldest owed report", "Oldest errand", "Reports not taken", "Deliveries that brought out a fault", "Alerts",
	"Since the last sweep", "Requests of sweeps", "Redeliveries", "Releases in no done Increment",
}

var chosen = strings.NewReplacer("$nexus", "storefront", "$__rate_interval", "20s", "$__range", "1h")

// fillsThePanels asks what each panel of each dashboard asks, until there is something to show.
func (p *prometheus) fillsThePanels(ctx context.Context) (err error) {
	asked := 0
	for _, dashboard := range dashboards(p.t) {
		for _, panel := range dashboard.Panels {
			for _, target := range panel.Targets {
				asked++
				err = errors.Join(err, p.until(ctx, func() error {
					n, err := p.series(ctx, chosen.Replace(target.Expr))
					if err != nil || n > 0 || slices.Contains(idle, panel.Title) {
						return err
					}
					return fmt.Errorf("%s: %s has nothing to show for %s", dashboard.Title, panel.Title, target.Expr)
				}))
			}
		}
	}
	if asked < 40 {
		p.t.Errorf("the dashboards ask %d things: are they read rightly?", asked)
	}
	return err
}

// dashboard is one of the chart's, as far as it asks Prometheus.
type dashboard struct {
	Title  string
	Panels []struct {
		Title   string
		Targets []struct{ Expr string }
	}
}

func dashboards(t *testing.T) (all []dashboard) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(root, "charts/nexusgate/dashboards/*.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var one dashboard
		if err := json.Unmarshal(text, &one); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		all = append(all, one)
	}
	return all
}
