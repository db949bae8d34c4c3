package definition

// briefed compares when briefs are sent, and where to.
func (c *comparison) briefed(old, new []Briefing) {
	says := func(all []Briefing, event string) string {
		for i := range all {
			if all[i].Event == event {
				return plain(all[i].text())
			}
		}
		return ""
	}
	for _, event := range BriefedEvents {
		c.instead("briefs."+event, says(old, event), says(new, event))
	}
}
