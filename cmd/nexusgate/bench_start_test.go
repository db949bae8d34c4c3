package main_test

import (
	"bufio"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/gate/forge/forgetest"
)

// BenchmarkStart measures the binary as it is shipped: from the start of its process until /readyz
// answers 200, and the memory it has a moment after and when it has been idle for a while. "empty" is a
// service that was never started before, "kept" one with 5,000 applied deliveries in its store.
func BenchmarkStart(b *testing.B) {
	binary, size := built(b)
	for _, history := range []struct {
		name       string
		deliveries int
	}{{"empty", 0}, {"kept", 5000}} {
		b.Run(history.name, func(b *testing.B) {
			place, repos := sevenComponents(b)
			if history.deliveries > 0 {
				lived(b, place, repos, history.deliveries)
			}
			var ready time.Duration
			var sum weights
			for range b.N {
				at := place.settings.Store
				if history.deliveries == 0 {
					at = "sqlite:" + filepath.Join(b.TempDir(), "empty.db")
				}
				r, w := started(b, place, binary, at)
				ready, sum = ready+r, sum.plus(w)
			}
			tellStart(b, ready, sum, size)
		})
	}
}

// tellStart reports the means of what b.N starts took.
func tellStart(b *testing.B, ready time.Duration, sum weights, size float64) {
	n := float64(b.N)
	b.ReportMetric(float64(ready.Microseconds())/1000/n, "ready-ms")
	b.ReportMetric(sum.ready/n, "ready-rss-MB")
	b.ReportMetric(sum.idle/n, "idle-rss-MB")
	b.ReportMetric(sum.heap/n, "idle-heap-MB")
	b.ReportMetric(size, "binary-MB")
	b.ReportMetric(0, "ns/op") // of which the idling is the most
}

// built is the path and the size in MB of the binary, built as make build does.
func built(b *testing.B) (path string, size float64) {
	b.Helper()
	binary := filepath.Join(b.TempDir(), "nexusgate")
	build := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", binary, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		b.Fatalf("building: %v\n%s", err, out)
	}
	about, err := os.Stat(binary)
	if err != nil {
		b.Fatal(err)
	}
	return binary, float64(about.Size()) / 1e6
}

// lived fills the store: a service in this process takes so many check runs on the components' heads,
// applies them, and ends.
func lived(b *testing.B, place *workplace, repos []*forgetest.Repo, deliveries int) {
	b.Helper()
	server := place.open()
	settle(b, server, true)
	next := manyCheckRuns(b, place.hub, repos)
	all := make([]delivery, deliveries)
	for i := range all {
		all[i] = next()
	}
	drive(b, strings.TrimPrefix(server.HooksRoot(), "http://"), all)
	settle(b, server, false)
	place.end()
}

// weights are what a process has in memory, in MB: when it is ready, when it has been idle, and of that
// in its heap.
type weights struct {
	ready, idle, heap float64
}

func (w weights) plus(o weights) weights {
	return weights{w.ready + o.ready, w.idle + o.idle, w.heap + o.heap}
}

// idling is how long a service is left alone before it is weighed again. What Go's collector leaves to
// be returned after two idle minutes is still there.
const idling = 3 * time.Second

// started runs the binary until it is ready, weighs it, and ends it.
func started(b *testing.B, place *workplace, binary, at string) (ready time.Duration, w weights) {
	b.Helper()
	serve := exec.CommandContext(b.Context(), binary, "serve",
		"--config", place.settings.Configs[0], "--listen", "127.0.0.1:0", "--store", at)
	for _, name := range []string{"URL", "APP_ID", "PRIVATE_KEY_FILE", "WEBHOOK_SECRET"} {
		serve.Env = append(serve.Env, "NEXUSGATE_GITHUB_"+name+"="+place.settings.Getenv("NEXUSGATE_GITHUB_"+name))
	}
	serve.Stderr = os.Stderr
	out, err := serve.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	began := time.Now()
	if err := serve.Start(); err != nil {
		b.Fatal(err)
	}
	defer func() {
		_ = serve.Process.Signal(syscall.SIGTERM)
		if err := serve.Wait(); err != nil {
			b.Error("the service ended: ", err)
		}
	}()
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		b.Fatal("reading where the pages are: ", err)
	}
	root := line[strings.Index(line, "http://") : len(line)-1]
	for look := time.NewTicker(time.Millisecond); !isReady(root); <-look.C {
	}
	ready = time.Since(began)
	w.ready = resident(b, serve.Process.Pid)
	time.Sleep(idling)
	w.idle, w.heap = resident(b, serve.Process.Pid), heap(b, root)
	return ready, w
}

func isReady(root string) bool {
	answer, err := http.Get(root + "/readyz")
	if err != nil {
		return false
	}
	defer answer.Body.Close()
	return answer.StatusCode == http.StatusOK
}

// resident is VmRSS of a process, in MB.
func resident(b *testing.B, pid int) float64 {
	b.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		b.Fatal(err)
	}
	return number(b, `(?m)^VmRSS:\s+(\d+) kB$`, status) * 1024 / 1e6
}

// heap is what the service says of its own heap in use, in MB.
func heap(b *testing.B, root string) float64 {
	b.Helper()
	return number(b, `(?m)^go_memstats_heap_inuse_bytes (\S+)$`, []byte(scraped(b, root))) / 1e6
}

func number(b *testing.B, pattern string, text []byte) float64 {
	b.Helper()
	found := regexp.MustCompile(pattern).FindSubmatch(text)
	if found == nil {
		b.Fatalf("nothing matches %s", pattern)
	}
	n, err := strconv.ParseFloat(string(found[1]), 64)
	if err != nil {
		b.Fatal(err)
	}
	return n
}
