package packaging_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// run runs a program at the root of the tree and gives what it wrote.
func run(t *testing.T, name string, args ...string) string {
	t.Helper()
	command := exec.CommandContext(t.Context(), name, args...)
	command.Dir, command.Env = "..", append(os.Environ(), atHome()...)
	out, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %q: %v\n%s", name, args, err, out)
	}
	return string(out)
}

// atHome says to git where the tree is published, also where it was cloned from elsewhere: GoReleaser asks.
func atHome() []string {
	count, err := strconv.Atoi(os.Getenv("GIT_CONFIG_COUNT"))
	if err != nil {
		count = 0
	}
	return []string{
		fmt.Sprintf("GIT_CONFIG_COUNT=%d", count+1),
		fmt.Sprintf("GIT_CONFIG_KEY_%d=remote.origin.url", count),
		fmt.Sprintf("GIT_CONFIG_VALUE_%d=https://github.com/nexusgate/nexusgate.git", count),
	}
}

// goreleaser is the tool in the version of testdata/goreleaser.mod, built where it is not yet.
var goreleaser = sync.OnceValues(func() (string, error) {
	out, err := exec.Command("go", "tool", "-modfile=testdata/goreleaser.mod", "-n", "goreleaser").Output()
	return strings.TrimSpace(string(out)), err
})

func tool(t *testing.T, args ...string) string {
	t.Helper()
	path, err := goreleaser()
	if err != nil {
		t.Fatalf("building GoReleaser: %v", err)
	}
	return run(t, path, args...)
}

// It refuses what is deprecated too.
func TestGoReleaserTakesItsConfiguration(t *testing.T) {
	if said := tool(t, "check"); !strings.Contains(said, "1 configuration file(s) validated") {
		t.Errorf("it says\n%s", said)
	}
}

// targets are those that a release is built for; tests build one.
var targets = regexp.MustCompile(`(?m)^    targets: \[linux_amd64, .*\]$`)

// released is a folder with what a release of this tree would be on one kind of machine, made once.
var released = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "released")
	if err != nil {
		return "", err
	}
	text, err := os.ReadFile("../.goreleaser.yaml")
	if err != nil {
		return "", err
	}
	dist := filepath.Join(dir, "dist")
	short := targets.ReplaceAllString(string(text), "    targets: [linux_amd64]")
	short = strings.Replace(short, "\ndist: bin/dist\n", "\ndist: "+dist+"\n", 1)
	if len(short) >= len(text) || !strings.Contains(short, dist) {
		return "", fmt.Errorf("where the targets and the folder are in .goreleaser.yaml is not known any more")
	}
	config := filepath.Join(dir, "goreleaser.yaml")
	if err := os.WriteFile(config, []byte(short), 0o600); err != nil {
		return "", err
	}
	path, err := goreleaser()
	if err != nil {
		return "", err
	}
	// The bill of materials takes a program that is no Go module; the workflow of a release has it.
	snapshot := exec.Command(path, "release", "--snapshot", "--clean", "--skip=sbom", "--config", config)
	snapshot.Dir, snapshot.Env = "..", append(os.Environ(), atHome()...)
	if out, err := snapshot.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w\n%s", err, out)
	}
	return dist, nil
})

func TestMain(m *testing.M) {
	code := m.Run()
	if dist, err := released(); err == nil {
		_ = os.RemoveAll(filepath.Dir(dist))
	}
	os.Exit(code)
}

// file is the path of something that a release has.
func file(t *testing.T, name string) string {
	t.Helper()
	dist, err := released()
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dist, name)
}

func TestTheChecksumsAreThoseOfTheFiles(t *testing.T) {
	sums := file(t, "checksums.txt")
	said := run(t, "sh", "-c", `cd "$1" && sha256sum --check --strict checksums.txt`, "sh", filepath.Dir(sums))
	for _, name := range []string{"nexusgate_linux_amd64.tar.gz", "nexusgate_linux_amd64.deb", "nexusgate_linux_amd64.rpm"} {
		if !strings.Contains(said, name+": OK") {
			t.Errorf("%s has no checksum, or another:\n%s", name, said)
		}
	}
}

func TestTheArchiveHoldsTheProgramAndWhatGoesWithIt(t *testing.T) {
	dir := t.TempDir()
	run(t, "tar", "xzf", file(t, "nexusgate_linux_amd64.tar.gz"), "-C", dir)
	for _, name := range []string{
		"LICENSE", "README.md", "CHANGELOG.md", "share/man/man1/nexusgate.1.gz", "share/man/man1/nexusgate-log-key.1.gz",
		"share/bash-completion/completions/nexusgate", "share/zsh/site-functions/_nexusgate",
		"share/fish/vendor_completions.d/nexusgate.fish", "systemd/nexusgate.service", "systemd/nexusgate.env",
	} {
		if found, err := os.Stat(filepath.Join(dir, name)); err != nil || found.Size() == 0 {
			t.Errorf("%s is not in the archive, or empty: %v", name, err)
		}
	}
	if said := run(t, filepath.Join(dir, "nexusgate"), "version"); !regexp.MustCompile(`^nexusgate v\d+\.\d+\.\d+-[0-9a-f]+\n`).MatchString(said) {
		t.Errorf("the program says that it is %q", said)
	}
}
