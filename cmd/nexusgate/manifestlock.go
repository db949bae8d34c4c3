package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/nexusgate/nexusgate/gate"
)

// lockHead is the first line of a lock file.
const lockHead = "# What is deployed, as nexusgate manifest wrote it. nexusgate verify-manifest says whether it is a done Increment."

// lock is a manifest as a file for a deployment repository: a line for each component, in order, so that a diff says
// what changes.
//
//	nexus storefront
//	increment 128
//	digest sha256:…
//	cart-api github:acme/cart-api 9c1f…
func (m manifest) lock() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\nnexus %s\nincrement %d\ndigest %s\n", lockHead, m.Nexus, m.Increment, m.Digest)
	for _, name := range slices.Sorted(maps.Keys(m.Components)) {
		c := m.Components[name]
		fmt.Fprintf(&b, "component %s %s %s\n", name, c.Repo, c.Commit)
	}
	return b.String()
}

// readManifest reads a lock file, a manifest, or a composition alone.
func readManifest(name string, text []byte) (m manifest, err error) {
	switch {
	case !bytes.HasPrefix(bytes.TrimSpace(text), []byte("{")):
		m, err = readLock(text)
	default:
		m, err = readJSONManifest(text)
	}
	if err == nil {
		err = m.sound()
	}
	if err != nil {
		return manifest{}, fmt.Errorf("%s: %w", name, err)
	}
	return m, nil
}

// readJSONManifest reads a manifest, or a composition alone.
func readJSONManifest(text []byte) (m manifest, err error) {
	if err := unambiguous(text); err != nil {
		return m, err
	}
	if json.Unmarshal(text, &m.Composition) == nil {
		return m, nil
	}
	m = manifest{}
	return m, json.Unmarshal(text, &m)
}

func readLock(text []byte) (m manifest, err error) {
	m.Composition, m.Components, m.locked = gate.Composition{}, map[string]deployed{}, true
	lines := bufio.NewScanner(bytes.NewReader(text))
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if err := m.readLine(strings.Fields(line)); err != nil {
			return m, fmt.Errorf("line %d: %w", n, err)
		}
	}
	if err := lines.Err(); err != nil {
		return m, fmt.Errorf("reading it: %w", err)
	}
	if m.Nexus == "" || m.Digest == "" {
		return m, errors.New("it is no lock file: it does not say its nexus and its digest")
	}
	return m, nil
}

func (m *manifest) readLine(words []string) (err error) {
	switch {
	case words[0] == "nexus" && m.Nexus != "", words[0] == "increment" && m.Increment != 0, words[0] == "digest" && m.Digest != "":
		return fmt.Errorf("the %s is named twice", words[0])
	case words[0] == "nexus" && len(words) == 2:
		m.Nexus = words[1]
	case words[0] == "increment" && len(words) == 2:
		m.Increment, err = strconv.ParseInt(words[1], 10, 64)
	case words[0] == "digest" && len(words) == 2:
		m.Digest = words[1]
	case words[0] == "component" && len(words) == 4:
		if _, twice := m.Composition[words[1]]; twice {
			return fmt.Errorf("%s is named twice", words[1])
		}
		m.Composition[words[1]], m.Components[words[1]] = words[3], deployed{Repo: words[2], Commit: words[3]}
	default:
		return fmt.Errorf("%q is no line of a lock file: write component NAME REPOSITORY COMMIT", strings.Join(words, " "))
	}
	return err
}
