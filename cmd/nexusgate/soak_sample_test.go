package main_test

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"
)

// soakSample is what the service takes of the machine, and how far it has come. MB are 10^6 bytes.
type soakSample struct {
	At         time.Time
	Rate       float64 // deliveries a second since the one before
	Refused    float64 // of them, that were not answered 202
	AnswerP99  float64 // ms
	RSS        float64 // MB
	Heap       float64 // MB that the service's heap holds, garbage included
	Live       float64 // MB that were no garbage when it was last collected: half of what the next one waits for
	Goroutines float64
	Files      float64 // open descriptors
	Store      float64 // MB of the database and of its log
	Pending    float64 // deliveries in the inbox
	Lag        float64 // s that the inbox is long, at the rate
	Owed       float64 // reports
	CPU        float64 // s of processor time, over the life of the process
}

// columns are the names of a sample's, and values its numbers in their order.
var soakColumns = []string{
	"at", "rate", "refused", "answer_p99_ms", "rss_mb", "heap_mb", "live_mb", "goroutines", "files", "store_mb", "pending", "lag_s", "owed", "cpu_s",
}

func (s soakSample) values() []float64 {
	return []float64{s.Rate, s.Refused, s.AnswerP99, s.RSS, s.Heap, s.Live, s.Goroutines, s.Files, s.Store, s.Pending, s.Lag, s.Owed, s.CPU}
}

// sample takes one.
func (s *soak) sample() soakSample {
	s.b.Helper()
	pid := s.served.cmd.Process.Pid
	page := scraped(s.b, s.served.root)
	taken, refused := s.forges.way.since()
	slices.Sort(taken)
	now := soakSample{
		At: time.Now(), Rate: float64(len(taken)) / soakEvery.Seconds(), Refused: float64(refused),
		RSS: resident(s.b, pid), Heap: number(s.b, `(?m)^go_memstats_heap_inuse_bytes (\S+)$`, []byte(page)) / 1e6,
		Live:       number(s.b, `(?m)^go_memstats_next_gc_bytes (\S+)$`, []byte(page)) / 2e6,
		Goroutines: number(s.b, `(?m)^go_goroutines (\S+)$`, []byte(page)), Files: number(s.b, `(?m)^process_open_fds (\S+)$`, []byte(page)),
		CPU:     number(s.b, `(?m)^process_cpu_seconds_total (\S+)$`, []byte(page)),
		Pending: sumOf(page, "inbox_pending", ""), Owed: sumOf(page, "reports_owed", ""),
	}
	if len(taken) > 0 {
		now.AnswerP99 = float64(taken[len(taken)*99/100].Microseconds()) / 1000
	}
	now.Lag = now.Pending / max(1, now.Rate)
	for _, suffix := range []string{"", "-wal"} {
		if about, err := os.Stat(s.db() + suffix); err == nil {
			now.Store += float64(about.Size()) / 1e6
		}
	}
	return now
}

// soakSamples are all of a soak, over its runs, and the file that they are in.
type soakSamples struct {
	file string
	all  []soakSample
}

func openSoakSamples(b *testing.B, file string) *soakSamples {
	b.Helper()
	s := &soakSamples{file: file}
	f, err := os.Open(file)
	if errors.Is(err, fs.ErrNotExist) {
		s.write(b, soakColumns)
		return s
	}
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		b.Fatalf("%s: %v; remove it to begin anew", file, err)
	}
	for _, row := range rows[1:] {
		s.all = append(s.all, parseSoakSample(b, row))
	}
	return s
}

func parseSoakSample(b *testing.B, row []string) (s soakSample) {
	b.Helper()
	var err error
	if s.At, err = time.Parse(time.RFC3339, row[0]); err != nil {
		b.Fatal(err)
	}
	for i, to := range []*float64{
		&s.Rate, &s.Refused, &s.AnswerP99, &s.RSS, &s.Heap, &s.Live, &s.Goroutines, &s.Files, &s.Store, &s.Pending, &s.Lag, &s.Owed, &s.CPU,
	} {
		if *to, err = strconv.ParseFloat(row[i+1], 64); err != nil {
			b.Fatal(err)
		}
	}
	return s
}

func (s *soakSamples) add(b *testing.B, one soakSample) {
	b.Helper()
	s.all = append(s.all, one)
	row := []string{one.At.UTC().Format(time.RFC3339)}
	for _, v := range one.values() {
		row = append(row, strconv.FormatFloat(math.Round(v*100)/100, 'f', -1, 64))
	}
	s.write(b, row)
}

func (s *soakSamples) write(b *testing.B, row []string) {
	b.Helper()
	f, err := os.OpenFile(s.file, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	w := csv.NewWriter(f)
	if err := w.Write(row); err != nil {
		b.Fatal(err)
	}
	if w.Flush(); w.Error() != nil {
		b.Fatal(w.Error())
	}
}

// lasted is how long the soak was at work, over all its runs.
func (s *soakSamples) lasted() time.Duration { return time.Duration(len(s.all)) * soakEvery }

// tell reports how what the service takes went on after the warm-up.
func (s *soak) tell() {
	s.b.Helper()
	all := s.csv.all
	warm := min(int(soakWarm/soakEvery), len(all)/2)
	if all = all[warm:]; len(all) < 3 {
		return // too few for a slope
	}
	for i, name := range soakColumns[1:] {
		var values []float64
		for _, one := range all {
			values = append(values, one.values()[i])
		}
		line := regressed(values, soakEvery)
		s.b.ReportMetric(line.mean, name)
		if name == "rss_mb" || name == "heap_mb" || name == "live_mb" || name == "store_mb" || name == "goroutines" || name == "files" {
			s.b.ReportMetric(100*line.slope/line.mean, name+"-%/h")
		}
		fmt.Printf("soak: %-14s mean %10.1f  least %10.1f  most %10.1f  slope %+9.2f an hour (95 %%: %+.2f to %+.2f)\n",
			name, line.mean, slices.Min(values), slices.Max(values), line.slope, line.slope-line.bound, line.slope+line.bound)
	}
	s.b.Logf("after %s of warm-up, %d samples in %d runs: %s", time.Duration(warm)*soakEvery, len(all), s.began.Runs, s.csv.file)
}

// line is a straight one through samples: what they are on average, and how they go on.
type line struct{ mean, slope, bound float64 }

// regressed lays it by least squares. One sample is much like the next, so the bounds are of the means of
// six: https://en.wikipedia.org/wiki/Simple_linear_regression#Confidence_intervals
func regressed(values []float64, every time.Duration) (l line) {
	const block = 6
	if len(values) >= 5*block {
		var means []float64
		for some := range slices.Chunk(values[len(values)%block:], block) {
			means = append(means, mean(some))
		}
		values, every = means, block*every
	}
	l.mean = mean(values)
	n, middle, step := float64(len(values)), float64(len(values)-1)/2, every.Hours()
	var across, both float64
	for i, v := range values {
		x := (float64(i) - middle) * step
		across, both = across+x*x, both+x*(v-l.mean)
	}
	l.slope = both / across
	var off float64
	for i, v := range values {
		rest := v - l.mean - l.slope*(float64(i)-middle)*step
		off += rest * rest
	}
	l.bound = 2.1 * math.Sqrt(off/(n-2)/across) // Student's t for some twenty
	return l
}

func mean(values []float64) (m float64) {
	for _, v := range values {
		m += v / float64(len(values))
	}
	return m
}
