package attest_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/gate/attest"
)

var someLetGo = attest.LetGo{
	Nexus: "storefront", At: time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC), Leaves: attest.Spans([]int64{0, 17, 18, 19, 33}),
}

func signedLetGo(t testing.TB, l attest.LetGo, key *attest.Key) string {
	t.Helper()
	text, err := l.Sign(key)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestWhatWasLetGoIsReadAsItWasSigned(t *testing.T) {
	key := newKey(t, "done.test")
	text := signedLetGo(t, someLetGo, key)
	if want := "done.test/storefront\nlet go 2026-11-23T02:00:00Z\n0\n17-19\n33\n\n— done.test "; !strings.HasPrefix(text, want) {
		t.Errorf("it reads:\n%s", text)
	}
	if got, err := attest.ReadLetGo(text, trust(t, newKey(t, "other.test"), key)); err != nil || !reflect.DeepEqual(got, someLetGo) {
		t.Errorf("got %+v, %v", got, err)
	}
	if got, err := attest.ReadLetGo(text, trust(t, newKey(t, "other.test"))); !errors.Is(err, attest.ErrForeign) || !reflect.DeepEqual(got, someLetGo) {
		t.Errorf("of a stranger: got %+v, %v", got, err)
	}
}

func TestWhatWasLetGoCannotBeAddedTo(t *testing.T) {
	key, l := newKey(t, "done.test"), newLog(t, 12)
	text := signedLetGo(t, someLetGo, key)
	for name, altered := range map[string]string{
		"another leaf":     strings.Replace(text, "\n33\n", "\n33\n34\n", 1),
		"a wider span":     strings.Replace(text, "17-19", "16-19", 1),
		"another Nexus":    strings.Replace(text, "/storefront", "/backoffice", 1),
		"a head":           signed(t, l.head(t, 12), key),
		"no signature":     text[:strings.Index(text, "—")],
		"nothing":          "",
		"leaves backwards": signedLetGo(t, attest.LetGo{Nexus: "storefront", Leaves: []attest.Span{{First: 4, Last: 3}}}, key),
		"another's Nexus":  strings.Replace(text, "done.test/", "other.test/", 1),
		"too long":         text + strings.Repeat("\n", 1<<17),
	} {
		if got, err := attest.ReadLetGo(altered, trust(t, key)); err == nil {
			t.Errorf("%s is read as %+v", name, got)
		}
	}
	if head, err := attest.ReadHead(text, trust(t, key)); err == nil {
		t.Errorf("it is read as the head %+v", head)
	}
}

func TestWhatRetentionSignedIsCountedAndNothingElse(t *testing.T) {
	l := newLog(t, 12)
	for _, n := range []int{3, 4, 8} {
		l.entries[n].Body, l.entries[n].Forgotten = nil, true
	}
	l.letGo = []int64{3, 4}
	told, a := l.audit(t, attest.Claim{Head: l.head(t, 12), From: "a head"})
	want := "storefront: verdict v8 (leaf 8) is gone, and only marked as deleted by retention, which has not signed that"
	if len(told) != 1 || told[0] != want || a.Forgotten != 2 || a.Kept != 9 || a.Held != 1 {
		t.Errorf("%d are kept and %d deleted, %d heads hold, and it tells %q", a.Kept, a.Forgotten, a.Held, told)
	}
}

func FuzzReadLetGo(f *testing.F) {
	key := newKey(f, "done.test")
	f.Add(signedLetGo(f, someLetGo, key))
	f.Add("done.test/storefront\nlet go 2026-11-23T02:00:00Z\n3-1\n\n— done.test AAAA\n")
	f.Fuzz(func(t *testing.T, text string) {
		l, err := attest.ReadLetGo(text, nil)
		if !errors.Is(err, attest.ErrForeign) {
			return
		}
		for _, s := range l.Leaves {
			if s.First < 0 || s.Last < s.First {
				t.Errorf("%+v are no leaves", s)
			}
		}
		again, err := attest.ReadLetGo(signedLetGo(t, l, key), trust(t, key))
		if err != nil || !again.At.Equal(l.At.Truncate(time.Second)) || !reflect.DeepEqual(again.Leaves, l.Leaves) {
			t.Errorf("%+v comes back as %+v (%v)", l, again, err)
		}
	})
}
