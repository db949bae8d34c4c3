package packaging_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// brought are the files that either package has, without the manual's pages beside the first, and their modes.
func brought(completionOfZsh string, more ...string) []string {
	all := append([]string{
		"-rw------- /etc/nexusgate/nexusgate.env",
		"-rwxr-xr-x /usr/bin/nexusgate",
		"-rw-r--r-- /usr/lib/systemd/system/nexusgate.service",
		"-rw-r--r-- /usr/lib/sysusers.d/nexusgate.conf",
		"-rw-r--r-- /usr/share/bash-completion/completions/nexusgate",
		"-rw-r--r-- /usr/share/doc/nexusgate/CHANGELOG.md",
		"-rw-r--r-- /usr/share/doc/nexusgate/examples/nexus.cue",
		"-rw-r--r-- /usr/share/doc/nexusgate/upgrade.md",
		"-rw-r--r-- /usr/share/fish/vendor_completions.d/nexusgate.fish",
		"-rw-r--r-- /usr/share/man/man1/nexusgate.1.gz",
		"-rw-r--r-- " + completionOfZsh,
	}, more...)
	slices.SortFunc(all, func(a, b string) int { return strings.Compare(a[11:], b[11:]) })
	return all
}

// listed reads a list of files as ls writes it, and leaves out folders, owners, sizes and the manual's further pages.
func listed(t *testing.T, text string) (files []string) {
	t.Helper()
	pages := 0
	for line := range strings.Lines(text) {
		words := strings.Fields(line)
		name := "/" + strings.TrimLeft(words[len(words)-1], "./")
		switch {
		case words[0][0] == 'd' && words[0][3] != 'x':
			t.Errorf("%s is a folder that nobody enters: %s", name, words[0])
		case words[0][0] == 'd':
		case strings.HasPrefix(name, "/usr/share/man/man1/nexusgate-"):
			pages++
		default:
			files = append(files, words[0]+" "+name)
		}
	}
	if pages < 20 {
		t.Errorf("the manual has %d pages of commands", pages)
	}
	slices.SortFunc(files, func(a, b string) int { return strings.Compare(a[11:], b[11:]) })
	return files
}

func TestTheDebHoldsWhatDebianExpects(t *testing.T) {
	deb := file(t, "nexusgate_linux_amd64.deb")
	want := brought("/usr/share/zsh/vendor-completions/_nexusgate", "-rw-r--r-- /usr/share/doc/nexusgate/copyright")
	if diff := cmp.Diff(want, listed(t, run(t, "dpkg-deb", "--contents", deb))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	about := run(t, "dpkg-deb", "--info", deb)
	for _, line := range []string{"Package: nexusgate", "Architecture: amd64", "Depends: ca-certificates, systemd"} {
		if !strings.Contains(about, " "+line+"\n") {
			t.Errorf("it does not say %q:\n%s", line, about)
		}
	}
	if kept := run(t, "dpkg-deb", "--info", deb, "conffiles"); kept != "/etc/nexusgate/nexusgate.env\n" {
		t.Errorf("an upgrade leaves %q as it is", kept)
	}
	for control, from := range map[string]string{"postinst": "postinstall.sh", "prerm": "preremove.sh", "postrm": "postremove.sh"} {
		script, err := os.ReadFile(from)
		if got := run(t, "dpkg-deb", "--info", deb, control); err != nil || got != string(script) {
			t.Errorf("%s is not %s: %v\n%s", control, from, err, got)
		}
	}
}

func TestTheRPMHoldsWhatRedHatExpects(t *testing.T) {
	rpm := file(t, "nexusgate_linux_amd64.rpm")
	want := brought("/usr/share/zsh/site-functions/_nexusgate", "-rw-r--r-- /usr/share/licenses/nexusgate/LICENSE")
	if diff := cmp.Diff(want, listed(t, run(t, "rpm", "-qp", "--nosignature", "--queryformat", `[%{FILEMODES:perms} %{FILENAMES}\n]`, rpm))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if kept := run(t, "rpm", "-qp", "--nosignature", "--configfiles", rpm); kept != "/etc/nexusgate/nexusgate.env\n" {
		t.Errorf("an upgrade leaves %q as it is", kept)
	}
	if needs := run(t, "rpm", "-qp", "--nosignature", "--requires", rpm); !strings.Contains(needs, "ca-certificates\nsystemd\n") {
		t.Errorf("it needs %q", needs)
	}
}

// unpacked is what the deb puts on a machine.
func unpacked(t *testing.T) (root string) {
	t.Helper()
	root = t.TempDir()
	run(t, "dpkg-deb", "--extract", file(t, "nexusgate_linux_amd64.deb"), root)
	return root
}

func TestSystemdTakesTheUnit(t *testing.T) {
	root := unpacked(t)
	text, err := os.ReadFile(filepath.Join(root, "usr/lib/systemd/system/nexusgate.service"))
	if err != nil {
		t.Fatal(err)
	}
	unit := filepath.Join(t.TempDir(), "nexusgate.service")
	installed := strings.ReplaceAll(string(text), "/usr/bin/nexusgate", filepath.Join(root, "usr/bin/nexusgate"))
	if err := os.WriteFile(unit, []byte(installed), 0o600); err != nil {
		t.Fatal(err)
	}
	if said := run(t, "systemd-analyze", "verify", "--man=no", unit); said != "" {
		t.Errorf("systemd says\n%s", said)
	}
	rated := run(t, "systemd-analyze", "security", "--offline=true", "--root="+root, "--threshold=20", "nexusgate.service")
	if !strings.Contains(rated, "OK") {
		t.Errorf("it is exposed:\n%s", rated)
	}
}

func TestTheUserIsOneOfTheSystems(t *testing.T) {
	said := run(t, "systemd-sysusers", "--dry-run", "--root="+unpacked(t))
	if !strings.Contains(said, "Creating user 'nexusgate'") {
		t.Errorf("it says %q", said)
	}
}

// A setting that the service does not know would do nothing, and nobody would notice.
func TestEachSettingOfTheUnitIsOneThatTheServiceKnows(t *testing.T) {
	root := unpacked(t)
	help := run(t, filepath.Join(root, "usr/bin/nexusgate"), "--help")
	text, err := os.ReadFile(filepath.Join(root, "etc/nexusgate/nexusgate.env"))
	if err != nil {
		t.Fatal(err)
	}
	settings := regexp.MustCompile(`(?m)^#?(NEXUSGATE_[A-Z_]+)=`).FindAllStringSubmatch(string(text), -1)
	if len(settings) < 15 {
		t.Fatalf("there are %d settings: is the file read rightly?", len(settings))
	}
	for _, setting := range settings {
		if !strings.Contains(help, "  "+setting[1]+" ") {
			t.Errorf("%s is no setting of nexusgate", setting[1])
		}
	}
}

// An upgrade runs the script before removal too, and must not stop the service.
func TestAnUpgradeStopsNothing(t *testing.T) {
	stubs := t.TempDir()
	for _, name := range []string{"systemctl", "systemd-sysusers", "chgrp", "chmod"} {
		if err := os.WriteFile(filepath.Join(stubs, name), []byte("#!/bin/sh\necho \"$(basename \"$0\") $*\"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	script := func(name, arg string) string {
		return run(t, "sh", "-c", `PATH="$1:$PATH" exec sh "packaging/$2" "$3"`, "sh", stubs, name, arg)
	}
	for _, upgrade := range []string{"upgrade", "1"} {
		if said := script("preremove.sh", upgrade); said != "" {
			t.Errorf("%s does %q", upgrade, said)
		}
	}
	if said := script("postinstall.sh", "configure"); !strings.HasPrefix(said, "systemd-sysusers nexusgate.conf\nchgrp nexusgate /etc/nexusgate\nchmod 0750 /etc/nexusgate\n") ||
		strings.Contains(said, "start") {
		t.Errorf("an installation does %q", said)
	}
}
