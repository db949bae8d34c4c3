package definition

import "slices"

// release is what opens the door in front of a release.
func (c *comparison) release(old, new Release) {
	switch {
	case new.Exceptions && !old.Exceptions:
		c.say("release now allows exceptions, a relaxation")
	case old.Exceptions && !new.Exceptions:
		c.say("release no longer allows exceptions")
	}
	switch {
	case new.Watched && !old.Watched:
		c.say("releases are now watched")
	case old.Watched && !new.Watched:
		c.say("releases are no longer watched, a relaxation")
	}
	c.instead("release.tags: the glob", quoted(old.Tags), quoted(new.Tags))
	for _, e := range new.Environments {
		if at := slices.IndexFunc(old.Environments, func(o Environment) bool { return o.ID == e.ID }); at >= 0 {
			c.environment(old.Environments[at], e)
			continue
		}
		c.environment(Environment{ID: e.ID, Needs: NeedsIncrement, Exceptions: old.Exceptions}, e)
	}
	for _, e := range old.Environments {
		if !slices.ContainsFunc(new.Environments, func(n Environment) bool { return n.ID == e.ID }) {
			c.environment(e, Environment{ID: e.ID, Needs: NeedsIncrement, Exceptions: new.Exceptions})
		}
	}
}

// environment compares what is asked for of a deployment. One that is not named asks for what an empty one does.
func (c *comparison) environment(old, new Environment) {
	of := "release." + plain(new.ID)
	switch {
	case old.Needs == new.Needs:
	case new.Needs == NeedsComponent:
		c.say("%s now needs the component alone, and no longer the Increment, a relaxation", of)
	default:
		c.say("%s now needs the whole Increment", of)
	}
	switch {
	case new.Exceptions && !old.Exceptions:
		c.say("%s now allows exceptions, a relaxation", of)
	case old.Exceptions && !new.Exceptions:
		c.say("%s no longer allows exceptions", of)
	}
	if !slices.Equal(old.Components, new.Components) {
		c.say("%s is now asked of %s, changed", of, listedOr(new.Components, "all components of the repository that deploys"))
	}
	c.instead(of+": its name on the forge", quoted(old.Name), quoted(new.Name))
}

func listedOr(names []string, none string) string {
	if len(names) == 0 {
		return none
	}
	return listText(names)
}
