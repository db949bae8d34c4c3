package forgetest_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

func TestFaultsComeAndGo(t *testing.T) {
	lab := newGitLab(t)
	lab.AddProject("acme/web")
	server := httptest.NewServer(lab)
	t.Cleanup(server.Close)
	get := func() int {
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL+"/api/v4/projects/acme%2Fweb", nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("PRIVATE-TOKEN", lab.Token())
		answer, err := server.Client().Do(request)
		if err != nil {
			return 0
		}
		defer answer.Body.Close()
		return answer.StatusCode
	}
	expect := func(situation string, statuses ...int) {
		t.Helper()
		for i, want := range statuses {
			if got := get(); got != want {
				t.Errorf("%s: answer %d is %d, not %d", situation, i, got, want)
			}
		}
	}
	expect("sound", 200)
	lab.Fail("read_project", 503, nil, 2)
	lab.Fail("read_head", 500, nil, 0)
	expect("two failures", 503, 503, 200)
	lab.Down()
	expect("down", 0, 0)
	lab.Heal()
	expect("healed", 200)
	lab.DropAnswer("read_project", 1)
	before := lab.Requests()["read_project"]
	expect("a lost answer", 0, 200)
	if got := lab.Requests()["read_project"] - before; got < 2 {
		t.Errorf("a lost answer was served %d times", got)
	}
}
