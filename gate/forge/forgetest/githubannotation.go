package forgetest

import (
	"fmt"
	"net/http"
	"slices"
)

// Annotation is a word on some lines of a file, as a check run has it.
type Annotation struct {
	Path        string `json:"path"`
	StartLine   int    `json:"start_line"`
	EndLine     int    `json:"end_line"`
	StartColumn int    `json:"start_column"`
	EndColumn   int    `json:"end_column"`
	Level       string `json:"annotation_level"`
	Message     string `json:"message"`
	Title       string `json:"title"`
}

// Bounds of what GitHub takes of annotations: https://docs.github.com/en/rest/checks/runs
const (
	annotationsAtOnce = 50
	annotationMessage = 64 << 10
	annotationTitle   = 255
)

// fault is why GitHub refuses it, "" where it does not.
func (a Annotation) fault() string {
	switch {
	case a.Path == "" || a.Message == "":
		return "an annotation wants a path and a message"
	case a.StartLine < 1 || a.EndLine < a.StartLine:
		return fmt.Sprintf("there are no lines %d to %d", a.StartLine, a.EndLine)
	case a.StartLine != a.EndLine && a.StartColumn+a.EndColumn != 0:
		return "only an annotation of one line has columns"
	case a.StartColumn < 0 || a.EndColumn < a.StartColumn:
		return fmt.Sprintf("there are no columns %d to %d", a.StartColumn, a.EndColumn)
	case !slices.Contains([]string{"notice", "warning", "failure"}, a.Level):
		return "annotation_level is not one that there is"
	case len(a.Message) > annotationMessage || len(a.Title) > annotationTitle:
		return "an annotation is too long"
	}
	return ""
}

func annotationFault(all []Annotation) string {
	if len(all) > annotationsAtOnce {
		return fmt.Sprintf("there are more than %d annotations", annotationsAtOnce)
	}
	for _, a := range all {
		if fault := a.fault(); fault != "" {
			return fault
		}
	}
	return ""
}

func (g *GitHub) readCheckRun(r *Repo, c *call) reply {
	for _, run := range r.checks {
		if run.ID == c.number("id") {
			return reply{status: http.StatusOK, body: r.checkObject(run)}
		}
	}
	return refuse(http.StatusNotFound, "Not Found")
}
