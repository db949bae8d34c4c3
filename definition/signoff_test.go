package definition_test

import (
	"testing"

	"github.com/nexusgate/nexusgate/definition"
)

func TestASignOffNamesPeopleWhereverTheyAreKnown(t *testing.T) {
	from := definition.From{App: []string{"Ana", "gitlab:li", "login:kim@example.com", "login:sub:aB1"}}
	for who, want := range map[string]bool{
		"github:ana": true, "gitlab:ANA": true, "login:ana": false, "ana": false,
		"gitlab:Li": true, "github:li": false, "login:li": false,
		"login:Kim@Example.com": true, "github:kim@example.com": false, "gitlab:login:kim@example.com": false,
		"login:sub:aB1": true, "login:sub:ab1": false,
		"": false, "github:": false, "login:": false, "gitlab:gitlab:li": false, "bitbucket:ana": false,
	} {
		if got := from.Names(who); got != want {
			t.Errorf("%q may sign: %v, want %v", who, got, want)
		}
	}
}
