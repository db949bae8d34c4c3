package definition

// change is one difference of a criterion.
type change struct {
	criterion, field string
	how              verb
	old, new         string // "" of what is added, or taken out
	relaxes          bool
}

// verb is what is done to a field, as of the Nexus's and as of a team's.
type verb struct{ done, does string }

var (
	raised        = verb{"raised", "raises"}
	lowered       = verb{"lowered", "lowers"}
	shortened     = verb{"shortened", "shortens"}
	lengthened    = verb{"lengthened", "lengthens"}
	broughtNearer = verb{"brought nearer", "brings nearer"}
	putOff        = verb{"put off", "puts off"}
	narrowed      = verb{"narrowed", "narrows"}
	widened       = verb{"widened", "widens"}
	tightened     = verb{"tightened", "tightens"}
	relaxed       = verb{"relaxed", "relaxes"}
	rewritten     = verb{"rewritten", "rewrites"} // it asks for the same
	changed       = verb{"changed", "changes"}
	added         = verb{"added", "adds"}
	takenOut      = verb{"taken out", "takes out"}
)

// ofNexus is "coverage: lines raised from >=80 to >=85 for all".
func (c change) ofNexus(scope string) string {
	if c.how == takenOut {
		return c.criterion + ": " + c.field + " " + c.how.done + scope + c.values() + c.verdict()
	}
	return c.criterion + ": " + c.field + " " + c.how.done + c.values() + scope + c.verdict()
}

// ofTeam is "raises lines of coverage from >=80 to >=85".
func (c change) ofTeam() string {
	of := " of "
	if c.how == added {
		of = " to "
	}
	return c.how.does + " " + c.field + of + c.criterion + c.values() + c.verdict()
}

func (c change) values() string {
	switch {
	case c.old == "" && c.new == "":
		return ""
	case c.old == "":
		return ": " + c.new
	case c.new == "":
		return ", which was " + c.old
	}
	return " from " + c.old + " to " + c.new
}

func (c change) verdict() string {
	if c.relaxes {
		return ", a relaxation"
	}
	return ""
}
