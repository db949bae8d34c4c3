package main

import (
	"context"
	"crypto/rand"
	"fmt"

	"github.com/nexusgate/nexusgate/gate/attest"
)

// attestCommand is all about signed statements, less checking them, which is verify's.
type attestCommand struct {
	Key attestKeyCommand `cmd:"" help:"Make a key that signs statements on Increments, or show its public side."`
}

// Help is what the help says besides the commands.
func (*attestCommand) Help() string {
	return `A service with a key signs a statement on each Increment that is decided. It is
carried away and checked anywhere, with the public key alone: by nexusgate verify,
or by whatever reads SLSA's Verification Summaries.`
}

// attestKeyCommand makes a key.
type attestKeyCommand struct {
	File      string `arg:"" name:"FILE" help:"Where the key is written; one that is there is left as it is."`
	Algorithm string `enum:"ecdsa,ed25519" default:"ecdsa" placeholder:"ecdsa|ed25519" help:"How it signs: ECDSA on the curve P-256, or Ed25519."`
}

// Help is what the command's help says besides its flags.
func (*attestKeyCommand) Help() string {
	return `The public side is printed: give it to whoever is to check statements. The file
is PKCS#8 in PEM, and secret. Give it to serve with --attest-key; all replicas
sign with one key. A key that openssl or a vault made will do too.

Example:
  nexusgate attest key attest.key > attest.pem
  nexusgate serve --config nexus.cue --url URL --attest-key attest.key`
}

// Run is the command.
func (c *attestKeyCommand) Run(_ context.Context, s streams) (answer, error) {
	secret, err := attest.NewSigningKey(rand.Reader, c.Algorithm)
	if err != nil {
		return failed, err
	}
	if err := writeOnce(c.File, secret); err != nil {
		return failed, err
	}
	key, err := readSigningKey(c.File)
	if err != nil {
		return failed, err
	}
	public, err := key.Public().PEM()
	if err != nil {
		return failed, err
	}
	if _, err := s.out.Write(public); err != nil {
		return failed, fmt.Errorf("showing the key's public side: %w", err)
	}
	return yes, nil
}
