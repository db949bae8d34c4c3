package gate

import (
	"path"
	"strings"

	"github.com/nexusgate/nexusgate/definition"
)

// workflows is where a repository keeps those of GitHub Actions; there are no folders in it.
const workflows = ".github/workflows/"

// matchWorkflow matches a workflow's file. A pattern without a slash speaks of the file's name alone,
// of the run's own repository: a workflow may call one of any other that bears the same name. A pattern
// with a ref, "ci.yml@refs/heads/main", matches only where the job's own token names such a ref.
func matchWorkflow(pattern, file string) bool {
	wanted, wantedRef := splitWorkflow(pattern)
	file, ref := splitWorkflow(file)
	if wantedRef != "" && !matchText(wantedRef, ref) {
		return false
	}
	if !strings.Contains(wanted, "/") {
		if strings.Index(file, "/"+workflows) > 0 {
			return false
		}
		file = path.Base(file)
	}
	return matchText(wanted, file)
}

func matchText(pattern, text string) bool {
	return pattern == text || definition.MatchGlob(pattern, text)
}

// splitWorkflow parts a workflow's file from the ref, or the commit, that it was taken from. Files may
// have an @ in their names, and refs too; no file's name goes on with a slash.
func splitWorkflow(file string) (path, ref string) {
	last := strings.LastIndexByte(file, '@')
	if last < 0 {
		return file, ""
	}
	if at := strings.Index(file, "@refs/"); at >= 0 {
		return file[:at], file[at+1:]
	}
	if isCommit(file[last+1:]) {
		return file[:last], file[last+1:]
	}
	return file, ""
}

// isCommit says whether a text is the whole name of a commit, as both forges write it.
func isCommit(text string) bool {
	return (len(text) == 40 || len(text) == 64) && strings.Trim(text, "0123456789abcdef") == ""
}
