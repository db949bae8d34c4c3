package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/nexusgate/nexusgate/gate/attest"
)

// logCommand is all about the log of verdicts.
type logCommand struct {
	Key    logKeyCommand    `cmd:"" help:"Make a key that signs the log's heads, or show its public side."`
	Verify logVerifyCommand `cmd:"" help:"Hold the kept verdicts against the log, and the log against its heads."`
	Prove  logProveCommand  `cmd:"" help:"Write a proof that a verdict is in the log."`
	Check  logCheckCommand  `cmd:"" help:"Check such a proof, with nothing but the key."`
}

// Help is what the help says besides the commands.
func (*logCommand) Help() string {
	return `Each verdict enters a log that only grows. A verdict that was changed, taken away
or slipped in later is found, and so is a log that was rewritten, by anybody who
has kept one of the signed heads that a service publishes.`
}

// logKeyCommand makes a key.
type logKeyCommand struct {
	File string `arg:"" name:"FILE" help:"Where the key is written; one that is there is left as it is."`
	Name string `variable:"name-of-key" placeholder:"NAME" help:"Who signs, as others will read it: done.example.com. Without one: nexusgate."`
}

// Help is what the command's help says besides its flags.
func (*logKeyCommand) Help() string {
	return `The public side is printed: give it to whoever is to check heads and proofs. The
file is secret. Give it to serve with --log-key; all replicas sign with one key.

Example:
  nexusgate log key log.key --name done.example.com
  nexusgate serve --config nexus.cue --log-key log.key`
}

// Run is the command.
func (c *logKeyCommand) Run(_ context.Context, s streams) (answer, error) {
	secret, err := attest.NewKey(rand.Reader, cmp.Or(c.Name, "nexusgate"))
	if err != nil {
		return failed, fmt.Errorf("--name: %w", err)
	}
	if err := writeOnce(c.File, []byte(secret+"\n")); err != nil {
		return failed, err
	}
	key, err := readLogKey(c.File)
	if err != nil {
		return failed, err
	}
	if c.Name != "" && key.Name() != c.Name {
		return failed, fmt.Errorf("%s holds a key already, and it signs as %s: name another file for a key of %s, or leave --name out to see the public side of this one",
			c.File, key.Name(), c.Name)
	}
	if _, err := fmt.Fprintln(s.out, key.Verifier()); err != nil {
		return failed, fmt.Errorf("showing the key's public side: %w", err)
	}
	return yes, nil
}

// writeOnce writes a key that is secret; where there is a file its public side was asked for, and it is
// left as it is.
func writeOnce(name string, secret []byte) error {
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	switch {
	case errors.Is(err, fs.ErrExist):
		return nil
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("making a key: %w; make its directory first, as with mkdir -p %s", err, filepath.Dir(name))
	case err != nil:
		return fmt.Errorf("making a key: %w", err)
	}
	_, err = file.Write(secret)
	if err := errors.Join(err, file.Close()); err != nil {
		return fmt.Errorf("writing the key: %w", err)
	}
	return nil
}

func readLogKey(name string) (*attest.Key, error) {
	text, err := readBounded(name)
	if err != nil {
		return nil, fmt.Errorf("reading the key of the log: %w; nexusgate log key makes one", err)
	}
	key, err := attest.ParseKey(string(text))
	if err != nil {
		return nil, fmt.Errorf("%s is no key of a log: %w", name, err)
	}
	return key, nil
}

// mostOfLogFile bounds a key, a head or a proof, in bytes: a verdict is the largest part.
const mostOfLogFile = 64 << 20

func readBounded(name string) ([]byte, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	return readAllBounded(file, name)
}

func readAllBounded(from io.Reader, name string) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(from, mostOfLogFile+1))
	if err == nil && len(text) > mostOfLogFile {
		err = fmt.Errorf("%s is larger than %d MiB", name, mostOfLogFile>>20)
	}
	return text, err
}
