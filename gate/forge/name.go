package forge

import (
	"errors"
	"fmt"
	"strings"

	"github.com/nexusgate/nexusgate/gate"
)

// ownerAndName splits a GitHub name. go-github puts it into addresses as it is, so nothing but the
// letters that GitHub allows may pass.
func ownerAndName(repo gate.Repo) (owner, name string, err error) {
	owner, name, found := strings.Cut(repo.Name, "/")
	if !found || !word(owner) || !word(name) {
		return "", "", &refusal{404, fmt.Sprintf("%q is not OWNER/NAME", repo.Name)}
	}
	return owner, name, nil
}

func word(s string) bool {
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_."
	return s != "" && s != "." && s != ".." && len(s) <= 100 && strings.Trim(s, letters) == ""
}

// checkCommit refuses what is not a whole commit id: a shorter one could mean another commit
// tomorrow, and a name of a branch always does.
func checkCommit(commit string) error {
	if (len(commit) == 40 || len(commit) == 64) && strings.Trim(commit, "0123456789abcdef") == "" {
		return nil
	}
	return &refusal{404, fmt.Sprintf("%q is not a commit id", commit)}
}

// checkPath refuses what is not a clean path inside a repository.
func checkPath(path string) error {
	if path == "" {
		return errors.New("no path is given")
	}
	for part := range strings.SplitSeq(path, "/") {
		if part == "" || part == "." || part == ".." {
			return &refusal{404, fmt.Sprintf("%q is not a clean path", path)}
		}
	}
	return nil
}
