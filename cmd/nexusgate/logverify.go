package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/nexusgate/nexusgate/gate/attest"
	"github.com/nexusgate/nexusgate/gate/store"
)

// logVerifyCommand holds a store against its log.
type logVerifyCommand struct {
	Store string   `required:"" placeholder:"DSN" help:"The store of a service, as sqlite:nexusgate.db. Nothing is written to it."`
	Key   []string `variable:"key-verifier" placeholder:"VERIFIER" help:"The public side of the key that signs, as log key prints it; without one, signatures are not checked. After a change of keys, repeat it."`
	Head  []string `sep:"none" variable:"head-file" placeholder:"FILE" help:"A signed head that was kept elsewhere. May be repeated."`
}

// Help is what the command's help says besides its flags.
func (*logVerifyCommand) Help() string {
	return `Every kept verdict is hashed again and held against its leaf, every hash of the
tree against the leaves, and every head against the tree: those that the store
keeps, and those that you have kept elsewhere. Whoever may write to the store could
rewrite all of it; only a head that was kept elsewhere finds that.

Exit codes: 0 as logged, 1 something differs, 3 an error.

Example:
  curl -o head.txt https://done.example.com/api/v1/nexus/storefront/log
  nexusgate log verify --store sqlite:nexusgate.db --head head.txt --key KEY`
}

// Run is the command.
func (c *logVerifyCommand) Run(ctx context.Context, s streams) (said answer, err error) {
	trusted, err := attest.ParseVerifiers(c.Key...)
	if err != nil {
		return failed, fmt.Errorf("--key: %w", err)
	}
	v := &verifying{out: s.out, progress: newProgress(s.err), trusted: trusted, given: map[string][]attest.Claim{}}
	for _, name := range c.Head {
		if err := v.give(name); err != nil {
			return failed, fmt.Errorf("--head: %w", err)
		}
	}
	if v.kept, err = store.OpenToRead(ctx, c.Store); err != nil {
		return failed, fmt.Errorf("opening the store: %w", err)
	}
	defer func() { err = errors.Join(err, v.kept.Close()) }()
	if err := v.all(ctx); err != nil {
		return failed, fmt.Errorf("verifying %s: %w", c.Store, err)
	}
	return v.conclude()
}

// verifying holds the logs of a store against what else is known.
type verifying struct {
	kept      *store.Store
	out       io.Writer
	progress  *progress
	trusted   attest.Verifiers
	given     map[string][]attest.Claim // from elsewhere, by Nexus
	differing int
	broken    error // the output
}

// give takes a head that was kept elsewhere.
func (v *verifying) give(name string) error {
	text, err := readBounded(name)
	if err != nil {
		return err
	}
	head, err := attest.ReadHead(string(text), v.trusted)
	if err != nil && (len(v.trusted) > 0 || !errors.Is(err, attest.ErrForeign)) {
		return fmt.Errorf("%s: %w", name, err)
	}
	v.given[head.Nexus] = append(v.given[head.Nexus], attest.Claim{Head: head, From: "the head in " + name})
	return nil
}

func (v *verifying) all(ctx context.Context) error {
	names, err := v.kept.Logs(ctx)
	if err != nil {
		return err
	}
	names = slices.AppendSeq(names, maps.Keys(v.given))
	slices.Sort(names)
	for _, nexus := range slices.Compact(names) {
		if err := v.nexus(ctx, nexus); err != nil {
			return err
		}
	}
	return v.kept.Unlogged(ctx, func(id, nexus string) error {
		v.tell(fmt.Sprintf("%s: verdict %s was never logged", nexus, id))
		return v.broken
	})
}

// nexus holds one log against its verdicts and its heads, and sums it up in a line.
func (v *verifying) nexus(ctx context.Context, nexus string) error {
	claims, err := v.claims(ctx, nexus) // before the leaves, which may grow meanwhile
	if err != nil {
		return err
	}
	deleted := &deletions{nexus: nexus, kept: v.kept, read: v.readLetGo, notes: map[store.LetGo]bool{}}
	audit := attest.NewAudit(nexus, claims, func(leaf int64) bool { return deleted.tellOf(ctx, leaf) }, v.tell)
	err = v.kept.Leaves(ctx, nexus, func(l store.Leaf) error {
		audit.Add(attest.Entry(l))
		v.progress.show(nexus + ": " + count(int(audit.Size()), "leaf", "leaves"))
		return v.broken
	})
	if err = errors.Join(err, deleted.err); err != nil {
		return err
	}
	audit.Close()
	parts := []string{count(int(audit.Size()), "verdict", "verdicts") + " logged"}
	if audit.Forgotten > 0 {
		parts = append(parts, fmt.Sprintf("%d of them deleted by retention since", audit.Forgotten))
	}
	parts = append(parts, count(audit.Held, "head holds", "heads hold"))
	return v.say(nexus + ": " + strings.Join(parts, ", "))
}

// claims are the heads of a Nexus, from the store and from elsewhere. One that cannot be read, or that a
// stranger has signed, is told, and counts for nothing.
func (v *verifying) claims(ctx context.Context, nexus string) ([]attest.Claim, error) {
	heads, err := v.kept.Heads(ctx, nexus)
	if err != nil {
		return nil, err
	}
	claims := slices.Clone(v.given[nexus])
	for _, kept := range heads {
		from := "the head kept on " + kept.Made.Format("2006-01-02 15:04:05") + " UTC"
		head, err := attest.ReadHead(kept.Note, v.trusted)
		switch {
		case err != nil && (len(v.trusted) > 0 || !errors.Is(err, attest.ErrForeign)):
			v.tell(fmt.Sprintf("%s: %s: %v", nexus, from, err))
		case head.Nexus != nexus || head.Size != kept.Size:
			v.tell(fmt.Sprintf("%s: %s is kept as of %d leaves, and tells of %d of %s", nexus, from, kept.Size, head.Size, head.Nexus))
		default:
			claims = append(claims, attest.Claim{Head: head, From: from})
		}
	}
	return claims, nil
}

// tell tells what differs.
func (v *verifying) tell(what string) {
	v.differing++
	v.broken = errors.Join(v.broken, v.say(what))
}

func (v *verifying) say(line string) error {
	v.progress.clear()
	if _, err := fmt.Fprintln(v.out, line); err != nil {
		return fmt.Errorf("telling what was found: %w", err)
	}
	return nil
}

// conclude sums up.
func (v *verifying) conclude() (answer, error) {
	said, words := yes, "as logged"
	if v.differing > 0 {
		said, words = no, count(v.differing, "difference", "differences")
	}
	if len(v.trusted) == 0 {
		words += "; signatures were not checked, for want of --key"
	}
	return said, errors.Join(v.broken, v.say(words))
}
