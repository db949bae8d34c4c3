package report_test

import (
	"errors"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/report"
)

var noRoom = regexp.MustCompile(`There is no room here for (\d+) more\.\*\* \[The page of the verdict has them all\.\]\(<https://gate\.example/verdicts/01JD9Y>\)`)

// crowd is a verdict with n findings whose every word is long and of many bytes.
func crowd(n int, state gate.FindingState) gate.Verdict {
	return valid(only(), func(v *gate.Verdict) {
		for range n {
			f := sample(state, 1)
			f.Why, f.Got, f.Fix = strings.Repeat("語 `|` ", 300), strings.Repeat("🙂|", 300), strings.Repeat("ü ", 500)
			v.Findings = append(v.Findings, f)
		}
	})
}

func TestMarkdownIsCutByWholeRowsAndSaysHowMany(t *testing.T) {
	for _, state := range []gate.FindingState{gate.Unmet, gate.Met} {
		for _, n := range []int{100, 1000} {
			md := report.Markdown(crowd(n, state), links)
			if len(md) > 65535 || len(md) < 50000 || !utf8.ValidString(md) {
				t.Errorf("%d findings %s: %d bytes, valid %v", n, state, len(md), utf8.ValidString(md))
			}
			shown := strings.Count(md, "| "+report.StateMark(state).Symbol)
			if m := noRoom.FindStringSubmatch(md); m == nil || m[1] != strconv.Itoa(n-shown) {
				t.Errorf("%d findings %s, %d shown: %q", n, state, shown, m)
			}
			if strings.Count(md, "<details>") != strings.Count(md, "</details>") {
				t.Errorf("%d findings %s: a fold is left open", n, state)
			}
		}
	}
}

func TestWhatHoldsBackIsKeptWhenRowsAreLeftOut(t *testing.T) {
	v := crowd(1000, gate.Met)
	v.Findings = append(v.Findings, sample(gate.Unmet, 1), sample(gate.Missing, 5))
	md := report.Markdown(v, links)
	for _, want := range []string{"✗ unmet", "? missing"} {
		if !strings.Contains(md, want) {
			t.Errorf("%q was left out", want)
		}
	}
}

func TestShortReportLeavesNothingOut(t *testing.T) {
	if md := report.Markdown(valid(), links); strings.Contains(md, "no room") {
		t.Errorf("something was left out of\n%s", md)
	}
}

func TestTextHasNoControlCharacters(t *testing.T) {
	for _, r := range text(t, valid(only(gate.Unmet, gate.Met), hostile)) {
		if r < ' ' && r != '\n' || r == '\u202e' || r == 0x7f {
			t.Errorf("control character %U", r)
		}
	}
}

type full struct{}

var errFull = errors.New("no space left")

func (full) Write([]byte) (int, error) { return 0, errFull }

func TestTextSaysThatItCouldNotBeWritten(t *testing.T) {
	if err := report.Text(full{}, valid()); !errors.Is(err, errFull) {
		t.Errorf("error %v", err)
	}
}
