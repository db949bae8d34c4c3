package main_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	main "github.com/nexusgate/nexusgate/cmd/nexusgate"
)

// asking asks a service that answers as it is told, and gives what was said of it, and what it was asked with.
func asking(t *testing.T, env map[string]string, answers ...func(http.ResponseWriter, *http.Request)) (said map[string]string, told string, asked []*http.Request, err error) {
	t.Helper()
	var mu sync.Mutex
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		asked = append(asked, r)
		answer := answers[min(len(asked), len(answers))-1]
		mu.Unlock()
		answer(w, r)
	}))
	defer service.Close()
	var terminal bytes.Buffer
	client, err := main.NewAPIClient(service.URL+"/", func(name string) string { return env[name] }, 20*time.Second, &terminal)
	if err != nil {
		t.Fatal(err)
	}
	err = client.Get(t.Context(), "/api/v1/manifest", &said)
	mu.Lock()
	defer mu.Unlock()
	return said, terminal.String(), asked, err
}

func answering(status int, header, text string) func(http.ResponseWriter, *http.Request) {
	return func(w http.ResponseWriter, _ *http.Request) {
		if name, value, some := strings.Cut(header, ": "); some {
			w.Header().Set(name, value)
		}
		w.WriteHeader(status)
		fmt.Fprint(w, text)
	}
}

func TestTheServiceIsAskedAgainWhileItCannotAnswer(t *testing.T) {
	said, told, asked, err := asking(t, nil,
		answering(503, "Content-Type: text/plain", "the store does not answer\n"),
		func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, // the connection breaks
		answering(429, "Retry-After: 1", `{"error":"too many at once"}`),
		answering(200, "", `{"a":"b"}`),
	)
	if err != nil || said["a"] != "b" || len(asked) != 4 {
		t.Errorf("after %d requests it says %v, %v", len(asked), said, err)
	}
	for _, want := range []string{"503: the store does not answer; trying again", "does not answer", "429: too many at once; trying again in 1s"} {
		if !strings.Contains(told, want) {
			t.Errorf("told is %q, want %q in it", told, want)
		}
	}
}

func TestWhatTheServiceRefusesIsSaidAndNotAskedAgain(t *testing.T) {
	for want, answer := range map[string]func(http.ResponseWriter, *http.Request){
		"403: the job is of another repository":    answering(403, "", `{"error":"the job is of another \u001b[2Jrepository"}`),
		"404: Not Found":                           answering(404, "Content-Type: text/html", "<html>"),
		"302: it is at https://login.example.com/": answering(302, "Location: https://login.example.com/", ""),
		"is it a nexusgate":                        answering(200, "", "<html>"),
		"has more than 8 MiB":                      answering(200, "", strings.Repeat(" ", 8<<20+1)),
	} {
		_, _, asked, err := asking(t, nil, answer)
		if err == nil || len(asked) != 1 || strings.Contains(err.Error(), "\x1b") || !strings.Contains(strings.ReplaceAll(err.Error(), "[2J", ""), want) {
			t.Errorf("after %d requests: %v; want %q", len(asked), err, want)
		}
	}
}

func TestWhoAsksForLongerThanItsPatienceIsToldSo(t *testing.T) {
	refusing := httptest.NewServer(http.HandlerFunc(answering(503, "Retry-After: 60", "")))
	defer refusing.Close()
	client, err := main.NewAPIClient(refusing.URL, func(string) string { return "" }, time.Second, &bytes.Buffer{})
	if err != nil {
		t.Fatal(err)
	}
	if err := client.Get(t.Context(), "/", nil); err == nil || !strings.Contains(err.Error(), "--patience") {
		t.Errorf("it says %v", err)
	}
}

func TestAJobBringsItsOwnToken(t *testing.T) {
	forge := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, `{"value":"%s for %s, %s"}`, r.URL.Query().Get("api-version"), r.URL.Query().Get("audience"), r.Header.Get("Authorization"))
	}))
	defer forge.Close()
	hub := map[string]string{"ACTIONS_ID_TOKEN_REQUEST_URL": forge.URL + "/token?api-version=2.0", "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "mine"}
	lab := map[string]string{"NEXUSGATE_ID_TOKEN": "lab's", "ACTIONS_ID_TOKEN_REQUEST_URL": "http://127.0.0.1:1"}
	given := map[string]string{"NEXUSGATE_TOKEN": "given", "NEXUSGATE_ID_TOKEN": "lab's"}
	for want, env := range map[string]map[string]string{"2.0 for http://": hub, "lab's": lab, "given": given, "": {}} {
		_, _, asked, err := asking(t, env, answering(200, "", "{}"))
		got, _ := strings.CutPrefix(asked[0].Header.Get("Authorization"), "Bearer ")
		if err != nil || !strings.HasPrefix(got, want) || want == "" && got != "" {
			t.Errorf("the token is %q (%v), want %q", got, err, want)
		}
		if strings.Contains(want, "2.0") && (strings.Contains(got, "/,") || !strings.HasSuffix(got, ", Bearer mine")) {
			t.Errorf("GitHub is asked for %q", got)
		}
	}
	forge.Config.Handler = http.HandlerFunc(answering(400, "", "no audience"))
	if _, _, asked, err := asking(t, hub, answering(200, "", "{}")); err == nil || len(asked) != 0 || !strings.Contains(err.Error(), "asking GitHub for the job's token: it answers 400") {
		t.Errorf("without a token the service is asked %d times: %v", len(asked), err)
	}
}

func TestATokenGoesNowhereThatOthersMayRead(t *testing.T) {
	for _, address := range []string{"", "http://done.example.com", "done.example.com", "https://done.example.com/?a=b", "ftp://done.example.com"} {
		if _, err := main.NewAPIClient(address, func(string) string { return "" }, time.Second, nil); err == nil || !strings.Contains(err.Error(), "--url") {
			t.Errorf("%q: %v, want the flag named", address, err)
		}
	}
	if _, err := main.NewAPIClient("https://done.example.com/gate/", func(string) string { return "" }, time.Second, nil); err != nil {
		t.Error(err)
	}
}
