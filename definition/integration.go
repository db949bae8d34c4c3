package definition

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Integration is the Increment's own pipeline, and when it is started.
type Integration struct {
	Forge    string // "github" or "gitlab"
	Repo     string // "acme/integration"
	Workflow string // GitHub: the file, "e2e.yml"
	Branch   string // that it runs on
	Name     string // of its evidence; "": its own
	// Inputs of the workflow, or variables of the pipeline: for the mark by which its run is found, and for the
	// composition.
	MarkInput, CompositionInput string
	Rest                        time.Duration // how long a composition stays the head before it is run on
	Longest                     time.Duration // how long a run may take to end
	Attempts                    int           // how often it is run on a composition at most, until it passes
	Culprit                     bool          // whether the landing is looked for that broke it
}

// The defaults that the schema names.
const (
	defaultRest    = 30 * time.Second
	defaultLongest = 6 * time.Hour
)

// Says is what is run, as it is written: "github:acme/integration@e2e.yml".
func (i *Integration) Says() string {
	return i.Forge + ":" + i.Repo + "@" + cmp.Or(i.Workflow, i.Branch)
}

// integration reads the Increment's own pipeline; nil where there is none.
func (r *reader) integration(nexus map[string]node, d *Definition) *Integration {
	n, found := nexus["integration"]
	if !found {
		return nil
	}
	if !slices.ContainsFunc(d.Criteria, func(c Criterion) bool { return c.On == OnIncrement && c.Evidence == "pipeline" }) {
		d.Warnings.add(n.pos, "%s is run and nothing rests on it; add a criterion on: \"increment\" with evidence: \"pipeline\"", n)
	}
	fields := r.fields("#Integration", n)
	i := &Integration{
		Name: r.text("#Integration", fields, "name"), Attempts: 1, Culprit: true,
		Rest: r.duration(fields, "rest", defaultRest), Longest: r.duration(fields, "longest", defaultLongest),
	}
	i.Forge, i.Repo, _ = strings.Cut(r.text("#Integration", fields, "run"), ":")
	i.Repo, i.Branch, _ = strings.Cut(i.Repo, "@")
	i.MarkInput, i.CompositionInput = "NEXUSGATE_RUN", "NEXUSGATE_COMPOSITION"
	if i.Forge == "github" {
		i.Workflow, i.Branch = i.Branch, "main"
		i.MarkInput, i.CompositionInput = "nexusgate", "composition"
	}
	if branch := r.text("#Integration", fields, "branch"); branch != "" {
		r.checkBranch(fields["branch"], i)
		i.Branch = branch
	}
	if inputs, some := fields["inputs"]; some {
		names := r.fields("#IntegrationInputs", inputs)
		i.MarkInput = cmp.Or(r.text("#IntegrationInputs", names, "run"), i.MarkInput)
		i.CompositionInput = cmp.Or(r.text("#IntegrationInputs", names, "composition"), i.CompositionInput)
	}
	if attempts, some := fields["attempts"]; some {
		s, _ := r.setting("#Integration", attempts)
		i.Attempts = max(1, s.number)
	}
	if culprit, some := fields["culprit"]; some {
		s, _ := r.setting("#Integration", culprit)
		i.Culprit = s.yes
	}
	return i
}

// checkBranch holds that the branch of a pipeline is named once.
func (r *reader) checkBranch(n node, i *Integration) {
	if i.Forge == "gitlab" {
		r.faults.add(n.pos, "%s: on GitLab the branch stands behind the @ of run; take one of them out", n)
	}
}

// duration reads a field that may be absent.
func (r *reader) duration(fields map[string]node, name string, otherwise time.Duration) time.Duration {
	n, found := fields[name]
	if !found {
		return otherwise
	}
	s, ok := r.setting("#Integration", n)
	if !ok {
		return otherwise
	}
	length, err := parseDuration(s.text)
	if err != nil {
		r.faults.add(n.pos, "%s: %s", n, err)
		return otherwise
	}
	return length
}

// integrated compares the Increment's own pipeline.
func (c *comparison) integrated(old, new *Integration) {
	says := func(i *Integration) string {
		if i == nil {
			return ""
		}
		return plain(i.Says())
	}
	c.instead("the Increment's own pipeline", says(old), says(new))
	if old == nil || new == nil {
		return
	}
	c.instead("integration: the branch", plain(old.Branch), plain(new.Branch))
	c.instead("integration: the name of its evidence", quoted(old.Name), quoted(new.Name))
	c.instead("integration: the input for the mark", plain(old.MarkInput), plain(new.MarkInput))
	c.instead("integration: the input for the composition", plain(old.CompositionInput), plain(new.CompositionInput))
	c.instead("integration: rest", shortDuration(old.Rest), shortDuration(new.Rest))
	c.instead("integration: longest", shortDuration(old.Longest), shortDuration(new.Longest))
	switch {
	case new.Attempts > old.Attempts:
		c.say("integration: attempts raised from %d to %d, a relaxation", old.Attempts, new.Attempts)
	case new.Attempts < old.Attempts:
		c.say("integration: attempts lowered from %d to %d", old.Attempts, new.Attempts)
	}
	if old.Culprit != new.Culprit {
		c.say("integration: the landing that breaks it is %s", map[bool]string{true: "now looked for", false: "no longer looked for"}[new.Culprit])
	}
}
