package definition

import "fmt"

// Trust says how far a piece of evidence is proved; a higher one satisfies a lower floor.
type Trust int

// Trust, ascending. Unset asks for no particular floor.
const (
	Unset    Trust = iota
	Declared       // somebody says so, in a file given to judge
	Token          // brought by the bearer of a static token
	Webhook        // signed by the forge
	OIDC           // proved by the pipeline's own identity
)

// trusts are the words of a definition; "" is Unset.
var trusts = [...]string{Unset: "", Declared: "declared", Token: "token", Webhook: "webhook", OIDC: "oidc"}

// String is the word that a definition uses; "" for Unset.
func (t Trust) String() string {
	if t < 0 || int(t) >= len(trusts) {
		return fmt.Sprintf("Trust(%d)", int(t))
	}
	return trusts[t]
}

// ParseTrust reads the word that a definition uses; "" is Unset.
func ParseTrust(word string) (Trust, error) {
	for t, w := range trusts {
		if w == word {
			return Trust(t), nil
		}
	}
	return Unset, fmt.Errorf("%q is no trust; write \"declared\", \"token\", \"webhook\" or \"oidc\"", word)
}
