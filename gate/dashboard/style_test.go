package dashboard_test

import (
	"math"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/nexusgate/nexusgate/gate"
)

var token = regexp.MustCompile(`--([a-z-]+): #([0-9a-f]{6});`)

// schemes are the colours of the light and of the dark page.
func schemes(t *testing.T) map[string]map[string]string {
	t.Helper()
	css, err := os.ReadFile("assets/style.css")
	if err != nil {
		t.Fatal(err)
	}
	light, dark, found := strings.Cut(string(css), "prefers-color-scheme: dark")
	if !found {
		t.Fatal("there is no dark scheme")
	}
	found2 := make(map[string]map[string]string)
	for name, part := range map[string]string{"light": light, "dark": dark} {
		found2[name] = make(map[string]string)
		for _, m := range token.FindAllStringSubmatch(part, -1) {
			found2[name][m[1]] = m[2]
		}
	}
	return found2
}

// luminance and contrast are those of WCAG 2.2: https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio.
func luminance(hex string) float64 {
	sum := 0.0
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		n, _ := strconv.ParseUint(hex[2*i:2*i+2], 16, 8)
		c := float64(n) / 255
		if c <= 0.04045 {
			sum += weight * c / 12.92
		} else {
			sum += weight * math.Pow((c+0.055)/1.055, 2.4)
		}
	}
	return sum
}

func contrast(a, b string) float64 {
	l, m := luminance(a), luminance(b)
	return (max(l, m) + 0.05) / (min(l, m) + 0.05)
}

func TestInkHasEnoughContrastInBothSchemes(t *testing.T) {
	pairs := [][2]string{
		{"ink", "ground"},
		{"ink", "surface"},
		{"quiet", "ground"},
		{"quiet", "surface"},
		{"link", "ground"},
		{"link", "surface"},
		{"bar-ink", "bar"},
		{"focus", "ground"},
		{"focus", "surface"},
		{"done-ink", "surface"},
		{"not-done-ink", "surface"},
		{"awaiting-ink", "surface"},
		{"excepted-ink", "surface"},
	}
	for _, state := range []string{"done", "not-done", "awaiting", "excepted", "error", "untrusted", "empty", "stale", "missing"} {
		pairs = append(pairs, [2]string{state + "-ink", state + "-ground"})
	}
	for scheme, colours := range schemes(t) {
		for _, p := range pairs {
			if colours[p[0]] == "" || colours[p[1]] == "" {
				t.Errorf("%s: no colour %s or %s", scheme, p[0], p[1])
				continue
			}
			if c := contrast(colours[p[0]], colours[p[1]]); c < 4.5 {
				t.Errorf("%s: %s on %s is %.2f to 1", scheme, p[0], p[1], c)
			}
		}
	}
}

func TestEveryStateHasAStyle(t *testing.T) {
	css, err := os.ReadFile("assets/style.css")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range gate.FindingStates {
		if s != gate.Empty && !strings.Contains(string(css), ".state."+string(s)) { // empty is the plain one
			t.Errorf("%s has none", s)
		}
	}
}

func TestAssetsNameNoOtherHost(t *testing.T) {
	for _, name := range []string{"style.css", "script.js", "icon.svg"} {
		body, err := os.ReadFile("assets/" + name)
		if err != nil {
			t.Fatal(err)
		}
		rest := strings.ReplaceAll(string(body), "http://www.w3.org/2000/svg", "")
		if strings.Contains(rest, "://") || strings.Contains(rest, "@import") || strings.Contains(rest, "url(") {
			t.Errorf("%s does", name)
		}
	}
}
