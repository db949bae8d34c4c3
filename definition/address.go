package definition

import (
	"fmt"
	"net/mail"
	"slices"
	"strconv"
	"strings"
)

const (
	longestMail = 254 // RFC 5321
	longestRoom = 40
)

// ReadAddress reads an address as it is written.
func ReadAddress(written string) (Address, error) {
	kind, name, _ := strings.Cut(written, ":")
	a := Address{By: AddressKind(kind), Name: name}
	var err error
	switch a.By {
	case BySlack, ByCloudEvents:
		err = checkRoom(name)
	case ByMail:
		err = checkMail(name)
	case ByIssue:
		repo, number, _ := strings.Cut(name, "#")
		a.Name = repo
		if a.Issue, err = strconv.Atoi(number); err != nil || a.Issue < 1 || a.Issue > 1<<31-1 || !isRepo(repo) {
			err = fmt.Errorf("%q names no issue; write one such as \"issue:github:acme/product#12\"", written)
		}
	default:
		err = fmt.Errorf("%q is no address; write one such as \"slack:room\", \"mail:nit@example.com\", \"issue:github:acme/product#12\" or \"cloudevents:bus\"", written)
	}
	return a, err
}

// checkRoom holds that a name can be that of a variable, and is not one of a variable's beside it.
func checkRoom(name string) error {
	plain := name != "" && len(name) <= longestRoom && name[0] >= 'a' && name[0] <= 'z' &&
		!strings.ContainsFunc(name, func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' })
	if !plain || strings.HasSuffix(name, "-file") || strings.HasSuffix(name, "-token") {
		return fmt.Errorf("%q is no name that the service can know an address by; write at most %d small letters, digits and dashes, a letter first, and neither -file nor -token at the end", name, longestRoom)
	}
	return nil
}

func checkMail(address string) error {
	read, err := mail.ParseAddress(address)
	printable := !strings.ContainsFunc(address, func(r rune) bool { return r <= ' ' || r > '~' })
	if err != nil || read.Address != address || !printable || len(address) > longestMail {
		return fmt.Errorf("%q is no address of e-mail; write it plainly, such as \"nit@example.com\"", address)
	}
	return nil
}

// isRepo says whether a text names a repository: "github:acme/product".
func isRepo(text string) bool {
	forge, name, _ := strings.Cut(text, ":")
	steps := strings.Split(name, "/")
	sound := !slices.ContainsFunc(steps, func(s string) bool { return s == "" || s == "." || s == ".." }) && !strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r == '#' })
	return sound && (forge == "github" && len(steps) == 2 || forge == "gitlab" && len(steps) >= 2)
}
