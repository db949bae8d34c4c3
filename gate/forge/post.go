package forge

import (
	"crypto/sha256"
	"encoding/hex"
	"net/url"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/report"
)

// Post is a report on its way to a forge.
type Post struct {
	gate.Owed
	Says   gate.Verdict
	Remote int64 // our check run on GitHub, as an earlier Post returned it; 0: not known
	// Tried says that an earlier attempt may have reached the forge and its answer may be lost:
	// what is there already is looked for before anything is made.
	Tried bool
	Links report.Links
	// Among is how many Nexuses report to the same account, this one included; 0: nobody knows of another.
	Among int

	bare           bool   // the forge refused its annotations
	title, summary string // of what is no verdict's
}

// shown is a report's outcome in the words of both forges.
type shown struct {
	status, conclusion string // of a GitHub check run; no conclusion until it is completed
	state              string // of a GitLab commit status
}

// show is the one place where an outcome becomes a forge's word. An outcome that we do not know
// fails: unknown is never done.
func show(p Post) shown {
	switch {
	case p.Superseded != "" && p.Check == gate.IncrementCheck:
		return shown{"completed", "neutral", "canceled"}
	case p.Superseded != "":
		// A neutral Done would pass as a required check, should another change propose the same commit.
		return shown{"completed", "cancelled", "canceled"}
	case p.Outcome == gate.Awaiting:
		return shown{"in_progress", "", "pending"}
	case p.Outcome == gate.Done && p.Excepted:
		// GitLab has no word between yes and no: there the description names the exceptions.
		return shown{"completed", "neutral", "success"}
	case p.Outcome == gate.Done:
		return shown{"completed", "success", "success"}
	}
	return shown{"completed", "failure", "failed"}
}

// text is the title and the markdown of a report.
func text(p Post) (title, summary string) {
	if p.title != "" {
		return p.title, p.summary
	}
	if p.Superseded != "" {
		return report.Superseded(p.Says, p.Superseded, p.Links)
	}
	return report.Title(p.Says), report.Markdown(p.Says, p.Links)
}

// externalBound keeps external ids short: they are ours to choose, and GitHub names no limit.
const externalBound = 255

// reportID marks a check run as a report of one subject at one commit.
func reportID(p Post) string {
	id := gate.Mark + p.Key()
	if len(id) <= externalBound {
		return id
	}
	sum := sha256.Sum256([]byte(id))
	return gate.Mark + hex.EncodeToString(sum[:])
}

// address is a link that a forge accepts, "" where there is none.
func address(raw string) string {
	link, err := url.Parse(raw)
	if err != nil || link.Host == "" || (link.Scheme != "http" && link.Scheme != "https") {
		return ""
	}
	return raw
}
