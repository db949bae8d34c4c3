package facts

// grypeReport is what counts of grype --output json
// (https://github.com/anchore/grype, grype/presenter/models/document.go).
type grypeReport struct {
	Matches []struct {
		Vulnerability struct {
			ID       string `json:"id"`
			Severity string `json:"severity"`
		} `json:"vulnerability"`
		Artifact struct {
			Name    string `json:"name"`
			Version string `json:"version"`
			Type    string `json:"type"`
		} `json:"artifact"`
	} `json:"matches"`
	Ignored    []struct{} `json:"ignoredMatches"`
	Descriptor struct {
		Name string `json:"name"`
	} `json:"descriptor"`
}

// readGrype counts matches; those that a rule or VEX ignores are counted apart. Grype does not say what
// it has looked at, so that no match is none found.
func readGrype(f File) (counts, error) {
	var report grypeReport
	if err := f.decodeJSON(&report); err != nil {
		return nil, err
	}
	if report.Descriptor.Name != "grype" {
		return nil, f.refusal("these matches are of %s and not of grype: have Grype write its JSON", excerpt([]byte(report.Descriptor.Name)))
	}
	found := weighed{}
	for _, m := range report.Matches {
		if err := found.add(m.Vulnerability.ID, m.Artifact.Type+" "+m.Artifact.Name, m.Artifact.Version, m.Vulnerability.Severity); err != nil {
			return nil, f.refusal("%w", err)
		}
	}
	c := found.counts()
	c["suppressed"] = len(report.Ignored)
	return c, nil
}
