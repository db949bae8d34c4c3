package login_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/gate/login"
)

const apiToken = "a-token-for-programs-that-is-long"

// site is guarded pages behind one address, by several replicas in turn.
type site struct {
	*httptest.Server
	t       *testing.T
	turn    atomic.Int64
	ahead   atomic.Int64 // of the replicas' clocks, in seconds
	guarded []http.Handler
}

func options(p *provider, root string) login.Options {
	return login.Options{
		Issuer: p.URL, ClientID: clientID, Secret: clientSecret, Root: root, Allow: []string{"@example.com"},
		Tokens: []string{apiToken}, Now: time.Now, Log: slog.New(slog.DiscardHandler),
	}
}

func newSite(t *testing.T, p *provider, change ...func(*login.Options)) *site {
	t.Helper()
	s := &site{t: t}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.guarded[int(s.turn.Add(1))%len(s.guarded)].ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	for range 3 {
		o := options(p, s.URL)
		o.Now = func() time.Time { return time.Now().Add(time.Duration(s.ahead.Load()) * time.Second) }
		for _, c := range change {
			c(&o)
		}
		l, err := login.New(o)
		if err != nil {
			t.Fatal(err)
		}
		mux := http.NewServeMux()
		l.Handle(mux)
		mux.Handle("/", l.Guard(private(l)))
		s.guarded = append(s.guarded, mux)
	}
	return s
}

// private are the pages, of which some tell of who looks at them.
func private(l *login.Login) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		says := "private: " + r.URL.RequestURI()
		switch r.URL.Path {
		case "/who":
			says = l.Who(r)
		case "/form":
			says = l.Token(r)
		case "/sent":
			says = strconv.FormatBool(l.Sent(r))
		}
		_, _ = io.WriteString(w, says)
	})
}

// browser keeps cookies, and follows where it is sent.
func browser(t *testing.T) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &http.Client{Jar: jar}
}

// look opens a page as a browser does.
func look(t *testing.T, b *http.Client, address string, header ...string) (status int, body string, at *url.URL) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept", "text/html,*/*")
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	answer, err := b.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(text), answer.Request.URL
}

// stay is a browser that goes nowhere by itself.
func stay(b *http.Client) *http.Client {
	still := *b
	still.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &still
}

func TestWhoLogsInComesToWhereTheyWereGoing(t *testing.T) {
	s := newSite(t, newProvider(t))
	b := browser(t)
	for _, page := range []string{"/nexus/shop?x=1&y=%2F", "/verdicts/5f0c"} {
		if status, body, at := look(t, b, s.URL+page); status != http.StatusOK || body != "private: "+page || at.RequestURI() != page {
			t.Errorf("%s answers %d at %s: %s", page, status, at, body)
		}
	}
}

// Each request goes to another replica than the one before, and none of them keeps anything.
func TestAnyReplicaTakesUpWhatAnotherBegan(t *testing.T) {
	p := newProvider(t)
	s := newSite(t, p)
	b := browser(t)
	for range 7 {
		if status, body, _ := look(t, b, s.URL+"/"); status != http.StatusOK || body != "private: /" {
			t.Fatalf("it answers %d: %s", status, body)
		}
	}
	if p.exchanges != 1 {
		t.Errorf("the issuer was asked for %d tokens, want one login", p.exchanges)
	}
}

func TestATokenThatIsNotRightLetsNobodyIn(t *testing.T) {
	for name, spoil := range map[string]func(p *provider){
		"for another client":         func(p *provider) { p.says(map[string]any{"aud": "another"}) },
		"of another issuer":          func(p *provider) { p.says(map[string]any{"iss": "https://login.example.org"}) },
		"for another login":          func(p *provider) { p.says(map[string]any{"nonce": "another"}) },
		"for no login":               func(p *provider) { p.says(map[string]any{"nonce": nil}) },
		"that has expired":           func(p *provider) { p.says(map[string]any{"exp": time.Now().Add(-time.Hour).Unix()}) },
		"that never expires":         func(p *provider) { p.says(map[string]any{"exp": nil}) },
		"signed by nobody":           func(p *provider) { p.unsigned = true; p.header["alg"] = "none" },
		"with its signature gone":    func(p *provider) { p.unsigned = true },
		"that says a secret signed":  func(p *provider) { p.header["alg"] = "HS256" },
		"by a key nobody knows":      func(p *provider) { p.header["kid"] = "another" },
		"of somebody else's address": func(p *provider) { p.says(map[string]any{"email": "eve@example.org"}) },
		"of an unproven address":     func(p *provider) { p.says(map[string]any{"email_verified": false}) },
		"of an address by suffix":    func(p *provider) { p.says(map[string]any{"email": "eve@evil-example.com"}) },
		"of no address":              func(p *provider) { p.says(map[string]any{"email": nil}) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newProvider(t)
			s := newSite(t, p)
			spoil(p)
			b := browser(t)
			status, body, at := look(t, b, s.URL+"/nexus/shop")
			if status != http.StatusUnauthorized && status != http.StatusForbidden || strings.Contains(body, "private") || at.Path != "/login/callback" {
				t.Errorf("it answers %d at %s: %s", status, at.Path, body)
			}
			if status, body, _ := look(t, stay(b), s.URL+"/nexus/shop"); status != http.StatusFound || strings.Contains(body, "private") {
				t.Errorf("afterwards the page answers %d: %s", status, body)
			}
		})
	}
}

func TestAnIssuerMayChangeItsKeys(t *testing.T) {
	p := newProvider(t)
	s := newSite(t, p)
	if status, _, _ := look(t, browser(t), s.URL+"/"); status != http.StatusOK {
		t.Fatalf("the first login answers %d", status)
	}
	p.rotate("second")
	if status, _, _ := look(t, browser(t), s.URL+"/"); status != http.StatusOK {
		t.Errorf("after a change of keys a login answers %d", status)
	}
}

func TestAnAnswerToNobodysQuestionIsRefused(t *testing.T) {
	p := newProvider(t)
	s := newSite(t, p)
	victim, attacker := browser(t), browser(t)
	// The attacker goes to the issuer and stops on the way back, with a code that is good.
	sent := func(b *http.Client) *url.URL {
		r, err := stay(b).Get(s.URL + "/login")
		if err != nil {
			t.Fatal(err)
		}
		defer r.Body.Close()
		back, err := stay(b).Get(r.Header.Get("Location"))
		if err != nil {
			t.Fatal(err)
		}
		defer back.Body.Close()
		at, err := url.Parse(back.Header.Get("Location"))
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	forged := sent(attacker)
	if status, body, _ := look(t, victim, forged.String()); status != http.StatusUnauthorized || strings.Contains(body, "private") {
		t.Errorf("a victim without a login of their own is answered %d: %s", status, body)
	}
	sent(victim)
	if status, _, _ := look(t, victim, forged.String()); status != http.StatusUnauthorized {
		t.Errorf("a victim amid a login of their own is answered %d", status)
	}
	if p.exchanges != 0 {
		t.Error("the issuer was asked for a token all the same")
	}
	mine := sent(attacker)
	if status, _, _ := look(t, stay(attacker), mine.String()); status != http.StatusFound {
		t.Errorf("one's own answer is answered %d", status)
	}
	if status, _, _ := look(t, stay(attacker), mine.String()); status != http.StatusUnauthorized {
		t.Errorf("the same answer a second time is answered %d", status)
	}
	for _, query := range []string{"", "?error=access_denied&error_description=%3Cscript%3E", "?code=x", "?state=&code=x"} {
		if status, body, _ := look(t, browser(t), s.URL+"/login/callback"+query); status != http.StatusUnauthorized || strings.Contains(body, "script") {
			t.Errorf("%s answers %d: %s", query, status, body)
		}
	}
}

func TestNobodyIsSentElsewhereAfterALogin(t *testing.T) {
	s := newSite(t, newProvider(t))
	for to, want := range map[string]string{
		"/nexus/shop?a=b": "/nexus/shop?a=b", "": "/", "//evil.example": "/", "/\\evil.example": "/", "https://evil.example/": "/",
		"/\t/evil.example": "/", "\\\\evil.example": "/", "javascript:alert(1)": "/", "/%2F/evil.example": "/", "evil.example": "/",
		"/%0d%0aSet-Cookie:x=y": "/%0d%0aSet-Cookie:x=y", "/login": "/", "/login/callback": "/", "/logout": "/", "///evil.example": "/",
	} {
		_, _, at := look(t, browser(t), s.URL+"/login?to="+url.QueryEscape(to))
		if at.Host != strings.TrimPrefix(s.URL, "http://") || at.RequestURI() != want {
			t.Errorf("%q ends at %s, want %s", to, at, want)
		}
	}
}

func TestASessionEndsByItsTimeByItsBrowserAndByTheSecret(t *testing.T) {
	p := newProvider(t)
	s := newSite(t, p)
	b := browser(t)
	in := func(b *http.Client) bool {
		status, _, _ := look(t, stay(b), s.URL+"/")
		return status == http.StatusOK
	}
	look(t, b, s.URL+"/")
	s.ahead.Store(int64(login.Session/time.Second) - 60)
	if !in(b) {
		t.Error("a session ends before its time")
	}
	s.ahead.Store(int64(login.Session/time.Second) + 1)
	if in(b) {
		t.Error("a session goes on after its time")
	}
	s.ahead.Store(0)

	other := newSite(t, p, func(o *login.Options) { o.Secret = "another-secret-of-the-client" })
	if status, _, _ := look(t, stay(b), other.URL+"/"); status != http.StatusFound {
		t.Errorf("a session under another secret answers %d", status)
	}
	if status, _, _ := look(t, b, s.URL+"/logout", "Sec-Fetch-Site", "cross-site"); status != http.StatusForbidden || !in(b) {
		t.Errorf("another site's logout answers %d", status)
	}
	if status, _, _ := look(t, b, s.URL+"/logout"); status != http.StatusOK || in(b) {
		t.Errorf("a logout answers %d, and one is in: %v", status, in(b))
	}
}

func TestACookieIsForOnePurposeAndOfOneMaker(t *testing.T) {
	s := newSite(t, newProvider(t))
	r, err := stay(browser(t)).Get(s.URL + "/login")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	errand := r.Cookies()[0]
	if !errand.HttpOnly || errand.SameSite != http.SameSiteLaxMode || errand.Secure || errand.MaxAge <= 0 {
		t.Errorf("the cookie of a login is %v", errand)
	}
	for name, value := range map[string]string{
		"that of the login": errand.Value, "nothing": "", "no base64": "{}", "too short": "AAAA",
		"altered": errand.Value[:len(errand.Value)-2] + "AA",
	} {
		if status, _, _ := look(t, stay(http.DefaultClient), s.URL+"/", "Cookie", "nexusgate="+value); status != http.StatusFound {
			t.Errorf("%s as the cookie of a session answers %d", name, status)
		}
	}
}

func TestBehindHTTPSCookiesAreForThisHostAlone(t *testing.T) {
	p := newProvider(t)
	l, err := login.New(options(p, "https://done.example.com"))
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	l.Handle(mux)
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/login", nil))
	c := w.Result().Cookies()[0]
	if !c.Secure || c.Path != "/" || c.Domain != "" || !strings.HasPrefix(c.Name, "__Host-") {
		t.Errorf("the cookie is %v", c)
	}
	if to := w.Header().Get("Location"); !strings.Contains(to, "redirect_uri="+url.QueryEscape("https://done.example.com/login/callback")) {
		t.Errorf("it sends to %s", to)
	}
}

func TestAProgramBringsATokenToTheAPIAlone(t *testing.T) {
	s := newSite(t, newProvider(t))
	for _, c := range []struct {
		path, authorization string
		want                int
	}{
		{"/api/v1/nexus/shop/increments/head", "Bearer " + apiToken, 200},
		{"/api/v1/nexus/shop/increments/head", "Bearer " + apiToken + "x", 401},
		{"/api/v1/nexus/shop/increments/head", "Bearer ", 401},
		{"/api/v1/nexus/shop/increments/head", "Basic " + apiToken, 401},
		{"/api/v1/nexus/shop/increments/head", "", 401},
		{"/nexus/shop", "Bearer " + apiToken, 401},
		{"/events", "", 401},
	} {
		if status, body, _ := look(t, stay(http.DefaultClient), s.URL+c.path, "Accept", "application/json", "Authorization", c.authorization); status != c.want {
			t.Errorf("%s with %q answers %d: %s", c.path, c.authorization, status, body)
		}
	}
}

func TestWhoIsLetInIsSaidInRules(t *testing.T) {
	for name, c := range map[string]struct {
		allow []string
		want  bool
	}{
		"an address": {[]string{"Ana@Example.com"}, true}, "another address": {[]string{"bo@example.com"}, false},
		"a domain": {[]string{"@EXAMPLE.com"}, true}, "a longer domain": {[]string{"@mail.example.com"}, false},
		"a group": {[]string{"group:nexus"}, true}, "another group": {[]string{"group:nex"}, false},
		"a subject": {[]string{"sub:1234"}, true}, "another subject": {[]string{"sub:123"}, false},
		"everybody": {[]string{"*"}, true}, "one of several": {[]string{"bo@example.com", "group:nexus"}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, newProvider(t), func(o *login.Options) { o.Allow = c.allow })
			if status, _, _ := look(t, browser(t), s.URL+"/"); (status == http.StatusOK) != c.want {
				t.Errorf("it answers %d", status)
			}
		})
	}
}

func TestWhatCannotBeTrustedIsRefusedAtTheStart(t *testing.T) {
	for name, change := range map[string]func(o *login.Options){
		"nobody is let in":            func(o *login.Options) { o.Allow = nil },
		"a rule of nobody":            func(o *login.Options) { o.Allow = []string{"ana"} },
		"an empty rule":               func(o *login.Options) { o.Allow = []string{""} },
		"an empty group":              func(o *login.Options) { o.Allow = []string{"group:"} },
		"a secret that is guessed":    func(o *login.Options) { o.Secret = "secret" },
		"no client":                   func(o *login.Options) { o.ClientID = "" },
		"an issuer over plain http":   func(o *login.Options) { o.Issuer = "http://login.example.com" },
		"an issuer with a password":   func(o *login.Options) { o.Issuer = "https://a:b@login.example.com" },
		"no issuer":                   func(o *login.Options) { o.Issuer = "" },
		"no address of the pages":     func(o *login.Options) { o.Root = "" },
		"pages below a path":          func(o *login.Options) { o.Root = "https://example.com/done" },
		"a token that can be guessed": func(o *login.Options) { o.Tokens = []string{"token"} },
	} {
		o := options(newProvider(t), "https://done.example.com")
		change(&o)
		if _, err := login.New(o); err == nil || strings.Contains(err.Error(), clientSecret) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAnIssuerThatIsDownIsAskedAgain(t *testing.T) {
	p := newProvider(t)
	down := atomic.Bool{}
	down.Store(true)
	way := p.Config.Handler
	p.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if down.Load() {
			http.Error(w, "down", http.StatusBadGateway)
			return
		}
		way.ServeHTTP(w, r)
	})
	s := newSite(t, p)
	if status, body, _ := look(t, browser(t), s.URL+"/"); status != http.StatusServiceUnavailable || !strings.Contains(body, "Nobody can log in now") {
		t.Errorf("while it is down, it answers %d: %s", status, body)
	}
	down.Store(false)
	if status, _, _ := look(t, browser(t), s.URL+"/"); status != http.StatusOK {
		t.Errorf("when it is up, it answers %d", status)
	}
}

func FuzzASealedCookieOpensForItsMakerAlone(f *testing.F) {
	p := &provider{Server: httptest.NewServer(http.NotFoundHandler())}
	f.Cleanup(p.Close)
	l, err := login.New(options(p, "https://done.example.com"))
	if err != nil {
		f.Fatal(err)
	}
	page := l.Guard(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) }))
	f.Add("AAAA", "Bearer x")
	f.Fuzz(func(t *testing.T, cookie, authorization string) {
		r := httptest.NewRequest(http.MethodGet, "/api/v1/verdicts/x", nil)
		r.Header.Set("Cookie", "__Host-nexusgate="+cookie)
		r.Header.Set("Authorization", authorization)
		w := httptest.NewRecorder()
		page.ServeHTTP(w, r)
		if w.Code == http.StatusOK && authorization != "Bearer "+apiToken {
			t.Errorf("%q and %q let in", cookie, authorization)
		}
	})
}
