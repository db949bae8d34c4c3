package gate

import (
	"slices"
	"time"
)

// commit is what is known of one commit of one repository.
type commit struct {
	Tree    string   `json:"tree,omitempty"`
	Parents []string `json:"parents,omitempty"`
	Read    bool     `json:"read,omitempty"` // a CommitRead answered, if only that it is absent
	reports
	Files   map[string]fileRead  `json:"files,omitempty"`
	Nexus   map[string]nexusFile `json:"nexus,omitempty"`   // Nexus-wide layers, by path
	Differs map[string]diff      `json:"differs,omitempty"` // base → what differs from it
	Landing map[string][]int     `json:"landing,omitempty"` // path of a layer → the changes that the forge says brought it
	Signs   signatures           `json:"signs,omitempty"`
	Ended   map[string]string    `json:"ended,omitempty"` // producer → what it came to last, where it is run again
	Idle    time.Time            `json:"idle,omitzero"`   // when nothing was found to rest on it, nor to date it
}

// fileRead is a file at this commit.
type fileRead struct {
	Source string `json:"source,omitempty"`
	Absent bool   `json:"absent,omitempty"`
	Cut    bool   `json:"cut,omitempty"`
}

// diff is the list of paths that differ between two commits.
type diff struct {
	Paths    []string `json:"paths,omitempty"`
	Complete bool     `json:"complete"`
}

// pipeline is the newest GitLab pipeline on this commit, that of a merge request before another:
// the one our status joins. 0 if there is none.
func (c *commit) pipeline() int64 {
	var found []Evidence
	for _, e := range c.objects() {
		if e.Kind == "pipeline" && e.Producer.App == GitLabCI && e.Parent == "" {
			found = append(found, e)
		}
	}
	if len(found) == 0 {
		return 0
	}
	best := slices.MaxFunc(found, func(a, b Evidence) int {
		if (a.Change != 0) != (b.Change != 0) {
			if a.Change != 0 {
				return 1
			}
			return -1
		}
		return compareEvidence(&a, &b)
	})
	return best.Run.ID
}
