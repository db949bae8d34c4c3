package main_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// notSecret are the variables that tell of a secret, and are none.
var notSecret = map[string]string{
	"NEXUSGATE_ATTEST_ALSO":     "public keys",
	"NEXUSGATE_LOGIN_CLIENT_ID": "the client's name, which each browser is shown",
	"NEXUSGATE_AUDIENCE":        "whom tokens are made for",
	"NEXUSGATE_GITHUB_ISSUER":   "who signs tokens",
	"NEXUSGATE_GITLAB_ISSUER":   "likewise",
	"NEXUSGATE_SMTP_USER":       "a name; the password is another variable",
}

var (
	aboutSecrets = regexp.MustCompile(`(?i)secret|token|password|\bkeys?\b|\bDSN\b`)
	setting      = regexp.MustCompile(`(?s)(--[a-z-]+ .*?)\$(NEXUSGATE_[A-Z_]+)`)
	variableLine = regexp.MustCompile(`(?ms)^  (NEXUSGATE_[A-Z_]+) +([A-Z].*?)(?:\n  N|\n\n|\z)`)
)

// secretSettings are those of serve whose help tells of a secret: its flags, and the variables that have none.
func secretSettings(t *testing.T) (names []string) {
	t.Helper()
	add := func(name, help string) {
		if aboutSecrets.MatchString(name+" "+help) && notSecret[name] == "" {
			names = append(names, name)
		}
	}
	_, flags, _ := strings.Cut(help(t, "serve"), "Arguments and flags:\n")
	for _, flag := range setting.FindAllStringSubmatch(flags, -1) {
		add(flag[2], flag[1])
	}
	_, variables, _ := strings.Cut(help(t), "The forges are set up by variables alone")
	variables, _, _ = strings.Cut(variables, "NEXUSGATE_TOKEN ") // from there on, those of jobs of CI
	for rest := variables; ; {
		found := variableLine.FindStringSubmatchIndex(rest)
		if found == nil {
			break
		}
		add(rest[found[2]:found[3]], rest[found[4]:found[5]])
		rest = rest[found[5]:]
	}
	return names
}

func TestOperationsTellHowEachSecretIsReplaced(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "docs", "operations.md"))
	if err != nil {
		t.Fatal(err)
	}
	table := between(t, "secrets", string(text))
	names := secretSettings(t)
	if len(names) < 12 {
		t.Errorf("the help tells of %d secrets: is it read rightly? %q", len(names), names)
	}
	for _, name := range names {
		if !strings.Contains(table, "`"+name+"`") {
			t.Errorf("docs/operations.md, Secrets: say how %s is replaced, or in notSecret why it is no secret", name)
		}
	}
}
