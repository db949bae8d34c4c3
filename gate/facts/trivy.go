package facts

// trivyReport is what counts of trivy --format json
// (https://trivy.dev/latest/docs/configuration/reporting/#json).
type trivyReport struct {
	SchemaVersion int
	Results       []struct {
		Class           string
		Type            string
		Vulnerabilities []struct {
			VulnerabilityID  string
			PkgName          string
			InstalledVersion string
			Severity         string
		}
		// What .trivyignore or VEX has taken out, with --show-suppressed.
		ExperimentalModifiedFindings []struct {
			Type string
		}
	}
}

// readTrivy counts the vulnerabilities of packages. A report without a result of packages says nothing:
// Trivy may have looked for secrets alone, or at a folder where there is nothing. Older versions leave
// out what they found nothing in, unless they are asked to --list-all-pkgs.
func readTrivy(f File) (counts, error) {
	var report trivyReport
	if err := f.decodeJSON(&report); err != nil {
		return nil, err
	}
	if report.SchemaVersion != 2 {
		return nil, f.fault(0, "SchemaVersion %d is not that of Trivy's JSON that is read, which is 2: have Trivy write it", report.SchemaVersion)
	}
	found, looked, suppressed := weighed{}, false, 0
	for _, r := range report.Results {
		looked = looked || r.Class == "os-pkgs" || r.Class == "lang-pkgs" || len(r.Vulnerabilities) > 0
		for _, v := range r.Vulnerabilities {
			if err := found.add(v.VulnerabilityID, r.Type+" "+v.PkgName, v.InstalledVersion, v.Severity); err != nil {
				return nil, f.refusal("%w", err)
			}
		}
		for _, m := range r.ExperimentalModifiedFindings {
			suppressed += one(m.Type == "vulnerability")
		}
	}
	if !looked {
		return nil, nil
	}
	c := found.counts()
	c["suppressed"] = suppressed
	return c, nil
}
