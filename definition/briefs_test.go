package definition_test

import (
	"testing"

	"github.com/nexusgate/nexusgate/definition"
)

func TestAnAddressIsWrittenAsItIsRead(t *testing.T) {
	for _, written := range []string{"slack:team-room-2", "mail:nit@example.com", "issue:github:acme/product#12", "issue:gitlab:acme/whole/product#7", "cloudevents:bus"} {
		a, err := definition.ReadAddress(written)
		if err != nil || a.String() != written {
			t.Errorf("%q is read as %q: %v", written, a, err)
		}
	}
}

// What is made of an address ends up in the headers of a message, in the name of a variable and in a path of a forge.
func TestAnAddressThatSaysMoreThanItsNameIsRefused(t *testing.T) {
	for _, written := range []string{
		"", "slack", "slack:", "slack:a b", "slack:2room", "slack:room_2", "slack:room\n", "cloudevents:bus-token",
		"mail:nit@example.com\nBcc: all@example.com", "mail:<nit@example.com>", "mail:nit@exämple.com", "mail:a@b,c@d",
		"issue:github:acme#1", "issue:github:acme/a/b#1", "issue:github:acme/../a#1", "issue:github:acme/a#-1", "issue:github:acme/a#99999999999", "issue:gitlab:a//b#1", "issue:gitlab:a/../b#1",
	} {
		if a, err := definition.ReadAddress(written); err == nil {
			t.Errorf("%q is read as %v", written, a)
		}
	}
}

func TestTheDailyBriefIsOfWorkingDaysUnlessItSaysOtherwise(t *testing.T) {
	d := load(t, nexusWith("must: a: 1")+"\nbriefs: daily: {at: \"08:45\", to: [\"slack:room\"]}\n")
	b := d.Briefs[0]
	if hour, minute := b.Clock(); hour != 8 || minute != 45 || len(b.On) != 5 || b.On[0].String() != "Monday" {
		t.Errorf("it is %d:%d on %v", hour, minute, b.On)
	}
}
