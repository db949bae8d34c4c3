package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/nexusgate/nexusgate/gate"
)

// incrementCommand is all about Integrated Increments.
type incrementCommand struct {
	Checkout checkoutCommand `cmd:"" help:"Print what to fetch to have exactly an Increment."`
}

// checkoutCommand asks a service for the composition of an Increment.
type checkoutCommand struct {
	Nexus     string `required:"" variable:"nexus-name" placeholder:"NAME" help:"The Nexus."`
	Increment string `variable:"increment-number" default:"head" placeholder:"NUMBER" help:"Its number, or head or last-done."`
	Format    string `variable:"format-checkout" enum:"json,lock,git" default:"json" placeholder:"json|lock|git" help:"lock is a line for each component, git commands for a shell."`
	GitHub    string `name:"github-site" placeholder:"URL" help:"Where git fetches GitHub's repositories: without it, where the job runs, or https://github.com."`
	GitLab    string `name:"gitlab-site" placeholder:"URL" help:"Where git fetches GitLab's: without it, where the job runs, or https://gitlab.com."`
	apiFlags  `embed:""`
}

// Help is shown below the flags.
func (checkoutCommand) Help() string {
	return `Prints the composition as JSON, as a lock file or as git commands. It names the
Increment by its number and by the digest of its composition: give that digest to
submit --increment, and the evidence counts for that composition alone.

  nexusgate increment checkout --nexus storefront > composition.json
  nexusgate increment checkout --nexus storefront --format git | sh

The git commands put each component into a folder of its name, at exactly its
commit. Git asks for what it needs to get in as it always does.`
}

// Run prints the composition.
func (c *checkoutCommand) Run(ctx context.Context, s streams) (answer, error) {
	ctx, stop := untilSignal(ctx)
	defer stop()
	client, err := c.client(s)
	if err != nil {
		return failed, err
	}
	var sum gate.Checkout
	path := fmt.Sprintf("/api/v1/nexus/%s/increments/%s/checkout", url.PathEscape(c.Nexus), url.PathEscape(c.Increment))
	if err := client.get(ctx, path, &sum); err != nil {
		return failed, fmt.Errorf("asking for the Increment %s of %s: %w", c.Increment, c.Nexus, err)
	}
	if sum.Nexus != c.Nexus {
		return failed, fmt.Errorf("the service answers for %.80q; is it a nexusgate of this version?", sum.Nexus)
	}
	if err := fetchable(sum); err != nil {
		return failed, err
	}
	c.GitHub = cmp.Or(c.GitHub, s.getenv("GITHUB_SERVER_URL"), "https://github.com")
	c.GitLab = cmp.Or(c.GitLab, s.getenv("CI_SERVER_URL"), "https://gitlab.com")
	return yes, c.print(s.out, sum)
}

func (c *checkoutCommand) print(out io.Writer, sum gate.Checkout) error {
	text := ""
	switch c.Format {
	case "lock":
		text = checkoutLock(sum)
	case "git":
		text = c.gitCommands(sum)
	default:
		pretty, err := json.MarshalIndent(sum, "", "  ")
		if err != nil {
			return fmt.Errorf("writing the composition: %w", err)
		}
		text = string(pretty) + "\n"
	}
	_, err := io.WriteString(out, text)
	return err
}

// fetchable holds what a service said to what may be written into commands for a shell.
func fetchable(sum gate.Checkout) error {
	commits := gate.Composition{}
	for name, at := range sum.Components {
		commits[name] = at.Commit
	}
	if sum.Increment != commits.Digest() {
		return fmt.Errorf("the service says that the components are the composition %.80q, and they are %s; is it a nexusgate of this version?", sum.Increment, commits.Digest())
	}
	for _, name := range slices.Sorted(maps.Keys(sum.Components)) {
		at := sum.Components[name]
		forgeName, repo, _ := strings.Cut(at.Repo, ":")
		switch {
		case at.Repo == "":
			return fmt.Errorf("component %s of Increment %d is part of the Nexus no more, and nobody says where it lies; take a later one", name, sum.Number)
		case forgeName != "github" && forgeName != "gitlab", !plainWord(repo), !plainWord(name), strings.ContainsAny(name, "/"), !isWholeCommit(at.Commit):
			return fmt.Errorf("the service says that component %q is %q at %q, which is none; is it a nexusgate of this version?", name, at.Repo, at.Commit)
		}
	}
	return nil
}

// plainWord says whether a name means nothing to a shell, nor leads out of a folder.
func plainWord(s string) bool {
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./"
	return s != "" && strings.Trim(s, letters) == "" && !strings.HasPrefix(s, "-") && !strings.HasPrefix(s, ".") && !strings.Contains(s, "..")
}

func isWholeCommit(s string) bool {
	return (len(s) == 40 || len(s) == 64) && strings.Trim(s, "0123456789abcdef") == ""
}

// checkoutLock is a line for each component, in order, so that a difference says what moved.
func checkoutLock(sum gate.Checkout) string {
	var b strings.Builder
	fmt.Fprintf(&b, "nexus %s\nincrement %d\ndigest %s\n", sum.Nexus, sum.Number, sum.Increment)
	for _, name := range slices.Sorted(maps.Keys(sum.Components)) {
		fmt.Fprintf(&b, "component %s %s %s\n", name, sum.Components[name].Repo, sum.Components[name].Commit)
	}
	return b.String()
}

// gitCommands fetch exactly the commits, and nothing of their history.
func (c *checkoutCommand) gitCommands(sum gate.Checkout) string {
	var b strings.Builder
	fmt.Fprintf(&b, "set -e\n# Integrated Increment %d, %s\n", sum.Number, sum.Increment)
	for _, name := range slices.Sorted(maps.Keys(sum.Components)) {
		at := sum.Components[name]
		forgeName, repo, _ := strings.Cut(at.Repo, ":")
		root := c.GitHub
		if forgeName == "gitlab" {
			root = c.GitLab
		}
		fmt.Fprintf(&b, "git init -q %[1]s\ngit -C %[1]s fetch -q --depth 1 '%[2]s/%[3]s.git' %[4]s\ngit -C %[1]s checkout -q --detach %[4]s\n",
			name, strings.ReplaceAll(strings.TrimSuffix(root, "/"), "'", ""), repo, at.Commit)
	}
	return b.String()
}
