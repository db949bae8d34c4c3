package dashboard

import (
	"slices"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/report"
)

// matrix is where every team stands on every criterion.
type matrix struct {
	Criteria []string
	Teams    []teamRows
}

// Width is the number of columns, the two of every row included.
func (m matrix) Width() int { return len(m.Criteria) + 2 }

// teamRows are the rows of one team, one for each of its components.
type teamRows struct {
	Name, Goal string
	Rows       []matrixRow
}

type matrixRow struct {
	Component string
	Answer    answer
	Cells     []cell // as many as there are criteria
}

// cell is where a component stands on a criterion; the zero cell says that it is not asked for.
type cell struct {
	State    gate.FindingState
	Advisory bool
	Excepted bool // it holds nothing back, by an exception
	Met      bool
}

func newMatrix(s gate.Standing) matrix {
	m := matrix{Criteria: columns(s)}
	for _, c := range s.Components {
		if n := len(m.Teams); n == 0 || m.Teams[n-1].Name != c.Team {
			m.Teams = append(m.Teams, teamRows{Name: c.Team, Goal: goalOf(s.Definition, c.Team)})
		}
		last := &m.Teams[len(m.Teams)-1]
		last.Rows = append(last.Rows, newMatrixRow(c, m.Criteria))
	}
	return m
}

// columns are the criteria that any component is judged by: in the definition's order, then the
// teams' own by name.
func columns(s gate.Standing) []string {
	used := make(map[string]bool)
	for _, c := range s.Components {
		for _, f := range c.Says.Findings {
			used[f.Criterion] = true
		}
	}
	var names []string
	for _, c := range s.Definition.Criteria {
		if used[c.ID] {
			names = append(names, c.ID)
			delete(used, c.ID)
		}
	}
	own := make([]string, 0, len(used))
	for name := range used {
		own = append(own, name)
	}
	slices.Sort(own)
	return append(names, own...)
}

func newMatrixRow(c gate.ComponentStanding, criteria []string) matrixRow {
	row := matrixRow{Component: c.Name, Answer: answerOf(c.Says.Outcome, c.Says.Exceptions), Cells: make([]cell, len(criteria))}
	worst := report.WorstFirst(c.Says.Findings)
	slices.Reverse(worst) // so that the worst of a criterion is written last
	for _, f := range worst {
		if i := slices.Index(criteria, f.Criterion); i >= 0 {
			row.Cells[i] = cell{State: f.State, Advisory: f.Level == definition.Advisory, Excepted: f.Exception != "", Met: f.State == gate.Met}
		}
	}
	return row
}

func goalOf(d *definition.Definition, team string) string {
	for _, t := range d.Teams {
		if t.Name == team {
			return t.Goal
		}
	}
	return ""
}
