package forge

import (
	"strings"

	"github.com/nexusgate/nexusgate/gate"
)

// The bounds of what a sweep asks for of items: how many are asked what blocks them, and how much of a text is told.
const (
	mostLinkReads = 200
	mostOfText    = 256<<10 + 4 // a little more than is read of it, so that it is seen to be too long
)

// beginning is as much of a text as is looked at, cut at the end of a rune.
func beginning(text string) string {
	if len(text) <= mostOfText {
		return text
	}
	return strings.ToValidUTF8(text[:mostOfText], "")
}

// blocked says of an item, in what stands for its webhook, what blocks it.
func blocked(item map[string]any, by []gate.Ref, at any) {
	if by == nil {
		by = []gate.Ref{}
	}
	item["nexusgate_blocked_by"], item["nexusgate_links_at"] = by, at
}
