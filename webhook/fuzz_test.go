package webhook_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"golang.org/x/tools/txtar"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/webhook"
)

// FuzzDecodeGitHub holds that no body makes a decoder panic or pass on what is not bounded, and that the
// places of a delivery are those of its events, whatever names come twice or are written in escapes.
func FuzzDecodeGitHub(f *testing.F) { fuzzDecode(f, gate.FromGitHub) }

// FuzzDecodeGitLab holds the same of GitLab's.
func FuzzDecodeGitLab(f *testing.F) { fuzzDecode(f, gate.FromGitLab) }

func fuzzDecode(f *testing.F, source gate.Source) {
	files, err := filepath.Glob("testdata/decode/" + string(source) + "-*.txtar")
	if err != nil || len(files) == 0 {
		f.Fatalf("no situations to begin with: %v", err)
	}
	for _, file := range files {
		a, err := txtar.ParseFile(file)
		if err != nil {
			f.Fatal(err)
		}
		_, event, _ := strings.Cut(a.Files[0].Name, " ")
		f.Add(event, a.Files[0].Data)
		f.Add(event, bytes.Replace(a.Files[0].Data, []byte(`"repository"`), []byte(`"repository": {"id": 7}, "r\u0065pository"`), 1))
		f.Add(event, bytes.Replace(a.Files[0].Data, []byte(`"repository"`), []byte(`"before": "\\\" {[", "repository"`), 1))
		f.Add(event, bytes.Replace(a.Files[0].Data, []byte(`"object_attributes"`), []byte(`"object_attributes": {"target_project_id": 7}, "object_attributes"`), 1))
	}
	f.Fuzz(func(t *testing.T, event string, body []byte) {
		events, err := webhook.Decode(delivery(source, event, "k", body))
		if err != nil && (events != nil || len(err.Error()) > 500) {
			t.Fatalf("%d events and the reason %v", len(events), err)
		}
		for _, e := range events {
			wantSound(t, source, e)
		}
		wantPlaced(t, delivery(source, event, "k", body))
	})
}

// wantSound checks what every event must be: of a repository of this forge, and fit for a database.
func wantSound(t *testing.T, source gate.Source, e gate.Event) {
	t.Helper()
	text, err := json.Marshal(e)
	if err != nil {
		t.Fatalf("%+v cannot be written: %v", e, err)
	}
	if strings.Contains(string(text), `\u0000`) || !utf8.Valid(text) {
		t.Fatalf("%s has a NUL or is no UTF-8", text)
	}
	var told struct {
		Repo     gate.Repo
		Evidence gate.Evidence
	}
	if err := json.Unmarshal(text, &told); err != nil {
		t.Fatal(err)
	}
	if _, ok := e.(gate.InstallationSeen); !ok && (string(told.Repo.Forge) != string(source) || told.Repo.ID <= 0 || told.Repo.Name == "") {
		t.Fatalf("%s is of no repository", text)
	}
	if _, ok := e.(gate.Reported); ok && (told.Evidence.Object == "" || told.Evidence.Kind == "" || told.Evidence.Delivery == "") {
		t.Fatalf("%s is evidence of nothing", text)
	}
}

// FuzzSignature holds that a body is taken when its signature is the HMAC under the secret, written
// in hexadecimal, and never otherwise.
func FuzzSignature(f *testing.F) {
	f.Add("s3cret", []byte("{}"), "sha256=00")
	f.Add("a,b", []byte("{}"), signed("b", "", "", []byte("{}"))[5])
	f.Add("a", []byte("{}"), strings.ToUpper(signed("a", "", "", []byte("{}"))[5]))
	f.Fuzz(func(t *testing.T, secret string, body []byte, signature string) {
		h, err := webhook.NewGitHub(secret, &memory{}, clock, ignore)
		if err != nil {
			return
		}
		want := false
		for _, s := range append(strings.FieldsFunc(secret, apart), strings.TrimSpace(secret)) {
			digits, ok := strings.CutPrefix(signature, "sha256=")
			want = want || ok && strings.ToLower(digits) == hex.EncodeToString(mac([]byte(s), body))
		}
		got := post(h, body, headers{"X-Hub-Signature-256", signature}).Code
		if (got == http.StatusAccepted) != want {
			t.Fatalf("the answer is %d where the signature holds: %v", got, want)
		}
	})
}

// FuzzSigningToken holds the same of GitLab's signing tokens: the HMAC of id, time and body, in base64,
// sent within five minutes.
func FuzzSigningToken(f *testing.F) {
	good := standard([]byte("key"), "id", clock(), []byte("{}"))
	f.Add([]byte("key"), "id", int64(0), []byte("{}"), good[len(good)-1])
	f.Add([]byte("key"), "id", int64(400), []byte("{}"), "v1,AAAA v1,BBBB")
	f.Add([]byte("key"), "a.1", int64(-400), []byte("2.{}"), "v1a,"+good[len(good)-1])
	f.Fuzz(func(t *testing.T, key []byte, id string, late int64, body []byte, signature string) {
		h, err := webhook.NewGitLab("", whsec([]byte("key")), &memory{}, clock, ignore)
		if err != nil {
			t.Fatal(err)
		}
		late %= 1 << 31
		at := clock().Add(time.Duration(late) * time.Second)
		fresh := late >= -300 && late <= 300
		if code := post(h, body, standard(key, id, at, body)).Code; code == http.StatusAccepted && (string(key) != "key" || !fresh) {
			t.Fatalf("a delivery %ds late under the key %q is taken", late, key)
		}
		sent := standard([]byte("key"), id, at, body)
		right := sent[len(sent)-1]
		sent[len(sent)-1] = signature
		if code := post(h, body, sent).Code; code == http.StatusAccepted && (!strings.Contains(signature, right) || !fresh) {
			t.Fatalf("the signature %q is taken %ds late, and %q is that of the delivery", signature, late, right)
		}
	})
}
