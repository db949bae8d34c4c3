# The same twenty criteria as lean as Rego makes them: whether each is met, and no more. The reports are
# handed over by kind and name, one of each, so that little is searched for and nothing is weighed.
package nexusgate.lean

met["ci-0"] if {
	e := input.reports.pipeline["ci-0"]
	e.status == "completed"
	e.trust >= input.floor
	e.observed <= input.now
	e.app == "github-actions"
	e.facts.conclusion == "success"
}

met["lint-0"] if {
	some name, e in input.reports.job
	startswith(name, "lint-0")
	e.status == "completed"
	e.trust >= input.floor
	e.observed <= input.now
	e.facts.conclusion in {"success", "skipped"}
	some holder in input.reports.pipeline
	holder.object == e.holder
	holder.status == "completed"
	holder.attempt >= e.attempt
}

met["unit-0"] if {
	e := input.reports.junit["unit-0"]
	e.status == "completed"
	e.trust >= input.floor
	e.observed <= input.now
	e.facts.tests > 0
	e.facts.failed == 0
	e.facts.errors == 0
}

met["coverage-0"] if {
	e := input.reports.coverage["unit-0"]
	e.status == "completed"
	e.trust >= input.floor
	e.observed <= input.now
	input.now < e.observed + 24 * 3600
	not e.facts.linesTotal == 0
	e.facts.lines >= 80
	e.facts.branches >= 60
	e.facts.lines >= 90
}

met["scan-0"] if {
	e := input.reports.vulnerabilities["scan-0"]
	e.status == "completed"
	e.trust >= input.floor
	e.observed <= input.now
	e.facts.critical == 0
	e.facts.high <= 2
	e.facts.high == 0
}

met["ci-1"] if {
	e := input.reports.pipeline["ci-1"]
	e.status == "completed"
	e.trust >= input.floor
	e.observed <= input.now
	e.app == "github-actions"
	e.facts.conclusion == "success"
}

met["lint-1"] if {
	some name, e in input.reports.job
	startswith(name, "lint-1")
	e.status == "completed"
	e.trust >= input.floor
	e.observed <= input.now
	e.facts.conclusion in {"success", "skipped"}
	some holder in input.reports.pipeline
	holder.object == e.holder
	holder.status == "completed"
	holder.attempt >= e.attempt
}

met["unit-1"] if {
	e := input.reports.junit["unit-1"]
	e.status == "completed"
	e.trust >= input.floor
	e.observed <= input.now
	e.facts.tests > 0
	e.facts.failed == 0
	e.facts.errors == 0
}

met["coverage-1"] if {
	e := input.reports.coverage["unit-1"]
	e.status == "completed"
	e.trust >= input.floor
	e.observed <= input.now
	input.now < e.observed + 24 * 3600
	not e.facts.linesTotal == 0
	e.facts.lines >= 80
	e.facts.branches >= 60
	e.facts.lines >= 90
}

met["scan-1"] if {
	e := input.reports.vulnerabilities["scan-1"]
	e.status == "completed"
	e.trust >= input.floor
	e.observed <= input.now
	e.facts.critical == 0
	e.facts.high <= 2
	e.facts.high == 0
}

met["ci-2"] if {
	e := input.reports.pipeline["ci-2"]
	e.status == "completed"
	e.trust >= input.floor
	e.observed <= input.now
	e.app == "github-actions"
	e.facts.conclusion == "success"
}

met["lint-2"] if {
	some name, e in input.reports.job
	startswith(name, "lint-2")
	e.status == "completed"
	e.trust >= input.floor
	e.observed <= input.now
	e.facts.conclusion in {"success", "skipped"}
	some holder in input.reports.pipeline
	holder.object == e.holder
	holder.status == "completed"
	holder.attempt >= e.attempt
}

met["unit-2"] if {
	e := input.reports.junit["unit-2"]
	e.status == "completed"
	e.trust >= input.floor
	e.observed <= input.now
	e.facts.tests > 0
	e.facts.failed == 0
	e.facts.errors == 0
}

met["coverage-2"] if {
	e := input.reports.coverage["unit-2"]
	e.status == "completed"
	e.trust >= input.floor
	e.observed <= input.now
	input.now < e.observed + 24 * 3600
	not e.facts.linesTotal == 0
	e.facts.lines >= 80
	e.facts.branches >= 60
}

met["scan-2"] if {
	e := input.reports.vulnerabilities["scan-2"]
	e.status == "completed"
	e.trust >= input.floor
	e.observed <= input.now
	e.facts.critical == 0
	e.facts.high <= 2
}

met["ci-3"] if {
	e := input.reports.pipeline["ci-3"]
	e.status == "completed"
	e.trust >= input.floor
	e.observed <= input.now
	e.app == "github-actions"
	e.facts.conclusion == "success"
}

met["lint-3"] if {
	some name, e in input.reports.job
	startswith(name, "lint-3")
	e.status == "completed"
	e.trust >= input.floor
	e.observed <= input.now
	e.facts.conclusion in {"success", "skipped"}
	some holder in input.reports.pipeline
	holder.object == e.holder
	holder.status == "completed"
	holder.attempt >= e.attempt
}

met["unit-3"] if {
	e := input.reports.junit["unit-3"]
	e.status == "completed"
	e.trust >= input.floor
	e.observed <= input.now
	e.facts.tests > 0
	e.facts.failed == 0
	e.facts.errors == 0
}

met["coverage-3"] if {
	e := input.reports.coverage["unit-3"]
	e.status == "completed"
	e.trust >= input.floor
	e.observed <= input.now
	input.now < e.observed + 24 * 3600
	not e.facts.linesTotal == 0
	e.facts.lines >= 80
	e.facts.branches >= 60
}

met["scan-3"] if {
	e := input.reports.vulnerabilities["scan-3"]
	e.status == "completed"
	e.trust >= input.floor
	e.observed <= input.now
	e.facts.critical == 0
	e.facts.high <= 2
}
