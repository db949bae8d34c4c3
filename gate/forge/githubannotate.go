package forge

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"github.com/google/go-github/v60/github"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/report"
)

// Annotations, as GitHub takes them: https://docs.github.com/en/rest/checks/runs
//
// It adds those of each update to those that a check run has, and never takes one away. So a check
// run has one set of annotations, from the first that it takes, and its external id names it: an update
// sends what GitHub does not count yet, and after a crash no annotation is sent twice. Another set, which the same head
// has when the definition it is held against changes, makes another check run; of one name, GitHub
// goes by the newest.
const (
	notesAtOnce = 50
	noteSize    = 2_000 // characters of a message
)

// noteMark parts an external id from the name of the set of annotations.
const noteMark = " notes:"

// annotated says whether a report may have annotations.
func annotated(p Post) bool { return p.Check == gate.DefinitionCheck }

// externalID marks a check run as the report of one subject at one commit, with its annotations.
func externalID(p Post) string {
	notes := annotations(p)
	if len(notes) == 0 {
		return reportID(p)
	}
	text, _ := json.Marshal(notes) // texts and numbers always encode
	sum := sha256.Sum256(text)
	return reportID(p) + noteMark + hex.EncodeToString(sum[:8])
}

// annotations are the faults and warnings of a definition at their lines, at most as many as the
// report says.
func annotations(p Post) []*github.CheckRunAnnotation {
	proposal := p.Says.Proposal
	if p.bare || !annotated(p) || proposal == nil || checkPath(proposal.File) != nil {
		return nil
	}
	var notes []*github.CheckRunAnnotation
	for _, f := range proposal.Faults {
		notes = append(notes, annotation(proposal.File, f, "failure", "Fault in the Definition of Done"))
	}
	for _, f := range proposal.Warnings {
		notes = append(notes, annotation(proposal.File, f, "warning", "Definition of Done"))
	}
	return notes[:min(len(notes), report.AtLines)]
}

// annotation is a fault at its line. What lies in another file is said at the top of this one.
func annotation(file string, f definition.Fault, level, title string) *github.CheckRunAnnotation {
	message, line, column := f.Message, f.Pos.Line, f.Pos.Column
	if f.Pos.File != file || line < 1 {
		message, line, column = f.String(), 1, 0
	}
	note := &github.CheckRunAnnotation{
		Path: &file, StartLine: &line, EndLine: &line, AnnotationLevel: &level, Title: &title,
		Message: github.String(report.Cut(report.Plain(message), noteSize)),
	}
	if column > 0 {
		note.StartColumn, note.EndColumn = &column, &column
	}
	return note
}

// leave ends a check run whose annotations are not those of the report, so that it does not stay in
// progress, and gives way to one that is to be made. It comes before that one is made: a crash
// between them leaves a door shut.
func (g *GitHub) leave(ctx context.Context, s *seat, p Post, at standing) (standing, error) {
	if at.id == 0 || at.external == externalID(p) || (at.notes == 0 && at.external == reportID(p)) {
		return at, nil // it has this set, or none yet and takes this one
	}
	if !at.open {
		return standing{}, nil
	}
	title, summary := "Superseded by a newer check", "The definition that this was held against has changed. A newer check of the same name says how it stands."
	_, _, err := s.client.Checks.UpdateCheckRun(named(ctx, "update_check_run"), s.owner, s.name, at.id, github.UpdateCheckRunOptions{
		Name: p.Check, Status: github.String("completed"), Conclusion: github.String("cancelled"),
		Output: &github.CheckRunOutput{Title: &title, Summary: &summary},
	})
	if err != nil && !missing(err) {
		return at, err
	}
	return standing{}, s.budget.take(g.config.Now(), p)
}
