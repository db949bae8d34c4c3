package packaging_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var ofRelease = regexp.MustCompile(`(?m)^((?:apt|systemctl|gh|sha256sum) .*?)(?: +#.*)?$`)

// TestEachCommandOfThePagesFitsTheRelease reads the commands that take files of a release, or what they have installed,
// and sees that a release of this tree has them. Those that change no machine and ask nobody are run.
func TestEachCommandOfThePagesFitsTheRelease(t *testing.T) {
	held := 0
	for _, page := range []string{"../docs/upgrade.md", "../docs/operations.md"} {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range ofRelease.FindAllStringSubmatch(string(text), -1) {
			held++
			fits(t, page, strings.Fields(found[1]))
		}
	}
	if held != 6 {
		t.Errorf("the pages show %d commands of a release: are they read rightly?", held)
	}
}

func fits(t *testing.T, page string, words []string) {
	t.Helper()
	switch verb, last := strings.Join(words[:2], " "), words[len(words)-1]; verb {
	case "apt install":
		if about := run(t, "dpkg-deb", "--field", file(t, last), "Package"); about != "nexusgate\n" {
			t.Errorf("%s: %s is the package %s", page, last, about)
		}
	case "systemctl stop", "systemctl restart":
		if _, err := os.Stat(filepath.Join(unpacked(t), "usr/lib/systemd/system", last+".service")); err != nil {
			t.Errorf("%s: %q: %v", page, words, err)
		}
	case "gh attestation":
		attested(t, page, words[3])
	case "sha256sum --check":
		said := run(t, "sh", "-c", "cd '"+filepath.Dir(file(t, last))+"' && "+strings.Join(words, " "))
		if !strings.Contains(said, "nexusgate_linux_amd64.deb: OK\n") {
			t.Errorf("%s: it says\n%s", page, said)
		}
	default:
		t.Errorf("%s: no test knows %q", page, words)
	}
}

// attested sees that the workflow of releases attests a file, by its checksum, or an image.
func attested(t *testing.T, page, what string) {
	t.Helper()
	workflow, err := os.ReadFile("../.github/workflows/release.yml")
	if err != nil {
		t.Fatal(err)
	}
	if image, is := strings.CutPrefix(what, "oci://"); is {
		name, _, _ := strings.Cut(image, ":")
		if !strings.Contains(string(workflow), "subject-name: "+name+"\n") {
			t.Errorf("%s: no image %s is attested", page, name)
		}
		return
	}
	sums, err := os.ReadFile(file(t, "checksums.txt"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(sums), "  "+what+"\n") || !strings.Contains(string(workflow), "subject-checksums: bin/dist/checksums.txt\n") {
		t.Errorf("%s: %s is not among what is attested", page, what)
	}
}
