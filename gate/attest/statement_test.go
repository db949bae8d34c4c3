package attest_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/attest"
)

// shop is a Nexus on both forges; two of its components share a repository.
const shop = `
name: "shop"
teams: {
	cart: components: {
		"cart-api": {repo: "github:acme/mono", branch: "main", path: "services/cart"}
		"cart-web": {repo: "github:acme/mono", branch: "main", path: "web cart"}
	}
	web: components: web: {repo: "gitlab:acme/sub/web", branch: "release/1#x"}
}
done: ci: {why: "It is green", on: "commit", evidence: "pipeline", must: conclusion: "success"}
`

const allowed = `
release: exceptions: "allowed"
`

var (
	cart    = strings.Repeat("9c1f", 10)
	cartWeb = strings.Repeat("0a", 20)
	web     = strings.Repeat("77ab", 16)
	noon    = time.Date(2026, 11, 22, 13, 0, 0, 123456000, time.FixedZone("", 3600))
)

func nexus(t testing.TB, source string) *gate.Nexus {
	t.Helper()
	d, err := definition.Load(definition.File{Name: "nexus.cue", Source: []byte(source)})
	if err != nil {
		t.Fatal(err)
	}
	return gate.NewNexus(d, source, nil, nil)
}

// judged is a verdict that the Increment is done; alter makes it another one.
func judged(t testing.TB, source string, alter ...func(*gate.Verdict)) attest.Judged {
	t.Helper()
	n := nexus(t, source)
	v := gate.Verdict{
		ID: "5f0c", Nexus: "shop", Subject: gate.Subject{Kind: gate.OfIncrement, ID: "12", Name: "Integrated Increment 12"},
		Outcome: gate.Done, Definition: n.Digest, Exceptions: []string{}, At: noon,
		Composition: gate.Composition{"cart-api": cart, "cart-web": cartWeb, "web": web},
	}
	for _, change := range alter {
		change(&v)
	}
	v.Increment = v.Composition.Digest()
	return attest.Judged{Verdict: v, Nexus: n, Leaves: []attest.Leaf{{Verdict: "5f0c", Body: []byte("{}")}, {Verdict: "a1", Body: []byte(`{"a":1}`)}}}
}

// excepted puts a verdict under an exception.
func excepted(v *gate.Verdict) {
	v.Exceptions = []string{"old-lib"}
	v.Grants = []gate.Grant{{
		ID: "old-lib", Criterion: "scan", Reason: "the mended one is not out yet", RequestedBy: "ana", ApprovedBy: "kim",
		Until: time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC),
	}}
}

var places = attest.Places{
	Pages: "https://done.example.com", Forges: map[gate.Forge]string{gate.GitHub: "https://github.com", gate.GitLab: "https://gitlab.example.com"},
}

func statement(t testing.TB, j attest.Judged) attest.Statement {
	t.Helper()
	s, err := j.Statement(places)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// written is the statement on the shop's Increment, as it is signed.
const written = `{
	"_type": "https://in-toto.io/Statement/v1",
	"subject": [
		{"name": "git+https://github.com/acme/mono@refs/heads/main#services/cart", "digest": {"gitCommit": "CART"}},
		{"name": "git+https://github.com/acme/mono@refs/heads/main#web%20cart", "digest": {"gitCommit": "SHOP"}},
		{"name": "git+https://gitlab.example.com/acme/sub/web@refs/heads/release/1%23x", "digest": {"gitCommit": "WEB"}}
	],
	"predicateType": "https://slsa.dev/verification_summary/v1",
	"predicate": {
		"verifier": {"id": "https://done.example.com"},
		"timeVerified": "2026-11-22T12:00:00.123456Z",
		"resourceUri": "https://done.example.com/nexus/shop",
		"policy": {"uri": "https://done.example.com/nexus/shop/definition", "digest": {"sha256": "DEFINITION"}},
		"inputAttestations": [
			{"uri": "https://done.example.com/api/v1/nexus/shop/log/leaf/5f0c", "digest": {"sha256": "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"}},
			{"uri": "https://done.example.com/api/v1/nexus/shop/log/leaf/a1", "digest": {"sha256": "015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862"}}
		],
		"verificationResult": "PASSED",
		"verifiedLevels": ["NEXUSGATE_INCREMENT_DONE"],
		"https://github.com/nexusgate/nexusgate/increment/v1": {
			"nexus": "shop", "name": "Integrated Increment 12", "digest": "COMPOSITION",
			"composition": {"cart-api": "CART", "cart-web": "SHOP", "web": "WEB"},
			"verdict": "5f0c", "outcome": "done", "exceptions": []
		}
	}
}`

func TestAStatementIsAboutTheWholeComposition(t *testing.T) {
	j := judged(t, shop)
	text, err := json.Marshal(statement(t, j))
	if err != nil {
		t.Fatal(err)
	}
	want := strings.NewReplacer("CART", cart, "SHOP", cartWeb, "WEB", web, "COMPOSITION", j.Verdict.Increment,
		"DEFINITION", strings.TrimPrefix(j.Nexus.Digest, "sha256:")).Replace(written)
	if diff := cmp.Diff(decoded(t, want), decoded(t, string(text))); diff != "" {
		t.Errorf("want - and got +:\n%s", diff)
	}
}

func decoded(t testing.TB, text string) (value any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		t.Fatal(err)
	}
	return value
}

func TestOnlyWhatMayGoOutHasPassed(t *testing.T) {
	undone := func(v *gate.Verdict) { v.Outcome = gate.NotDone }
	for name, c := range map[string]struct {
		judged attest.Judged
		result string
		level  string
	}{
		"done":                         {judged(t, shop), "PASSED", attest.LevelDone},
		"not done":                     {judged(t, shop, undone), "FAILED", "FAILED"},
		"not done, with an exception":  {judged(t, shop+allowed, undone, excepted), "FAILED", "FAILED"},
		"done under one, not allowed":  {judged(t, shop, excepted), "FAILED", "FAILED"},
		"done under one, allowed":      {judged(t, shop+allowed, excepted), "PASSED", attest.LevelUnderExceptions},
		"plainly done, if one allowed": {judged(t, shop+allowed), "PASSED", attest.LevelDone},
	} {
		s := statement(t, c.judged).Summary
		if s.VerificationResult != c.result || !slices.Equal(s.VerifiedLevels, []string{c.level}) {
			t.Errorf("%s: it says %s, %s; want %s, %s", name, s.VerificationResult, s.VerifiedLevels, c.result, c.level)
		}
		if named := len(s.Increment.Exceptions) == 1 && s.Increment.Exceptions[0].ID == "old-lib"; named != (len(c.judged.Verdict.Exceptions) > 0) {
			t.Errorf("%s: it names %+v", name, s.Increment.Exceptions)
		}
	}
}

func TestNothingIsStatedOfWhatDecidesNoIncrement(t *testing.T) {
	for name, alter := range map[string]func(*gate.Verdict){
		"one that waits":           func(v *gate.Verdict) { v.Outcome = gate.Awaiting },
		"an outcome of the future": func(v *gate.Verdict) { v.Outcome = "splendid" },
		"a component":              func(v *gate.Verdict) { v.Subject.Kind = gate.OfComponent },
		"a change":                 func(v *gate.Verdict) { v.Subject.Kind = gate.OfChange },
	} {
		if s, err := judged(t, shop, alter).Statement(places); !errors.Is(err, attest.ErrUndecided) {
			t.Errorf("%s: %v, and %+v", name, err, s)
		}
	}
	for name, alter := range map[string]func(*gate.Verdict){
		"a component of another definition": func(v *gate.Verdict) { v.Composition["nobody"] = cart },
		"a commit that is none":             func(v *gate.Verdict) { v.Composition["web"] = "main" },
		"nothing":                           func(v *gate.Verdict) { v.Composition = nil },
	} {
		if s, err := judged(t, shop, alter).Statement(places); err == nil {
			t.Errorf("%s: stated as %+v", name, s)
		}
	}
	if s, err := judged(t, shop).Statement(attest.Places{Pages: places.Pages}); err == nil {
		t.Errorf("of a forge that is nowhere: stated as %+v", s)
	}
}

func TestAReleaseIsHeldAgainstWhatWasAsked(t *testing.T) {
	done, under := statement(t, judged(t, shop)), statement(t, judged(t, shop+allowed, excepted))
	failed, refused := statement(t, judged(t, shop, func(v *gate.Verdict) { v.Outcome = gate.NotDone })), statement(t, judged(t, shop, excepted))
	whole := gate.Composition{"cart-api": cart, "cart-web": cartWeb, "web": web}
	now := noon.Add(time.Hour)
	for name, c := range map[string]struct {
		statement attest.Statement
		asked     attest.Asked
		want      []string
	}{
		"nothing is asked":      {done, attest.Asked{}, nil},
		"all of it is asked":    {done, attest.Asked{Verifier: places.Pages, Nexus: "shop", Components: map[string]string{"web": web}, Exactly: whole, Fresh: time.Hour}, nil},
		"not done":              {failed, attest.Asked{Exceptions: true}, []string{"the Increment is not done"}},
		"under exceptions":      {under, attest.Asked{}, []string{"the Increment is done under exceptions, and they were not allowed for"}},
		"allowed here":          {under, attest.Asked{Exceptions: true}, nil},
		"allowed here alone":    {refused, attest.Asked{Exceptions: true}, []string{"the Increment is done under exceptions, and the definition lets no such Increment out"}},
		"the exception's end":   {under, attest.Asked{Exceptions: true, Now: time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)}, []string{"the exception old-lib has ended at 2026-12-01T00:00:00Z"}},
		"another service":       {done, attest.Asked{Verifier: "https://done.example.org"}, []string{"it was decided by https://done.example.com, and not by https://done.example.org"}},
		"another Nexus":         {done, attest.Asked{Nexus: "shops"}, []string{"it is about the Nexus shop, and not shops"}},
		"another commit":        {done, attest.Asked{Components: map[string]string{"cart-api": cartWeb}}, []string{"cart-api is in the Increment at " + cart + ", and not at " + cartWeb}},
		"a component too many":  {done, attest.Asked{Components: map[string]string{"search": cart}}, []string{"search is not in the Increment"}},
		"less than all":         {done, attest.Asked{Exactly: gate.Composition{"cart-api": cart, "cart-web": cartWeb}}, []string{"web is in the Increment, and was not expected there"}},
		"more than all":         {done, attest.Asked{Exactly: gate.Composition{"cart-api": cart, "cart-web": cartWeb, "web": web, "x": cart}}, []string{"x is not in the Increment"}},
		"too long ago":          {done, attest.Asked{Fresh: 59 * time.Minute}, []string{"it was decided at 2026-11-22T12:00:00Z, which is longer ago than 59m0s"}},
		"a clock a bit behind":  {done, attest.Asked{Fresh: time.Minute, Now: noon.Add(-4 * time.Minute)}, nil},
		"a clock that is wrong": {done, attest.Asked{Fresh: time.Minute, Now: noon.Add(-6 * time.Minute)}, []string{"it was decided at 2026-11-22T12:00:00Z, which is yet to come"}},
	} {
		if c.asked.Now.IsZero() {
			c.asked.Now = now
		}
		if got := c.statement.Against(c.asked); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q stands against it, want %q", name, got, c.want)
		}
	}
}
