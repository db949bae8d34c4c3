# The twenty criteria of gate/testdata/twenty with the team's layer over them, as their author would
# write them in Rego. A criterion is as good as the worst of the reports that bear its kind and name.
# It says less than Judge does: no words, no times, no identity among several reports.
package nexusgate

default outcome := "done"

outcome := "not-done" if {
	some state in finding
	not state in {"met", "waiting"}
} else := "awaiting" if {
	some state in finding
	state == "waiting"
}

finding["ci-0"] := judged("ci", by_actions(reports("pipeline", "ci-0")), 0, 45 * 60)

finding["lint-0"] := whole("lint", globbed("job", "lint-0*"), 0, 24 * 3600)

finding["unit-0"] := judged("unit", reports("junit", "unit-0"), 0, 24 * 3600)

finding["coverage-0"] := judged("coverage of the team", reports("coverage", "unit-0"), 24 * 3600, 24 * 3600)

finding["scan-0"] := judged("scan of the team", reports("vulnerabilities", "scan-0"), 0, 24 * 3600)

finding["ci-1"] := judged("ci", by_actions(reports("pipeline", "ci-1")), 0, 45 * 60)

finding["lint-1"] := whole("lint", globbed("job", "lint-1*"), 0, 24 * 3600)

finding["unit-1"] := judged("unit", reports("junit", "unit-1"), 0, 24 * 3600)

finding["coverage-1"] := judged("coverage of the team", reports("coverage", "unit-1"), 24 * 3600, 24 * 3600)

finding["scan-1"] := judged("scan of the team", reports("vulnerabilities", "scan-1"), 0, 24 * 3600)

finding["ci-2"] := judged("ci", by_actions(reports("pipeline", "ci-2")), 0, 45 * 60)

finding["lint-2"] := whole("lint", globbed("job", "lint-2*"), 0, 24 * 3600)

finding["unit-2"] := judged("unit", reports("junit", "unit-2"), 0, 24 * 3600)

finding["coverage-2"] := judged("coverage", reports("coverage", "unit-2"), 24 * 3600, 24 * 3600)

finding["scan-2"] := judged("scan", reports("vulnerabilities", "scan-2"), 0, 24 * 3600)

finding["ci-3"] := judged("ci", by_actions(reports("pipeline", "ci-3")), 0, 45 * 60)

finding["lint-3"] := whole("lint", globbed("job", "lint-3*"), 0, 24 * 3600)

finding["unit-3"] := judged("unit", reports("junit", "unit-3"), 0, 24 * 3600)

finding["coverage-3"] := judged("coverage", reports("coverage", "unit-3"), 24 * 3600, 24 * 3600)

finding["scan-3"] := judged("scan", reports("vulnerabilities", "scan-3"), 0, 24 * 3600)

holds("ci", facts) if facts.conclusion == "success"

holds("lint", facts) if facts.conclusion in {"success", "skipped"}

holds("unit", facts) if {
	facts.tests > 0
	facts.failed == 0
	facts.errors == 0
}

holds("coverage", facts) if {
	facts.lines >= 80
	facts.branches >= 60
}

holds("coverage of the team", facts) if {
	facts.lines >= 90
	facts.branches >= 60
}

holds("scan", facts) if {
	facts.critical == 0
	facts.high <= 2
}

holds("scan of the team", facts) if {
	facts.critical == 0
	facts.high == 0
}

reports(kind, name) := [e |
	some e in input.reports
	e.kind == kind
	e.name == name
]

globbed(kind, pattern) := [e |
	some e in input.reports
	e.kind == kind
	glob.match(pattern, ["/"], e.name)
]

by_actions(all) := [e |
	some e in all
	e.app == "github-actions"
]

worst_first := ["unmet", "untrusted", "empty", "stale", "missing", "waiting", "met"]

judged(rule, found, fresh, within) := state if {
	states := {state_of(rule, e, fresh) |
		some e in found
		e.trust >= input.floor
	}
	count(states) > 0
	state := [s | some s in worst_first; s in states][0]
} else := "waiting" if {
	input.now < input.since + within
} else := "untrusted" if {
	count(found) > 0
} else := "missing"

# One early green job of a matrix is not the matrix: its run has to be over.
whole(rule, found, fresh, within) := "waiting" if {
	judged(rule, found, fresh, within) == "met"
	some e in found
	not over(e)
} else := judged(rule, found, fresh, within)

over(e) if {
	some holder in input.reports
	holder.object == e.holder
	holder.status == "completed"
	holder.attempt >= e.attempt
}

state_of(rule, e, fresh) := "untrusted" if {
	e.observed > input.now
} else := "waiting" if {
	e.status != "completed"
} else := "empty" if {
	empty(e)
} else := "unmet" if {
	not holds(rule, e.facts)
} else := "stale" if {
	fresh > 0
	e.observed + fresh <= input.now
} else := "met"

empty(e) if count(e.facts) == 0

empty(e) if {
	e.kind == "junit"
	e.facts.tests == 0
}

empty(e) if {
	e.kind == "coverage"
	e.facts.linesTotal == 0
}
