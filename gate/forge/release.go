package forge

import (
	"strings"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/report"
)

// ofRelease is the subject of reports on released commits, by which the check run of one is found again.
const ofRelease gate.SubjectKind = "release"

// releasePost is what is said of the releases at a commit, as a report. It is looked for before it is made: it is
// seldom, and which check run it was is not remembered.
func releasePost(e Errand) (Post, error) {
	r, err := bodyOf[gate.ReleaseReport](e)
	if err != nil {
		return Post{}, err
	}
	p := e.post()
	p.Subject = gate.Subject{Kind: ofRelease, ID: "releases"}
	p.Check, p.Repo, p.Commit, p.Outcome, p.Tried = gate.ReleaseCheck, e.Repo, r.Commit, r.Outcome, true
	p.Links.Verdict, p.title, p.summary = r.Page, report.Cut(report.Plain(r.Title), titleBound), releaseSummary(r)
	if r.Outcome == "" {
		p.Superseded = r.Title
	} else if e.Repo.Forge == gate.GitLab {
		p.Branch = r.Tag
	}
	return p, nil
}

// titleBound keeps titles of releases short, in characters: a tag's name may be long.
const titleBound = 160

// releaseSummary has a paragraph for each release.
func releaseSummary(r gate.ReleaseReport) string {
	var b strings.Builder
	for _, why := range r.Why {
		b.WriteString(report.Prose(report.Cut(report.Plain(why), 1000)) + "\n\n")
	}
	if r.Outcome == gate.NotDone {
		b.WriteString("The alarm ends by itself once an Increment that holds this commit is done, or the release is taken back.\n")
	}
	if b.Len() == 0 {
		return report.Prose(r.Title) + "\n"
	}
	return b.String()
}

// SweptReleases is how many of the newest releases of a repository a sweep looks at.
const SweptReleases = 10
