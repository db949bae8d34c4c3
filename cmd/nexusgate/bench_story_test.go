package main_test

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	nexusgate "github.com/nexusgate/nexusgate/cmd/nexusgate"
)

// BenchmarkForgeCalls plays the demo's story and tells what its two forges were asked, by the service's
// own metrics: for each delivery, and for each verdict, of which every one says something new. A call
// is a post or a read; how an App gets its tokens is counted too.
func BenchmarkForgeCalls(b *testing.B) {
	var sum tally
	for range b.N {
		sum = sum.plus(played(b))
	}
	n := float64(b.N)
	for name, value := range map[string]float64{
		"deliveries": sum.deliveries / n, "verdicts": sum.verdicts / n, "posts": sum.posts / n, "calls": sum.calls / n,
		"calls/delivery": sum.calls / sum.deliveries, "calls/verdict": sum.calls / sum.verdicts, "posts/verdict": sum.posts / sum.verdicts, "posts/delivery": sum.posts / sum.deliveries,
	} {
		b.ReportMetric(value, name)
	}
	b.ReportMetric(0, "ns/op") // the pace is the story's
}

// tally is what a story came to: deliveries that the forges brought, verdicts, posts to the forges, and
// all requests to them.
type tally struct {
	deliveries, verdicts, posts, calls float64
}

func (t tally) plus(o tally) tally {
	return tally{t.deliveries + o.deliveries, t.verdicts + o.verdicts, t.posts + o.posts, t.calls + o.calls}
}

// played runs the demo until its story is told and every report is taken.
func played(b *testing.B) tally {
	b.Helper()
	ctx, stop := context.WithTimeout(b.Context(), time.Minute)
	defer stop()
	lines, out := io.Pipe()
	ended := make(chan int, 1)
	go func() {
		ended <- nexusgate.Run(ctx, []string{"demo", "--listen", "127.0.0.1:0"}, strings.NewReader(""), out, os.Stderr, func(string) string { return "" })
		_ = out.Close()
	}()
	root, told := "", bufio.NewScanner(lines)
	for told.Scan() && !strings.Contains(told.Text(), "The teams go on") {
		if _, at, ok := strings.Cut(told.Text(), "See it at "); ok {
			root = at
		}
	}
	go func() { _, _ = io.Copy(io.Discard, lines) }() // what is still told
	for look := time.NewTicker(10 * time.Millisecond); ; <-look.C {
		page := scraped(b, root)
		if sumOf(page, "inbox_pending", "")+sumOf(page, "reports_owed", "") == 0 {
			stop()
			<-ended
			return tally{
				deliveries: sumOf(page, "deliveries_total", `result="kept"`), verdicts: sumOf(page, "verdicts_total", ""),
				posts: sumOf(page, "forge_requests_total", `operation="(create|update)_(check_run|status)"`),
				calls: sumOf(page, "forge_requests_total", ""),
			}
		}
	}
}

func scraped(b *testing.B, root string) string {
	b.Helper()
	answer, err := http.Get(root + "/metrics")
	if err != nil {
		b.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		b.Fatal(err)
	}
	return string(text)
}

// sumOf adds up the samples of a metric whose labels match.
func sumOf(page, name, labels string) float64 {
	sum := 0.0
	for _, found := range regexp.MustCompile(`(?m)^nexusgate_`+name+`(\{.*\})? (\S+)$`).FindAllStringSubmatch(page, -1) {
		if value, err := strconv.ParseFloat(found[2], 64); err == nil && regexp.MustCompile(labels).MatchString(found[1]) {
			sum += value
		}
	}
	return sum
}
