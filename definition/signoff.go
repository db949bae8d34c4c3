package definition

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// SignOff is the kind of evidence that is somebody's word.
const SignOff = "signoff"

// loggedIn is before the name of who has logged in to the pages, as a forge is before a login of its own. Of
// somebody without an address that is known to be theirs it is the subject: "login:sub:1234".
const (
	loggedIn = "login"
	subject  = "login:sub:"
)

// word is what a comment can name a sign-off by, and the globs of such.
var word = regexp.MustCompile(`^[A-Za-z0-9*?[][A-Za-z0-9._*?[\]-]{0,99}$`).MatchString

// signedAs is the name that a sign-off is given by: the criterion's, or its id where it has none.
func (d *draft) signedAs(faults *Faults) string {
	name, named := d.set["name"]
	if !named {
		return d.id
	}
	if !word(name.text) {
		faults.add(name.pos, "%s: nobody can sign %q in a comment; write a word such as \"docs\", of letters, digits, dots, dashes and underscores", d.path("name"), name.text)
	}
	return name.text
}

// people refuses names that nobody has.
func (f From) people() error {
	if len(f.App) == 0 {
		return errors.New("nobody is named who could sign; name them, such as from: app: \"ana\"")
	}
	for _, name := range f.App {
		forge, login := cutForge(name)
		switch known := []string{"", "github", "gitlab", loggedIn}; {
		case !slices.Contains(known, forge):
			return fmt.Errorf("%q is nobody's name; %s", name, suggest(forge, known[1:]))
		case login == "":
			return fmt.Errorf("%q is nobody's name; write one such as \"ana\", \"gitlab:li\" or \"login:ana@example.com\"", name)
		}
	}
	return nil
}

// Names says whether somebody is among the people that a criterion on a sign-off names. Who is said as
// "github:ana", "gitlab:li" or "login:ana@example.com"; a name without that is a login on either forge.
func (f From) Names(who string) bool {
	forge, login := cutForge(who)
	if forge == loggedIn {
		return login != "" && slices.ContainsFunc(f.App, func(name string) bool {
			return name == who || !strings.HasPrefix(who, subject) && strings.EqualFold(name, who)
		})
	}
	onForge := forge == "github" || forge == "gitlab"
	return onForge && !strings.Contains(login, ":") && namesOne(f.App, forge, login)
}
