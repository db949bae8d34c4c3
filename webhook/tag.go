package webhook

import (
	"errors"
	"fmt"
	"strings"

	"github.com/nexusgate/nexusgate/gate"
)

// tagName is the tag that a full ref names. A branch's ref names none.
func tagName(ref string) (name string, ok bool) {
	name, ok = strings.CutPrefix(ref, "refs/tags/")
	return name, ok && name != ""
}

// checkTag holds a tag's name to what Git allows, as far as it matters: it goes into the paths of requests, and stands
// in reports. https://git-scm.com/docs/git-check-ref-format
func checkTag(name string) error {
	switch {
	case name == "":
		return errors.New("it names no tag")
	case len(name) > maxRef:
		return fmt.Errorf("the name of the tag has %d bytes", len(name))
	case text(name, maxRef) != name, strings.ContainsAny(name, " ~^:?*[\\"), strings.Contains(name, ".."), strings.HasPrefix(name, "/"):
		return fmt.Errorf("%q is not the name of a tag", text(name, 80))
	}
	return nil
}

// released is the release as the one event there is.
func released(e gate.ReleaseSeen) ([]gate.Event, error) {
	if err := checkTag(e.Tag); err != nil {
		return nil, err
	}
	if e.At.IsZero() {
		return nil, errors.New("it does not tell when it was published")
	}
	return []gate.Event{e}, nil
}

// tagMoved is the move of a tag as the one event there is.
func tagMoved(e gate.TagSeen, before, after string) (events []gate.Event, err error) {
	if err := checkTag(e.Tag); err != nil {
		return nil, err
	}
	if e.Before, e.After, err = edge(before, after); err != nil {
		return nil, err
	}
	if e.After == "" {
		e.Commit = ""
	}
	return []gate.Event{e}, nil
}
