package main

import (
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

// variable is the name in the environment of a flag: NEXUSGATE_WEBHOOK_LISTEN of --webhook-listen. A flag
// that means something else than its namesakes of other commands has a name of its own there, since an
// environment is set for all commands: the tag variable:"nexus-file" says which.
func variable(flag *kong.Flag) string {
	name := flag.Name
	if flag.Tag.Has("variable") {
		name = flag.Tag.Get("variable")
	}
	return "NEXUSGATE_" + strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
}

// environment gives a flag that the command line does not name the value of its variable. An empty
// variable is as good as none, and so is that of a flag which the command line has chosen another
// over. A flag that may be repeated takes several values, set apart by commas.
func environment(getenv func(string) string) kong.ResolverFunc {
	return func(given *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
		value := getenv(variable(flag))
		switch {
		case value == "" || isHelp(flag) || isPassedOver(flag, given):
			return nil, nil
		case flag.IsSlice():
			return several(value), nil
		default:
			return value, nil
		}
	}
}

// isPassedOver says whether the command line has a flag that excludes this one.
func isPassedOver(flag *kong.Flag, given *kong.Context) bool {
	return slices.ContainsFunc(given.Path, func(p *kong.Path) bool {
		return p.Flag != nil && slices.ContainsFunc(flag.Xor, func(group string) bool { return slices.Contains(p.Flag.Xor, group) })
	})
}

func several(value string) []any {
	var values []any
	for part := range strings.SplitSeq(value, ",") {
		if part = strings.TrimSpace(part); part != "" {
			values = append(values, part)
		}
	}
	return values
}

// forgeVariables are the settings that have no flag: a secret on a command line is read by whoever
// lists the processes.
var forgeVariables = [...][2]string{
	{"NEXUSGATE_GITHUB_URL", "Root of GitHub's API. https://api.github.com unless GitHub is your own."},
	{"NEXUSGATE_GITHUB_APP_ID", "The number of the GitHub App."},
	{"NEXUSGATE_GITHUB_PRIVATE_KEY_FILE", "A file with the App's private key, as GitHub made it (PEM)."},
	{"NEXUSGATE_GITHUB_WEBHOOK_SECRET", "The App's webhook secret; two, set apart by a comma, while it changes."},
	{"NEXUSGATE_GITLAB_URL", "Root of GitLab. https://gitlab.com unless it is your own."},
	{"NEXUSGATE_GITLAB_TOKEN", "An access token that may read the repositories and set commit statuses."},
	{"NEXUSGATE_GITLAB_TOKEN_FILE", "A file with that token instead, which is read again when GitLab refuses it."},
	{"NEXUSGATE_GITLAB_WEBHOOK_SECRET", "The hook's secret token; a token of one project is written group/project=token."},
	{"NEXUSGATE_GITLAB_SIGNING_TOKEN", "The hook's signing token, whsec_…; where there is one, nothing less will do."},
}
