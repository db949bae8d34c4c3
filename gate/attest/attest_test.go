package attest_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/nexusgate/nexusgate/gate/attest"
)

// newKey makes a key that is the same in each run.
func newKey(t testing.TB, name string) *attest.Key {
	t.Helper()
	secret, err := attest.NewKey(rand.NewChaCha8(sha256.Sum256([]byte(name))), name)
	if err != nil {
		t.Fatal(err)
	}
	key, err := attest.ParseKey(secret)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func trust(t testing.TB, keys ...*attest.Key) attest.Verifiers {
	t.Helper()
	var texts []string
	for _, k := range keys {
		texts = append(texts, k.Verifier())
	}
	all, err := attest.ParseVerifiers(texts...)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// log is one in memory.
type log struct {
	entries []attest.Entry
	hashes  []tlog.Hash
	letGo   []int64 // leaves of which retention has signed that it deleted their verdicts
}

func (l *log) ReadHashes(indexes []int64) (found []tlog.Hash, err error) {
	for _, i := range indexes {
		found = append(found, l.hashes[i])
	}
	return found, nil
}

func newLog(t testing.TB, size int) *log {
	t.Helper()
	l := &log{}
	for n := range size {
		body := fmt.Appendf(nil, `{"id":"v%d","nexus":"storefront","outcome":"done","findings":null,"exceptions":["\u003cä"]}`, n)
		completed, err := tlog.StoredHashes(int64(n), body, l)
		if err != nil {
			t.Fatal(err)
		}
		l.hashes = append(l.hashes, completed...)
		l.entries = append(l.entries, attest.Entry{
			Number: int64(n), Verdict: fmt.Sprint("v", n), Hashes: completed, Body: body, Step: int64(n/3) + 1, Place: int64(n % 3),
		})
	}
	return l
}

func (l *log) head(t testing.TB, size int) attest.Head {
	t.Helper()
	head, err := attest.Head{}.Grown("storefront", int64(size), l)
	if err != nil {
		t.Fatal(err)
	}
	return head
}

func signed(t testing.TB, h attest.Head, key *attest.Key) string {
	t.Helper()
	text, err := h.Sign(key)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// audit tells what an audit tells of a log, held against its heads of some sizes.
func (l *log) audit(t testing.TB, claims ...attest.Claim) (told []string, a *attest.Audit) {
	t.Helper()
	a = attest.NewAudit("storefront", claims, func(leaf int64) bool { return slices.Contains(l.letGo, leaf) }, func(what string) { told = append(told, what) })
	for _, e := range l.entries {
		a.Add(e)
	}
	a.Close()
	return told, a
}

func TestAHeadIsReadAsItWasSigned(t *testing.T) {
	key, l := newKey(t, "done.test"), newLog(t, 9)
	for size := range 10 {
		head := l.head(t, size)
		text := signed(t, head, key)
		if got, err := attest.ReadHead(text, trust(t, newKey(t, "other.test"), key)); err != nil || got != head {
			t.Errorf("%+v comes back as %+v (%v)", head, got, err)
		}
		if again := signed(t, head, key); again != text {
			t.Errorf("signed twice it reads\n%s\nand\n%s", text, again)
		}
		if got, err := attest.ReadHead(text, trust(t, newKey(t, "other.test"))); !errors.Is(err, attest.ErrForeign) || got != head {
			t.Errorf("a stranger's head is %+v (%v)", got, err)
		}
	}
}

func TestAHeadThatWasAlteredIsRefused(t *testing.T) {
	key := newKey(t, "done.test")
	text := signed(t, newLog(t, 12).head(t, 12), key)
	for name, altered := range map[string]string{
		"another Nexus":     strings.Replace(text, "storefront", "backoffice", 1),
		"another size":      strings.Replace(text, "\n12\n", "\n13\n", 1),
		"another signer":    strings.Replace(text, "done.test/", "done.best/", 1),
		"no signature":      strings.SplitAfter(text, "\n\n")[0],
		"cut off":           text[:len(text)-20],
		"nothing":           "",
		"too much":          strings.Repeat("x", 1<<20),
		"another signature": text[:len(text)-12] + "AAAAAAAAAAA\n",
	} {
		if head, err := attest.ReadHead(altered, trust(t, key)); err == nil {
			t.Errorf("%s: read as %+v", name, head)
		}
	}
}

func TestAHeadSpeaksForItsSignerAlone(t *testing.T) {
	key := newKey(t, "done.test")
	if text, err := (attest.Head{Nexus: "a\n99\nb", Size: 1}).Sign(key); err == nil {
		if head, err := attest.ReadHead(text, trust(t, key)); err == nil {
			t.Errorf("a name of two lines is read as %+v", head)
		}
	}
	for _, name := range []string{"", "a/b", "a b", "a+b", "a\nb"} {
		if _, err := attest.NewKey(rand.NewChaCha8([32]byte{}), name); err == nil {
			t.Errorf("a key of the name %q was made", name)
		}
	}
}

func TestEachLeafIsProvedUnderEachHeadAndNoOther(t *testing.T) {
	key, l := newKey(t, "done.test"), newLog(t, 17)
	for size := 1; size <= 17; size++ {
		head := l.head(t, size)
		text := signed(t, head, key)
		for n := range size {
			p, err := attest.Prove(int64(n), l.entries[n].Body, head, text, l)
			if err != nil {
				t.Fatal(err)
			}
			written, err := p.Write()
			if err != nil {
				t.Fatal(err)
			}
			read, err := attest.ReadProof(written)
			if err != nil {
				t.Fatal(err)
			}
			if got, v, err := read.Check(trust(t, key)); err != nil || got != head || v.ID != fmt.Sprint("v", n) {
				t.Fatalf("leaf %d of %d: %v, %v (%v)", n, size, got, v.ID, err)
			}
			read.Number = (read.Number + 1) % 18
			if _, _, err := read.Check(trust(t, key)); err == nil {
				t.Errorf("leaf %d of %d proves leaf %d too", n, size, read.Number)
			}
		}
	}
}

func TestAProofThatWasAlteredProvesNothing(t *testing.T) {
	key, l := newKey(t, "done.test"), newLog(t, 7)
	p, err := attest.Prove(3, l.entries[3].Body, l.head(t, 7), signed(t, l.head(t, 7), key), l)
	if err != nil {
		t.Fatal(err)
	}
	for name, alter := range map[string]func(p *attest.Proof){
		"another verdict": func(p *attest.Proof) { p.Verdict = l.entries[4].Body },
		"another outcome": func(p *attest.Proof) {
			p.Verdict = json.RawMessage(strings.Replace(string(p.Verdict), "done", "awaiting", 1))
		},
		"another path":      func(p *attest.Proof) { p.Path = slices.Clone(p.Path); p.Path[1][0] ^= 1 },
		"no path":           func(p *attest.Proof) { p.Path = nil },
		"a longer path":     func(p *attest.Proof) { p.Path = append(slices.Clone(p.Path), tlog.Hash{}) },
		"below nothing":     func(p *attest.Proof) { p.Number = -1 },
		"beyond the log":    func(p *attest.Proof) { p.Number = 7 },
		"another's head":    func(p *attest.Proof) { p.Head = signed(t, l.head(t, 7), newKey(t, "other.test")) },
		"an older head":     func(p *attest.Proof) { p.Head = signed(t, l.head(t, 4), key) },
		"a different Nexus": func(p *attest.Proof) { h := l.head(t, 7); h.Nexus = "backoffice"; p.Head = signed(t, h, key) },
		"no JSON":           func(p *attest.Proof) { p.Verdict = json.RawMessage("{") },
	} {
		altered := p
		alter(&altered)
		if _, _, err := altered.Check(trust(t, key)); err == nil {
			t.Errorf("%s: it is held for proved", name)
		}
	}
}

func TestGrowthIsProvedBetweenAllSizes(t *testing.T) {
	key, l := newKey(t, "done.test"), newLog(t, 17)
	for to := 1; to <= 17; to++ {
		for from := 1; from <= to; from++ {
			head := l.head(t, to)
			g, err := attest.ProveGrowth(int64(from), head, signed(t, head, key), l)
			if err != nil {
				t.Fatal(err)
			}
			if later, err := g.Check(l.head(t, from), trust(t, key)); err != nil || later != head {
				t.Fatalf("%d to %d: %v", from, to, err)
			}
			forged := l.head(t, from)
			forged.Hash[3] ^= 1
			if _, err := g.Check(forged, trust(t, key)); err == nil {
				t.Errorf("%d to %d: another log of %d is held for its beginning", from, to, from)
			}
		}
	}
}

func TestALogThatIsWholeTellsOfNothing(t *testing.T) {
	l := newLog(t, 100)
	var claims []attest.Claim
	for size := range 101 {
		claims = append(claims, attest.Claim{Head: l.head(t, size), From: "a head"})
	}
	told, a := l.audit(t, claims...)
	if len(told) > 0 || a.Held != 101 || a.Kept != 100 || a.Hash() != l.head(t, 100).Hash {
		t.Errorf("%d heads hold, %d verdicts are kept, and it tells %q", a.Held, a.Kept, told)
	}
}

// Whatever one thing is altered in a log that heads from elsewhere tell of, the audit tells of it.
func TestNoSingleAlterationGoesUnnoticed(t *testing.T) {
	random := rand.New(rand.NewChaCha8([32]byte{8}))
	whole := newLog(t, 40)
	claims := []attest.Claim{{Head: whole.head(t, 40), From: "a head"}, {Head: whole.head(t, 13), From: "a head"}}
	alterations := map[string]func(entries []attest.Entry, at int) []attest.Entry{
		"a verdict changed": func(e []attest.Entry, at int) []attest.Entry { e[at].Body = []byte("{}"); return e },
		"a verdict gone":    func(e []attest.Entry, at int) []attest.Entry { e[at].Body = nil; return e },
		"a verdict gone, and marked as deleted by retention": func(e []attest.Entry, at int) []attest.Entry {
			e[at].Body, e[at].Forgotten = nil, true
			return e
		},
		"a leaf gone":  func(e []attest.Entry, at int) []attest.Entry { return slices.Delete(e, at, at+1) },
		"a leaf twice": func(e []attest.Entry, at int) []attest.Entry { return slices.Insert(e, at, e[at]) },
		"a hash changed": func(e []attest.Entry, at int) []attest.Entry {
			e[at].Hashes = slices.Clone(e[at].Hashes)
			e[at].Hashes[random.IntN(len(e[at].Hashes))][random.IntN(32)] ^= 1
			return e
		},
		"hashes gone":     func(e []attest.Entry, at int) []attest.Entry { e[at].Hashes = nil; return e },
		"a verdict moved": func(e []attest.Entry, at int) []attest.Entry { e[at].Step += 100 * int64(1-2*(at/20)); return e },
		"two leaves swap": func(e []attest.Entry, at int) []attest.Entry { e[at], e[(at+1)%40] = e[(at+1)%40], e[at]; return e },
		"a row that lies": func(e []attest.Entry, at int) []attest.Entry { e[at].Row = "it is kept as done"; return e },
		"the end cut off": func(e []attest.Entry, at int) []attest.Entry { return e[:at] },
	}
	for name, alter := range alterations {
		for at := range 40 {
			l := log{entries: alter(slices.Clone(whole.entries), at), hashes: whole.hashes, letGo: []int64{int64(at) - 1, int64(at) + 1}}
			if told, _ := l.audit(t, claims...); len(told) == 0 {
				t.Errorf("%s at leaf %d: nothing is told", name, at)
			}
		}
	}
}

func FuzzReadHead(f *testing.F) {
	key := newKey(f, "done.test")
	f.Add(signed(f, newLog(f, 12).head(f, 12), key))
	f.Add("done.test/storefront\n12\nAAAA\n\n— done.test AAAA\n")
	f.Fuzz(func(t *testing.T, text string) {
		head, err := attest.ReadHead(text, trust(t, key))
		if err != nil {
			return
		}
		// What the key has signed reads the same again, whatever else stands beside it.
		again, err := attest.ReadHead(signed(t, head, key), trust(t, key))
		if err != nil || again != head {
			t.Errorf("%+v comes back as %+v (%v)", head, again, err)
		}
	})
}

func FuzzReadProof(f *testing.F) {
	key, l := newKey(f, "done.test"), newLog(f, 7)
	head := l.head(f, 7)
	p, err := attest.Prove(3, l.entries[3].Body, head, signed(f, head, key), l)
	if err != nil {
		f.Fatal(err)
	}
	text, err := p.Write()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add([]byte(`{"leaf":0,"path":null,"head":"","verdict":{}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		p, err := attest.ReadProof(text)
		if err != nil {
			return
		}
		if _, _, err := p.Check(trust(t, key)); err != nil {
			return
		}
		var body bytes.Buffer
		if err := json.Compact(&body, p.Verdict); err != nil || !slices.ContainsFunc(l.entries, func(e attest.Entry) bool { return bytes.Equal(e.Body, body.Bytes()) }) {
			t.Errorf("it proves a verdict that was never logged (%v): %s", err, text)
		}
	})
}
