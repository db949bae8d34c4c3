package facts

import "encoding/xml"

// readJaCoCo sums the counters of packages, where a line that two classes share counts once, and
// holds the sum against the report's own counters. Methods are its functions. The format is
// https://www.jacoco.org/jacoco/trunk/coverage/report.dtd.
func readJaCoCo(x *xmlFile) (coverage, error) {
	var packages, report coverage
	err := x.each(func(t xml.StartElement) error {
		if t.Name.Local != "counter" {
			return nil
		}
		switch x.parent() {
		case "package":
			return addCounter(x, t, &packages)
		case "report":
			return addCounter(x, t, &report)
		}
		return nil
	}, func(string) {})
	return coverage{
		lines: worse(packages.lines, report.lines), branches: worse(packages.branches, report.branches),
		functions: worse(packages.functions, report.functions),
	}, err
}

func addCounter(x *xmlFile, t xml.StartElement, to *coverage) error {
	kinds := map[string]*covered{"LINE": &to.lines, "BRANCH": &to.branches, "METHOD": &to.functions}
	sum, used := kinds[attribute(t, "type")]
	if !used {
		return nil
	}
	missed, _, err := x.number(t, "missed")
	if err != nil {
		return err
	}
	hit, _, err := x.number(t, "covered")
	sum.add(covered{hit, missed + hit})
	return err
}
