package dashboard_test

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"golang.org/x/net/html"

	"github.com/nexusgate/nexusgate/gate/dashboard"
)

// loaded are the addresses of all that any page loads.
func loaded(t *testing.T) map[string]bool {
	t.Helper()
	found := make(map[string]bool)
	for _, page := range everyPage(t) {
		for _, n := range elements(page, "script", "link", "img") {
			found[attr(n, "src")+attr(n, "href")] = true
		}
	}
	return found
}

// packed is an asset as a browser gets it.
func packed(t *testing.T, address string) *httptest.ResponseRecorder {
	t.Helper()
	w, r := httptest.NewRecorder(), httptest.NewRequest("GET", address, nil)
	r.Header.Set("Accept-Encoding", "gzip, br")
	dashboard.New(oneNexus(), options()).ServeHTTP(w, r)
	return w
}

func TestAllThatPagesLoadIsLittle(t *testing.T) {
	const most = 100 << 10
	sum := 0
	for address := range loaded(t) {
		sum += packed(t, address).Body.Len()
	}
	if sum == 0 || sum > most {
		t.Errorf("all assets together are %d bytes compressed, want at most %d", sum, most)
	}
}

func TestAnAssetIsTheSameCompressed(t *testing.T) {
	for address := range loaded(t) {
		w := packed(t, address)
		if w.Header().Get("Content-Encoding") != "gzip" || w.Header().Get("Vary") != "Accept-Encoding" {
			t.Errorf("%s is not compressed: %v", address, w.Header())
			continue
		}
		unpacked, err := gzip.NewReader(w.Body)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(unpacked)
		if plain := get(t, oneNexus(), address).Body.Bytes(); err != nil || !bytes.Equal(got, plain) {
			t.Errorf("%s unpacks to %d bytes and is %d: %v", address, len(got), len(plain), err)
		}
	}
}

func TestWhatOthersWroteIsAsTheyPublishedIt(t *testing.T) {
	notes, err := os.ReadFile("assets/THIRD_PARTY.txt")
	if err != nil {
		t.Fatal(err)
	}
	told := regexp.MustCompile(`(?m)^([a-z.]+): .*\nsha256 ([0-9a-f]{64})$`).FindAllStringSubmatch(string(notes), -1)
	if len(told) != 3 {
		t.Fatalf("the notes tell of %d files", len(told))
	}
	for _, m := range told {
		body, err := os.ReadFile(filepath.Join("assets", m[1]))
		if err != nil {
			t.Fatal(err)
		}
		if sum := sha256.Sum256(body); hex.EncodeToString(sum[:]) != m[2] {
			t.Errorf("%s is not what the notes tell of", m[1])
		}
	}
	page, err := html.Parse(get(t, oneNexus(), "/").Body)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range elements(page, "a") {
		if text(a) == "work of others" && bytes.Equal(get(t, oneNexus(), attr(a, "href")).Body.Bytes(), notes) {
			return
		}
	}
	t.Error("no page leads to the notes")
}
