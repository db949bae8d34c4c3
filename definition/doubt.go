package definition

import "slices"

// doubts warns of criteria whose evidence can hardly come, as the whole definition stands.
func (d *Definition) doubts(c Criterion) Faults {
	var doubts Faults
	if c.Evidence == "integration" && c.On != OnCommit {
		doubts.add(c.Pos, "done.%s: integration evidence is about what has landed of a component; write on: \"commit\"", c.ID)
	}
	if c.Evidence == "dependencies" && c.On != OnChange {
		doubts.add(c.Pos, "done.%s: dependencies are those of a change, and what has landed waits for nothing; write on: \"change\"", c.ID)
	}
	if c.Evidence == SignOff && c.Level == Advisory && len(c.From.App) == 0 {
		doubts.add(c.Pos, "done.%s: nobody is named who could sign; name them, such as from: app: \"ana\"", c.ID)
	}
	if c.Renew != "" && (c.Evidence != SignOff || c.On == OnIncrement) {
		doubts.add(c.Pos, "done.%s: renew is about the sign-off of a change, which this does not ask for; remove it", c.ID)
	}
	outside := slices.IndexFunc(c.Must, func(l Leaf) bool { return c.Evidence == "review" && l.Path == "approvalsOutside" })
	named := slices.ContainsFunc(d.Teams, func(t Team) bool { return len(t.Members) > 0 })
	if outside >= 0 && !named {
		doubts.add(c.Must[outside].Pos, "done.%s: no team names its members, so that no approval is from outside the author's team; name them", c.ID)
	}
	return doubts
}
