package definitiontest

// spoiling is a line that a team may not write: in a criterion of the Nexus, or beside done.
type spoiling struct{ what, inside, beside string }

// spoilings would relax, get around or confuse the Nexus's layer, or are mistakes.
var spoilings = []spoiling{
	{what: "a typo", inside: `lvl: "required"`},
	{what: "another kind of evidence", inside: `evidence: "mine"`},
	{what: "another subject", inside: `on: "commit"`},
	{what: "another name", inside: `name: "mine"`},
	{what: "fewer reports", inside: `atLeast: 1`},
	{what: "other paths", inside: `paths: ["none/**"]`},
	{what: "no paths", inside: `paths: []`},
	{what: "another producer", inside: `from: app: "me"`},
	{what: "another workflow", inside: `from: workflow: "mine.yml"`},
	{what: "another team", inside: `appliesTo: teams: ["web"]`},
	{what: "another component", inside: `appliesTo: components: ["web"]`},
	{what: "nobody", inside: `appliesTo: components: []`},
	{what: "a default level", inside: `level: *"advisory" | "required"`},
	{what: "an optional level", inside: `level?: "advisory"`},
	{what: "a required level", inside: `level!: "advisory"`},
	{what: "an unknown level", inside: `level: "optional"`},
	{what: "a computed level", inside: `level: "adv\("isory")"`},
	{what: "a default leaf", inside: `must: a: *85 | >=80`},
	{what: "a disjunction", inside: `must: a: >=1 | >=80`},
	{what: "an empty must", inside: `must: {}`},
	{what: "an empty fact", inside: `must: e: {}`},
	{what: "a reference", inside: `must: e: level`},
	{what: "a sum", inside: `must: e: 1 + 1`},
	{what: "a call", inside: `must: e: len("abc")`},
	{what: "a pattern", inside: `must: [string]: >=0`},
	{what: "an open list", inside: `must: e: [1, ...]`},
	{what: "null", inside: `must: e: null`},
	{what: "top", inside: `must: e: _`},
	{what: "bottom", inside: `must: e: _|_`},
	{what: "a contradiction", inside: `must: e: >5 & <5`},
	{what: "a contradiction of three", inside: `must: e: int & >1 & <2`},
	{what: "a hidden field", inside: `_level: "required"`},
	{what: "a definition", inside: `#level: "required"`},
	{what: "an attribute", inside: `must: e: 5 @go(E)`},
	{what: "a comprehension", inside: `if true {level: "advisory"}`},
	{what: "an embedded value", inside: `{level: "advisory"}`},
	{what: "an alias", inside: `X=must: e: 5`},
	{what: "a let", inside: `let x = 5`},
	{what: "an ellipsis", inside: `...`},
	{what: "no time", inside: `fresh: "0h"`},
	{what: "a longer time than ten years", inside: `within: "9999d"`},
	{what: "no day", inside: `requiredFrom: "2026-02-30"`},
	{what: "an unknown trust", inside: `from: trust: "blind"`},
	{what: "an advisory day", inside: `level: "advisory", requiredFrom: "2026-11-01"`},
	{what: "another name of the Nexus", beside: `name: "mine"`},
	{what: "teams", beside: `teams: {}`},
	{what: "an exception", beside: `exceptions: mine: {criterion: "c0", components: ["cart"], reason: "x", requestedBy: "a", approvedBy: "b", until: "2026-12-01"}`},
	{what: "a release rule", beside: `release: exceptions: "allowed"`},
	{what: "a longer exception", beside: `longestException: 30`},
	{what: "an import", beside: `import "list"`},
	{what: "a let beside", beside: `let x = 1`},
	{what: "an unknown criterion", beside: `done: c9: must: a: 1`},
	{what: "an incomplete criterion", beside: `done: c9: {why: "x", on: "commit", evidence: "mine"}`},
	{what: "a claim of anybody's", beside: `done: c9: {why: "x", on: "commit", evidence: "check", must: a: 1}`},
	{what: "a word on the Increment", beside: `done: c9: {why: "x", on: "increment", evidence: "mine", must: a: 1}`},
	{what: "a criterion for others", beside: `done: c9: {why: "x", on: "commit", evidence: "mine", must: a: 1, appliesTo: teams: ["web"]}`},
	{what: "a value for done", beside: `done: 5`},
	{what: "a criterion that is no struct", beside: `done: c0: true`},
	{what: "a syntax error", beside: `done: {`},
	{what: "a NUL", beside: "// \x00"},
}

// Spoilings are what Spoiled may say.
func Spoilings() []string {
	all := make([]string, len(spoilings))
	for i, s := range spoilings {
		all[i] = s.what
	}
	return all
}

func (c Choices) spoiling() spoiling { return spoilings[c.IntN(len(spoilings))] }
