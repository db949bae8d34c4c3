package definition_test

import (
	"strings"
	"testing"

	"github.com/nexusgate/nexusgate/definition"
)

const released = `
name: "shop"
teams: cart: components: "cart-api": repo: "github:acme/cart-api"
done: e2e: {why: "w", on: "commit", evidence: "mine", must: a: 1}
release: {
	RULE
	anywhere: {name: "p*", needs: "component", exceptions: "allowed"}
	production: {}
	eu: {name: "Production EU", exceptions: "allowed"}
}
`

func TestAnEnvironmentIsFoundAsTheForgeCallsIt(t *testing.T) {
	r := load(t, strings.Replace(released, "RULE", "", 1)).Release
	for name, want := range map[string]string{
		"production": "production", "Production": "production", "PRODUCTION eu": "eu", "eu": "", "preview": "anywhere", "Pages": "anywhere",
		"p/1": "", "": "", "staging": "",
	} {
		if got := r.Environment(name); got.ID != want {
			t.Errorf("%q is %q, want %q", name, got.ID, want)
		}
	}
}

func TestAnEnvironmentThatIsNotNamedAsksForADoneIncrement(t *testing.T) {
	for rule, exceptions := range map[string]bool{"": false, `exceptions: "allowed"`: true} {
		r := load(t, strings.Replace(released, "RULE", rule, 1)).Release
		for _, name := range []string{"", "staging", "production"} {
			if e := r.Environment(name); e.Needs != definition.NeedsIncrement || e.Exceptions != exceptions {
				t.Errorf("with %q, %q needs %s, exceptions %v", rule, name, e.Needs, e.Exceptions)
			}
		}
	}
}
