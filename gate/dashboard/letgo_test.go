package dashboard_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/gate/dashboard"
)

func TestAVerdictThatWasLetGoIsSaidToBeGoneWithTheDay(t *testing.T) {
	o := options()
	o.LetGo = func(err error) (time.Time, bool) { return noon, errors.Is(err, errNowhere) }
	for _, path := range []string{"/verdicts/0123", "/api/v1/verdicts/0123"} {
		w := httptest.NewRecorder()
		dashboard.New(oneNexus(), o).ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		if w.Code != http.StatusGone || !strings.Contains(w.Body.String(), "let go on "+noon.Format("2 January 2006")) {
			t.Errorf("%s answers %d:\n%s", path, w.Code, w.Body)
		}
	}
}
