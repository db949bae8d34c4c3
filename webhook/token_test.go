package webhook_test

import (
	"testing"

	"github.com/nexusgate/nexusgate/webhook"
)

func TestAHookIsGivenTheSecretOfItsProject(t *testing.T) {
	t.Parallel()
	const old, young = "whsec_b2xk", "whsec_eW91bmc="
	for name, c := range map[string]struct{ got, want string }{
		"one for all":                   {webhook.TokenFor("word", "acme/web", 7), "word"},
		"the first while two rotate":    {webhook.SigningTokenFor(young+" "+old, "acme/web", 7), young},
		"its own before that of all":    {webhook.TokenFor("word acme/web=own", "acme/web", 7), "own"},
		"its own by its number":         {webhook.TokenFor("acme/web@8=other,acme/web@7=own", "Acme/web", 7), "own"},
		"none where it is another's":    {webhook.TokenFor("acme/search=other", "acme/web", 7), ""},
		"a signing token of its own":    {webhook.SigningTokenFor("acme/search="+old+" acme/web="+young, "acme/web", 7), young},
		"none where there is no secret": {webhook.TokenFor(" ", "acme/web", 7), ""},
	} {
		if c.got != c.want {
			t.Errorf("%s: %q, want %q", name, c.got, c.want)
		}
	}
}
