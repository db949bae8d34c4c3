package gate

import (
	"fmt"
	"strconv"
	"strings"
)

// Ref names an issue, or a pull or merge request, as people write it: "github:acme/cart-api#17", "gitlab:acme/web!4".
// On GitHub both are counted together, so that two references that differ in Change alone are one there.
type Ref struct {
	Forge  Forge
	Repo   string // "acme/cart-api"; what stands there where Number is 0: words that name nothing
	Number int
	Change bool // a pull or merge request
}

// String is the reference as it is written, and in JSON.
func (r Ref) String() string {
	switch {
	case r.Number == 0 && r.Forge == "":
		return r.Repo
	case r.Number == 0:
		return string(r.Forge) + ":" + r.Repo
	case r.Change && r.Forge == GitLab:
		return fmt.Sprintf("%s:%s!%d", r.Forge, r.Repo, r.Number)
	default:
		return fmt.Sprintf("%s:%s#%d", r.Forge, r.Repo, r.Number)
	}
}

// key is what two references to one thing have in common: forges do not tell "Acme" from "acme".
func (r Ref) key() string { return strings.ToLower(r.String()) }

// zero says that nothing is named.
func (r Ref) zero() bool { return r == Ref{} }

// IsZero leaves an empty reference out of JSON.
func (r Ref) IsZero() bool { return r.zero() }

// MarshalText writes the reference as String does.
func (r Ref) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (r *Ref) UnmarshalText(text []byte) error {
	*r = ParseRef(string(text))
	return nil
}

// ParseRef reads what String writes. Words that name nothing stay words.
func ParseRef(text string) Ref {
	forge, rest, _ := strings.Cut(text, ":")
	if Forge(forge) != GitHub && Forge(forge) != GitLab {
		return Ref{Repo: text}
	}
	at := strings.LastIndexAny(rest, "#!")
	if at < 0 {
		return Ref{Forge: Forge(forge), Repo: rest}
	}
	number, err := strconv.Atoi(rest[at+1:])
	if err != nil || number <= 0 {
		return Ref{Repo: text}
	}
	return Ref{Forge: Forge(forge), Repo: rest[:at], Number: number, Change: rest[at] == '!'}
}
