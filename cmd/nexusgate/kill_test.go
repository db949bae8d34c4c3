package main_test

import (
	"bufio"
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	nexusgate "github.com/nexusgate/nexusgate/cmd/nexusgate"
	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/store"
)

// The size of the kill test.
const (
	killedDeliveries = 5000
	kills            = 50
	posters          = 8
)

// TestAServiceThatIsKilledFiftyTimesLosesNothingAndDecidesTheSame kills the service at random moments
// while both forges' webhooks are posted to it, and holds it to a service that nobody killed.
// NEXUSGATE_KILL_SEED repeats a run.
func TestAServiceThatIsKilledFiftyTimesLosesNothingAndDecidesTheSame(t *testing.T) {
	seed := killSeed(t)
	random := rand.New(rand.NewPCG(seed, 0))
	clock := &stepping{now: time.Now().Add(-60 * 24 * time.Hour).Truncate(time.Second)}
	h := newHouse(t, mill, clock.Now)
	h.patience = 5 * time.Minute
	h.settings.Log = slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelError})) // heads move while they are read
	began := time.Now()
	letters := h.tell(random, killedDeliveries)
	told := time.Now()
	want := h.unkilled(letters)
	straight := time.Now()
	k := &killing{house: h, random: random, bag: newMailbag(mixed(random, letters), marks(random, len(letters))), at: newAddress()}
	k.play()
	got := h.finish()
	t.Logf("seed %d: %d deliveries, posted %d times, killed %d times at work and %d times at the start; recorded in %s, unkilled %s, killed %s",
		seed, len(letters), k.bag.attempts, kills, k.early, told.Sub(began).Round(time.Millisecond),
		straight.Sub(told).Round(time.Millisecond), time.Since(straight).Round(time.Millisecond))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the killed service says something else (-unkilled +killed):\n%s", diff)
	}
	h.audit(k.bag.kept)
	out, stderr, code := said(t, "replay", "--store", h.settings.Store)
	if code != 0 || !strings.HasSuffix(out, ": the same\n") {
		t.Errorf("replay exits with %d and says %s%s", code, out, stderr)
	}
}

func killSeed(t *testing.T) uint64 {
	t.Helper()
	given := os.Getenv("NEXUSGATE_KILL_SEED")
	if given == "" {
		return rand.Uint64()
	}
	seed, err := strconv.ParseUint(given, 10, 64)
	if err != nil {
		t.Fatalf("NEXUSGATE_KILL_SEED: %v", err)
	}
	return seed
}

// marks are the numbers of posts at which the service is killed.
func marks(random *rand.Rand, posts int) []int {
	at := make([]int, kills)
	for i := range at {
		at[i] = 1 + random.IntN(posts)
	}
	slices.Sort(at)
	return at
}

// unkilled posts all letters, in the order of sending and each once, to a service that lives, and
// gives what it says. The forges are slow, so that what is read comes in between other deliveries than
// in the run with the kills.
func (h *house) unkilled(letters []letter) verdicts {
	h.t.Helper()
	h.hub.Slow(100 * time.Millisecond)
	h.lab.Slow(100 * time.Millisecond)
	defer h.hub.Heal()
	defer h.lab.Heal()
	killed := h.settings.Store
	h.settings.Store = "sqlite:" + filepath.Join(h.t.TempDir(), "unkilled.db")
	h.run()
	at := newAddress()
	at.set(h.server.Root())
	bag := newMailbag(letters, nil)
	postAll(h.t.Context(), bag, at, posters)
	h.settings.Store = killed
	return h.conclude()
}

// finish runs the service on what the kills have left.
func (h *house) finish() verdicts {
	h.t.Helper()
	h.run()
	return h.conclude()
}

// conclude waits until all is applied and read, ends the service and gives what it says.
func (h *house) conclude() verdicts {
	h.t.Helper()
	h.eventually("everything is applied and read", h.settled)
	s, ok := h.server.Standing("mill")
	if !ok {
		h.t.Fatal("there is no such Nexus")
	}
	if err := h.stop(); err != nil {
		h.t.Fatal(err)
	}
	return verdictsOf(s)
}

// verdicts are what must be the same, killed or not.
type verdicts struct {
	Composition gate.Composition
	Outcomes    map[string]gate.Outcome
	Findings    map[string][]gate.Finding
	Warnings    []string
}

func verdictsOf(s gate.Standing) verdicts {
	v := verdicts{
		Composition: s.Head.Composition, Outcomes: map[string]gate.Outcome{}, Findings: map[string][]gate.Finding{}, Warnings: s.Warnings,
	}
	note := func(name string, says gate.Verdict) {
		v.Outcomes[name] = says.Outcome
		for _, f := range says.Findings {
			f.Due, f.Wake, f.Delivery = time.Time{}, time.Time{}, "" // of the receipt
			v.Findings[name] = append(v.Findings[name], f)
		}
	}
	note("the Increment", s.HeadSays)
	for _, c := range s.Components {
		note(c.Name, c.Says)
	}
	for _, c := range s.Changes {
		note(c.Subject.Name, c.Says)
	}
	return v
}

// audit holds the log to the acknowledgements: each acknowledged delivery is in it once, and applied.
func (h *house) audit(kept map[string]int) {
	h.t.Helper()
	s, err := store.Open(h.t.Context(), h.settings.Store, time.Now)
	if err != nil {
		h.t.Fatal(err)
	}
	defer s.Close()
	times, results := map[string]int{}, map[gate.Result]int{}
	err = nexusgate.Log(h.t.Context(), s, func(e store.LogEntry) error {
		if e.Delivery != nil && e.Delivery.Source != gate.FromUs {
			times[string(e.Delivery.Source)+" "+e.Delivery.Key]++
			results[e.Result]++
		}
		return nil
	})
	if err != nil {
		h.t.Fatal(err)
	}
	for key := range kept {
		if times[key] != 1 {
			h.t.Errorf("the delivery %s was acknowledged, and is in the log %d times", key, times[key])
		}
	}
	if len(times) != len(kept) {
		h.t.Errorf("%d deliveries are in the log, where %d were acknowledged", len(times), len(kept))
	}
	if results[gate.Aside] > 0 || results[gate.Applied] < len(kept)/2 {
		h.t.Errorf("the results of the deliveries are %v", results)
	}
	h.t.Logf("results of the deliveries: %v", results)
}

// killing is one service after the other, each killed.
type killing struct {
	*house
	random *rand.Rand
	bag    *mailbag
	at     *address
	early  int // kills before the service was ready
}

// play posts all letters while services come and go. The last one lives until all are acknowledged,
// and is then asked to end.
func (k *killing) play() {
	k.t.Helper()
	ctx, stop := context.WithTimeout(k.t.Context(), k.patience)
	defer stop()
	posted := make(chan struct{})
	go func() {
		defer close(posted)
		postAll(ctx, k.bag, k.at, posters)
	}()
	for range kills {
		if k.random.IntN(5) == 0 {
			k.nipInTheBud(ctx)
		}
		victim := k.spawn(ctx)
		k.at.set(victim.ready())
		select {
		case <-k.bag.reached:
		case <-ctx.Done():
		}
		victim.kill()
		k.at.set("")
	}
	last := k.spawn(ctx)
	k.at.set(last.ready())
	<-posted
	if ctx.Err() != nil {
		k.t.Fatalf("the letters were not posted within %s", k.patience)
	}
	last.end()
}

// nipInTheBud kills a service while it starts.
func (k *killing) nipInTheBud(ctx context.Context) {
	k.t.Helper()
	k.early++
	victim := k.spawn(ctx)
	timer := time.NewTimer(time.Duration(k.random.IntN(100)) * time.Millisecond)
	defer timer.Stop()
	<-timer.C
	victim.kill()
}

// child is the service as a process.
type child struct {
	t   *testing.T
	cmd *exec.Cmd
	out *bufio.Reader
	err string // file of what it says on stderr
}

func (k *killing) spawn(ctx context.Context) *child {
	k.t.Helper()
	c := &child{t: k.t, err: filepath.Join(k.t.TempDir(), "stderr")}
	stderr, err := os.Create(c.err)
	if err != nil {
		k.t.Fatal(err)
	}
	defer stderr.Close()
	// TestMain puts this test binary into the PATH under the program's name.
	c.cmd = exec.CommandContext(ctx, "nexusgate", "serve", "--config", k.configFile, "--listen", "127.0.0.1:0", "--store", k.settings.Store)
	c.cmd.Stderr = stderr
	c.cmd.Env = os.Environ()
	for name, value := range k.env {
		c.cmd.Env = append(c.cmd.Env, name+"="+value)
	}
	stdout, err := c.cmd.StdoutPipe()
	if err != nil {
		k.t.Fatal(err)
	}
	c.out = bufio.NewReader(stdout)
	if err := c.cmd.Start(); err != nil {
		k.t.Fatal(err)
	}
	return c
}

// ready waits until the service says where it is.
func (c *child) ready() (root string) {
	c.t.Helper()
	line, err := c.out.ReadString('\n')
	_, root, found := strings.Cut(strings.TrimSpace(line), "pages at ")
	if err != nil || !found {
		c.t.Fatalf("the service says %q (%v) and\n%s", line, err, c.complaint())
	}
	return root
}

func (c *child) kill() {
	c.t.Helper()
	if err := c.cmd.Process.Kill(); err != nil {
		c.t.Fatalf("the service was gone before it was killed: %v\n%s", err, c.complaint())
	}
	if err := c.cmd.Wait(); err == nil || c.cmd.ProcessState.Exited() {
		c.t.Fatalf("the service ended by itself: %v\n%s", err, c.complaint())
	}
}

// end asks the service to end, which it does in good order.
func (c *child) end() {
	c.t.Helper()
	if err := c.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		c.t.Fatal(err)
	}
	if err := c.cmd.Wait(); err != nil {
		c.t.Fatalf("asked to end, the service says %v\n%s", err, c.complaint())
	}
}

func (c *child) complaint() string {
	text, err := os.ReadFile(c.err)
	if err != nil {
		return fmt.Sprint(err)
	}
	return string(text[max(0, len(text)-4000):])
}
