package attest_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/nexusgate/nexusgate/gate/attest"
)

// privately and publicly are keys of all kinds as other tools write them.
func privately(t testing.TB, key any) []byte {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
}

func publicly(t testing.TB, key any) []byte {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
}

func curve(t testing.TB, c elliptic.Curve) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(c, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// ring has a key of each kind, the second of which has an end.
func ring(t testing.TB) attest.Keyring {
	t.Helper()
	second := signingKey(t, attest.Ed25519, "two").Public()
	second.Until = time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)
	return attest.Keyring{signingKey(t, attest.ECDSA, "one").Public(), second}
}

var sameKeys = cmpopts.IgnoreUnexported(attest.PublicKey{})

func TestPublishedKeysAreReadAsTheyAre(t *testing.T) {
	want := ring(t)
	set, err := want.JSON()
	if err != nil {
		t.Fatal(err)
	}
	got, err := attest.ReadKeyring(set)
	if diff := cmp.Diff(want, got, sameKeys); err != nil || diff != "" {
		t.Fatalf("%v; want - and got +:\n%s\n%s", err, diff, set)
	}
	blocks, err := want.PEM()
	if err != nil {
		t.Fatal(err)
	}
	got, err = attest.ReadKeyring(append([]byte("Keys of done.example.com\n"), blocks...))
	if err != nil || len(got) != 2 || got[0].ID != want[0].ID || got[1].ID != want[1].ID {
		t.Errorf("as PEM: %v, %v", got, err)
	}
	for i := range want {
		if !samePublic(want[i].Public(), got[i].Public()) {
			t.Errorf("key %d is another one", i)
		}
	}
}

func samePublic(one, other crypto.PublicKey) bool {
	key, ok := one.(interface{ Equal(crypto.PublicKey) bool })
	return ok && key.Equal(other)
}

// go-jose reads key sets for those who know nothing of us.
func TestPublishedKeysAreAKeySetToOthers(t *testing.T) {
	want := ring(t)
	text, err := want.JSON()
	if err != nil {
		t.Fatal(err)
	}
	var set jose.JSONWebKeySet
	if err := json.Unmarshal(text, &set); err != nil {
		t.Fatal(err)
	}
	for i, k := range want {
		found := set.Key(k.ID)
		if len(found) != 1 || !found[0].Valid() || !found[0].IsPublic() || !samePublic(k.Public(), found[0].Key) {
			t.Errorf("key %d is read as %+v", i, found)
		}
	}
	theirs, err := json.Marshal(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{
		{Key: &curve(t, elliptic.P384()).PublicKey, KeyID: "other"},
		{Key: want[0].Public(), KeyID: "ours", Use: "enc"},
		{Key: want[0].Public(), KeyID: "a name of theirs", Use: "sig", Algorithm: "ES256"},
		{Key: want[1].Public()},
	}})
	if err != nil {
		t.Fatal(err)
	}
	got, err := attest.ReadKeyring(theirs)
	if err != nil || len(got) != 2 || got[0].ID != want[0].ID || got[1].ID != want[1].ID {
		t.Errorf("of theirs is read %v, %v", got, err)
	}
}

func TestOfAKeyThatComesTwiceTheEarlierEndCounts(t *testing.T) {
	key := ring(t)[0]
	early, late := key, key
	early.Until, late.Until = noon, noon.Add(time.Hour)
	for _, order := range [][]attest.PublicKey{{key, early}, {early, key}, {late, early}, {early, late}} {
		got, err := attest.Keyring{order[0]}.With(order[1])
		if err != nil || len(got) != 1 || !got[0].Until.Equal(noon) {
			t.Errorf("%v: %v, %v", order, got, err)
		}
	}
}

func TestWhatIsNoKeyringIsRefused(t *testing.T) {
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	secret := curve(t, elliptic.P256())
	shown, err := json.Marshal(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: secret}}})
	if err != nil {
		t.Fatal(err)
	}
	var crowd []byte
	for n := range 40 {
		block, err := signingKey(t, attest.Ed25519, fmt.Sprint(n)).Public().PEM()
		if err != nil {
			t.Fatal(err)
		}
		crowd = append(crowd, block...)
	}
	for name, text := range map[string]string{
		"nothing":             "",
		"a text":              "keys",
		"too much":            strings.Repeat("\n", 1<<20),
		"RSA":                 string(publicly(t, &rsaKey.PublicKey)),
		"another curve":       string(publicly(t, &curve(t, elliptic.P384()).PublicKey)),
		"a private key":       string(privately(t, secret)),
		"another block":       string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: []byte("x")})),
		"a broken block":      string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: []byte("x")})),
		"too many":            string(crowd),
		"a private set":       string(shown),
		"an empty set":        `{"keys": []}`,
		"no set":              `{"keys": 1}`,
		"a set of others":     `{"keys": [{"kty": "RSA", "n": "x", "e": "AQAB"}]}`,
		"a point that is off": `{"keys": [{"kty": "EC", "crv": "P-256", "x": "` + strings.Repeat("A", 43) + `", "y": "` + strings.Repeat("A", 43) + `"}]}`,
		"a short coordinate":  `{"keys": [{"kty": "OKP", "crv": "Ed25519", "x": "AAAA"}]}`,
		"no end in sight":     `{"keys": [{"kty": "OKP", "crv": "Ed25519", "x": "` + strings.Repeat("A", 43) + `", "exp": 99999999999999}]}`,
	} {
		if got, err := attest.ReadKeyring([]byte(text)); err == nil {
			t.Errorf("%s: read as %v", name, got)
		}
	}
}

func TestOnlyAKeyOfOurKindsSigns(t *testing.T) {
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	sec1, err := x509.MarshalECPrivateKey(curve(t, elliptic.P256()))
	if err != nil {
		t.Fatal(err)
	}
	_, ed, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for _, good := range []any{ed, curve(t, elliptic.P256())} {
		if _, err := attest.ParseSigningKey(privately(t, good)); err != nil {
			t.Errorf("%T: %v", good, err)
		}
	}
	for name, text := range map[string][]byte{
		"RSA":            privately(t, rsaKey),
		"another curve":  privately(t, curve(t, elliptic.P521())),
		"another form":   pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: sec1}),
		"a public key":   publicly(t, ed.Public()),
		"a broken block": pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: []byte("a-secret")}),
		"nothing":        nil,
		"a secret":       []byte("a-secret"),
		"too much":       append(bytes.Repeat([]byte("\n"), 1<<17), privately(t, ed)...),
	} {
		_, err := attest.ParseSigningKey(text)
		if err == nil || strings.Contains(err.Error(), "a-secret") || !strings.Contains(err.Error(), "PKCS#8") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := attest.NewSigningKey(rand.Reader, "rsa"); err == nil {
		t.Error("a key of RSA was made")
	}
}

func FuzzReadKeyring(f *testing.F) {
	keys := ring(f)
	set, err := keys.JSON()
	if err != nil {
		f.Fatal(err)
	}
	blocks, err := keys.PEM()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(set)
	f.Add(blocks)
	f.Add([]byte(`{"keys":[{"kty":"EC","crv":"P-256","x":"AA","y":"AA","exp":1}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		got, err := attest.ReadKeyring(text)
		if err != nil {
			return
		}
		again, err := got.JSON()
		if err != nil {
			t.Fatal(err)
		}
		back, err := attest.ReadKeyring(again)
		if diff := cmp.Diff(got, back, sameKeys); err != nil || diff != "" {
			t.Errorf("%v; what was read is written as another ring:\n%s", err, diff)
		}
	})
}

func FuzzParseSigningKey(f *testing.F) {
	f.Add(privately(f, curve(f, elliptic.P256())))
	f.Add([]byte("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"))
	s := statement(f, judged(f, shop))
	f.Fuzz(func(t *testing.T, text []byte) {
		key, err := attest.ParseSigningKey(text)
		if err != nil {
			return
		}
		if _, by, err := opened(seal(t, key, s), key.Public()); err != nil || by.ID != key.Public().ID {
			t.Errorf("what it signs does not open: %v", err)
		}
	})
}
