package webhook_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/definition"
)

var (
	oldKey = []byte("an old key of thirty-two bytes..")
	newKey = []byte("a new key of thirty-two bytes...")
)

func TestASignedDeliveryIsTrustedAsAWebhooksAndKeyedByItsSignedID(t *testing.T) {
	h, m := newGitLab(t, "", whsec(newKey))
	wantStatus(t, post(h, []byte(cart), standard(newKey, "msg_1", noon, []byte(cart))), http.StatusAccepted)
	if d := m.only(t); d.Trust != definition.Webhook || d.Key != "msg_1" || string(d.Body) != cart {
		t.Errorf("it was kept as %v %q", d.Trust, d.Key)
	}
}

func TestTheSpecificationsOwnExampleVerifies(t *testing.T) {
	// https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
	body := []byte(`{"test": 2432232314}`)
	with := headers{
		"Webhook-Id", "msg_p5jXN8AQM9LWM0D4loKWxJek", "Webhook-Timestamp", "1614265330",
		"Webhook-Signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
	}
	h, _ := newGitLabAt(t, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", time.Unix(1614265330, 0))
	wantStatus(t, post(h, body, with), http.StatusAccepted)
}

func TestASignatureHoldsForFiveMinutesEitherWay(t *testing.T) {
	for offset, code := range map[time.Duration]int{
		0:                            http.StatusAccepted,
		5 * time.Minute:              http.StatusAccepted,
		-5 * time.Minute:             http.StatusAccepted,
		5*time.Minute + time.Second:  http.StatusUnauthorized,
		-5*time.Minute - time.Second: http.StatusUnauthorized,
		-365 * 24 * time.Hour:        http.StatusUnauthorized,
		290 * 365 * 24 * time.Hour:   http.StatusUnauthorized,
	} {
		h, _ := newGitLab(t, "", whsec(newKey))
		wantStatus(t, post(h, []byte(cart), standard(newKey, "msg_1", noon.Add(offset), []byte(cart))), code)
	}
}

func TestATokenDoesNotGoRoundTheSignature(t *testing.T) {
	h, m := newGitLab(t, "t0ken", whsec(newKey))
	wantStatus(t, post(h, []byte(cart), tokened("t0ken")), http.StatusUnauthorized)
	forged := append(standard(oldKey, "msg_1", noon, []byte(cart)), "X-Gitlab-Token", "t0ken")
	wantStatus(t, post(h, []byte(cart), forged), http.StatusUnauthorized)
	if len(m.kept) != 0 {
		t.Error("it was kept")
	}
}

func TestADeliveryWithoutASignatureStillComesByTokenWhereNoneIsSet(t *testing.T) {
	h, m := newGitLab(t, "t0ken", "")
	with := append(standard(newKey, "msg_1", noon, []byte(cart)), "X-Gitlab-Token", "t0ken")
	wantStatus(t, post(h, []byte(cart), with), http.StatusAccepted)
	if d := m.only(t); d.Trust != definition.Token {
		t.Errorf("a signature that was not checked is trusted as %v", d.Trust)
	}
}

func TestOneOfSeveralSignaturesAndOneOfSeveralTokensDo(t *testing.T) {
	with := standard(newKey, "msg_1", noon, []byte(cart))
	signature := &with[len(with)-1]
	*signature = "v1a,AAAA v1,!!! " + strings.TrimPrefix(standard(oldKey, "msg_1", noon, []byte(cart))[9], "") + " " + *signature
	for _, setting := range []string{whsec(newKey), whsec(oldKey), whsec([]byte("neither")) + "," + whsec(newKey)} {
		h, _ := newGitLab(t, "", setting)
		wantStatus(t, post(h, []byte(cart), with), http.StatusAccepted)
	}
}

func TestASignatureBehindManyOthersIsNotLookedAt(t *testing.T) {
	for n, code := range map[int]int{15: http.StatusAccepted, 16: http.StatusUnauthorized} {
		h, _ := newGitLab(t, "", whsec(newKey))
		with := standard(newKey, "msg_1", noon, []byte(cart))
		with[len(with)-1] = strings.Repeat("v1,AAAA ", n) + with[len(with)-1]
		wantStatus(t, post(h, []byte(cart), with), code)
	}
}

func TestASignatureOfAnythingElseIsRefused(t *testing.T) {
	cases := map[string]func(headers) headers{
		"another id":        replaced("Webhook-Id", "msg_2"),
		"no id":             replaced("Webhook-Id", ""),
		"another timestamp": replaced("Webhook-Timestamp", fmt.Sprint(noon.Unix()+1)),
		"no timestamp":      replaced("Webhook-Timestamp", ""),
		"an odd timestamp":  replaced("Webhook-Timestamp", "9223372036854775807"),
		"another version":   replaced("Webhook-Signature", "v2,AAAA"),
		"another version of the right one": func(h headers) headers {
			h[len(h)-1] = strings.Replace(h[len(h)-1], "v1,", "v2,", 1)
			return h
		},
		"no signature": replaced("Webhook-Signature", " "),
	}
	for name, change := range cases {
		t.Run(name, func(t *testing.T) {
			h, _ := newGitLab(t, "", whsec(newKey))
			with := change(standard(newKey, "msg_1", noon, []byte(cart)))
			wantStatus(t, post(h, []byte(cart), with), http.StatusUnauthorized)
		})
	}
	t.Run("another body", func(t *testing.T) {
		h, _ := newGitLab(t, "", whsec(newKey))
		wantStatus(t, post(h, []byte(cart+" "), standard(newKey, "msg_1", noon, []byte(cart))), http.StatusUnauthorized)
	})
}

// replaced sets one header to another value.
func replaced(name, value string) func(headers) headers {
	return func(h headers) headers {
		h[slices.Index(h, name)+1] = value
		return h
	}
}

func TestASigningTokenSpeaksForItsProjectWhereItIsBound(t *testing.T) {
	h, _ := newGitLab(t, "", "group/cart="+whsec(newKey)+" group/other="+whsec(oldKey))
	wantStatus(t, post(h, []byte(cart), standard(newKey, "msg_1", noon, []byte(cart))), http.StatusAccepted)
	wantStatus(t, post(h, []byte(cart), standard(oldKey, "msg_2", noon, []byte(cart))), http.StatusUnauthorized)
}
