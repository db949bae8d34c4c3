package login_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/go-jose/go-jose/v4"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/login"
)

// FuzzWhatATokenSaysIsReadOrRefused signs any text as both forges would: their signature says who wrote it,
// and not that it can be read.
func FuzzWhatATokenSaysIsReadOrRefused(f *testing.F) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		f.Fatal(err)
	}
	hub, lab := newSigner(f, "ES256"), newSigner(f, "ES256")
	hub.keys = []jose.JSONWebKey{{Key: &key.PublicKey, KeyID: "k"}}
	lab.keys = hub.keys
	jobs, err := login.NewJobs(login.JobOptions{
		GitHub: []string{hub.URL}, GitLab: []string{lab.URL}, Audience: audience, Now: func() time.Time { return noon }, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		f.Fatal(err)
	}
	const common = `{"iss":"ISSUER","aud":"https://done.example.com","jti":"a","iat":1795348800,"exp":1795349100,"sha":"9c1f0a5c2e1d4b3a8f7e6d5c4b3a29180716f5e4",`
	f.Add(common + `"repository_id":"7","repository":"acme/cart-api","run_id":"31","run_attempt":"1","event_name":"push","ref":"refs/heads/main"}`)
	f.Add(common + `"project_id":"7","job_project_id":8,"pipeline_id":"31","job_id":9,"pipeline_source":"push","ref":"main","ref_type":"branch","ref_protected":"true"}`)
	f.Add(`{"iss":"ISSUER","aud":["https://done.example.com"],"iat":1e9,"exp":-1}`)
	f.Fuzz(func(t *testing.T, text string) {
		for forge, issuer := range map[gate.Forge]string{gate.GitHub: hub.URL, gate.GitLab: lab.URL} {
			token := sign(t, jose.ES256, key, "k", strings.ReplaceAll(text, "ISSUER", issuer))
			j, err := jobs.Verify(t.Context(), token)
			var r *login.Refusal
			switch {
			case err != nil && (!errors.As(err, &r) || r.Passing() || r.Fix == ""):
				t.Errorf("it is refused as %v", err)
			case err == nil && (j.Forge != forge || j.Issuer != issuer || j.Token == "" || j.Repo.ID <= 0 || j.Run <= 0 || j.Event == "" || j.Attempt < 0):
				t.Errorf("it is taken as %+v", j)
			case err == nil && (!j.Expires.After(noon) || !j.Expires.Before(noon.Add(25*time.Hour))):
				t.Errorf("it is taken until %s", j.Expires)
			case strings.ContainsFunc(j.Repo.Name+j.Ref+j.Event+j.Workflow+j.Environment+j.Actor+j.Token, unicode.IsControl):
				t.Errorf("it tells of %q", fmt.Sprint(j))
			}
		}
	})
}

// FuzzATokenThatNobodySignedIsRefused asks nobody: none of them is of an issuer that is known.
func FuzzATokenThatNobodySignedIsRefused(f *testing.F) {
	jobs, err := login.NewJobs(login.JobOptions{
		GitHub: []string{"https://" + rand.Text() + ".example.com"}, Audience: audience,
		Now: func() time.Time { return noon }, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		f.Fatal(err)
	}
	f.Add("eyJhbGciOiJSUzI1NiIsImtpZCI6ImsifQ.eyJpc3MiOiJodHRwczovL2V2aWwuZXhhbXBsZS5jb20ifQ.AAAA")
	f.Add(`{"payload":"e30","signatures":[]}`)
	f.Fuzz(func(t *testing.T, token string) {
		_, err := jobs.Verify(t.Context(), token)
		var r *login.Refusal
		if !errors.As(err, &r) || r.Passing() {
			t.Errorf("it is answered %v", err)
		}
	})
}
