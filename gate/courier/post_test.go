package courier_test

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/cloudevents/sdk-go/v2/binding"
	cehttp "github.com/cloudevents/sdk-go/v2/protocol/http"

	"github.com/nexusgate/nexusgate/gate/courier"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// receiver is an HTTP server that takes what is posted to it, and answers as it is told to.
func receiver(t *testing.T, answer http.HandlerFunc) (address string, c *courier.Courier) {
	t.Helper()
	server := httptest.NewUnstartedServer(answer)
	server.Config.ErrorLog = log.New(t.Output(), "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	return server.URL + "/services/T0/B0/secret", courier.New(courier.Options{Roots: roots})
}

func TestAParcelIsPosted(t *testing.T) {
	var got, kind, token string
	address, c := receiver(t, func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		got, kind, token = string(body), r.Header.Get("Content-Type"), r.Header.Get("Authorization")
	})
	if err := c.Post(t.Context(), address, courier.Parcel{Type: "application/json", Body: []byte(`{"text":"x"}`), Token: "t"}); err != nil {
		t.Fatal(err)
	}
	if got != `{"text":"x"}` || kind != "application/json" || token != "Bearer t" {
		t.Errorf("it got %q as %q with %q", got, kind, token)
	}
}

// The official library of CloudEvents takes the event for a sound one.
func TestAnEventIsTakenByTheLibraryOfCloudEvents(t *testing.T) {
	var told struct {
		ID, Source, Type, Subject string
		Time                      time.Time
		Data                      map[string]string
	}
	address, c := receiver(t, func(_ http.ResponseWriter, r *http.Request) {
		message := cehttp.NewMessageFromHttpRequest(r)
		if message.ReadEncoding() != binding.EncodingStructured {
			t.Errorf("it comes in the encoding %v", message.ReadEncoding())
		}
		e, err := binding.ToEvent(context.Background(), message)
		if err != nil {
			t.Error(err)
			return
		}
		if err := e.Validate(); err != nil || e.SpecVersion() != "1.0" {
			t.Errorf("of version %s: %v", e.SpecVersion(), err)
		}
		told.ID, told.Source, told.Type, told.Subject, told.Time = e.ID(), e.Source(), e.Type(), e.Subject(), e.Time()
		if err := e.DataAs(&told.Data); err != nil {
			t.Error(err)
		}
	})
	sent := courier.Event{
		ID: "storefront/daily/1", Source: "https://done.example.com/nexus/storefront", Type: "com.github.nexusgate.brief.daily",
		Subject: "daily", Time: noon, Data: json.RawMessage(`{"title":"Daily"}`),
	}
	if err := c.Event(t.Context(), address, "", sent); err != nil {
		t.Fatal(err)
	}
	if told.ID != sent.ID || told.Source != sent.Source || told.Type != sent.Type || told.Subject != sent.Subject || !told.Time.Equal(noon) || told.Data["title"] != "Daily" {
		t.Errorf("it is told %+v", told)
	}
}

func TestAnAnswerSaysWhetherToTryAgain(t *testing.T) {
	for _, c := range []struct {
		code        int
		after, body string
		refused     bool
		wait        time.Duration
		says        string
	}{
		{200, "", "ok", false, 0, ""},
		{202, "", "", false, 0, ""},
		{302, "", "", false, 15 * time.Minute, "not followed"},
		{400, "", "invalid_blocks", true, 0, "HTTP 400 (invalid_blocks)"},
		{401, "", "", false, 15 * time.Minute, "token"},
		{403, "", "action_prohibited", false, 15 * time.Minute, "action_prohibited"},
		{404, "", "no_service", true, 0, "no_service"},
		{410, "", "channel_is_archived", true, 0, "channel_is_archived"},
		{413, "", "https://secret", true, 0, "HTTP 413"},
		{429, "30", "", false, 30 * time.Second, "left alone"},
		{429, "999999999999", "", false, time.Hour, "left alone"},
		{429, "99999999", "", false, time.Hour, "left alone"},
		{429, "-1", "", false, 0, "HTTP 429"},
		{500, "", "", false, 0, "HTTP 500"},
		{503, "120", "", false, 2 * time.Minute, "left alone"},
	} {
		address, sends := receiver(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", c.after)
			w.Header().Set("Location", "https://elsewhere.example.com/")
			w.WriteHeader(c.code)
			_, _ = w.Write([]byte(c.body))
		})
		err := sends.Post(t.Context(), address, courier.Parcel{})
		refused, isRefused := errors.AsType[*courier.Refused](err)
		later, isLater := errors.AsType[*courier.Later](err)
		if (err == nil) != (c.says == "") || isRefused != c.refused || isLater != (c.wait > 0) || isLater && later.Wait != c.wait {
			t.Errorf("%d %q: %v (refused %v, later %v)", c.code, c.body, err, refused, later)
		}
		if err != nil && !strings.Contains(err.Error(), c.says) {
			t.Errorf("%d %q: %v", c.code, c.body, err)
		}
		tellsNothing(t, err)
	}
}

func TestARedirectIsNotFollowed(t *testing.T) {
	followed := false
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { followed = true }))
	t.Cleanup(elsewhere.Close)
	address, c := receiver(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, elsewhere.URL, http.StatusTemporaryRedirect)
	})
	if err := c.Post(t.Context(), address, courier.Parcel{}); err == nil || followed {
		t.Errorf("it was followed (%v): %v", followed, err)
	}
}

func TestWhatIsNotReachedTellsNothingOfTheAddress(t *testing.T) {
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	address, _ := receiver(t, func(http.ResponseWriter, *http.Request) {})
	hanging := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // so that the server sees the caller leave
		<-r.Context().Done()
	}))
	t.Cleanup(hanging.Close)
	broken := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
	t.Cleanup(broken.Close)
	quick := courier.New(courier.Options{Timeout: 100 * time.Millisecond})
	for says, to := range map[string]string{
		"refuses":  gone.URL + "/services/secret",
		"nobody":   "https://secret.invalid/services/secret",
		"believed": address,
		"in time":  hanging.URL + "/services/secret",
		"broke":    broken.URL + "/services/secret",
	} {
		c := courier.New(courier.Options{})
		if says == "in time" {
			c = quick
		}
		err := c.Post(t.Context(), to, courier.Parcel{})
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v", says, err)
		}
		tellsNothing(t, err)
	}
}

// tellsNothing holds that an error does not tell the address.
func tellsNothing(t *testing.T, err error) {
	t.Helper()
	if err != nil && (strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), "127.0.0.1")) {
		t.Errorf("the error tells the address: %v", err)
	}
}

func TestAnAddressIsOfHTTPSOrOfThisMachine(t *testing.T) {
	for _, address := range []string{"https://hooks.example.com/services/a?b=c", "http://127.0.0.1:1/x", "http://[::1]:1/x", "http://localhost:8065/hooks/x"} {
		if err := courier.CheckAddress(address); err != nil {
			t.Errorf("%s: %v", address, err)
		}
	}
	for _, address := range []string{
		"", "secret", "http://secret.example.com/x", "http://127.0.0.1.secret.example.com/", "ftp://secret", "https://", "https:secret", "https://u:secret@example.com/",
		"https://example.com/#secret", "http://10.0.0.1/secret", "://secret", "https://sec\x7fret/",
	} {
		err := courier.CheckAddress(address)
		if err == nil {
			t.Errorf("%q is an address", address)
		}
		tellsNothing(t, err)
	}
}

func TestALongAnswerIsNotReadToItsEnd(t *testing.T) {
	address, c := receiver(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusBadRequest)
		_, _ = w.Write(bytes.Repeat([]byte("secret "), 1<<20))
	})
	tellsNothing(t, c.Post(t.Context(), address, courier.Parcel{}))
}
