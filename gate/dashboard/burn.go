package dashboard

import (
	"fmt"
	"time"

	"github.com/nexusgate/nexusgate/gate"
)

// burnRow is how the head stood at the end of a day.
type burnRow struct {
	gate.BurnDay
	Ideal  string
	Answer answer
}

// foresee says when the Increment will be done, and how that was worked out.
func foresee(c gate.Chronicle, s gate.SprintStanding, now time.Time) outlook {
	o := gate.ForecastOf(c, s, now)
	return outlook{o.Says, o.How}
}

// burnChart draws how many criteria were open at the end of each day, and the line that leads to none.
func burnChart(c gate.Chronicle, s gate.SprintStanding, now time.Time) (chart, []burnRow) {
	burn := gate.BurnOf(c, s, now)
	if len(burn.Days) == 0 {
		return chart{}, nil
	}
	drawn := chart{Names: []string{"open", "ideal"}, Inks: []string{"not-done-edge", "quiet"}, Dashed: []bool{false, true}, Y: make([][]float64, 2)}
	var rows []burnRow
	for i := range burn.Days {
		day := burn.Days[i]
		excepted := c.ExceptedAt(day.At)
		day.Met = max(0, day.Met-excepted)
		rows = append(rows, burnRow{day, fmt.Sprintf("%.1f", day.Ideal), answerOf(day.Outcome, make([]string, excepted))})
		if n := len(drawn.X); n > 0 && drawn.X[n-1] >= day.At.Unix() {
			continue
		}
		drawn.X = append(drawn.X, day.At.Unix())
		drawn.Y[0], drawn.Y[1] = append(drawn.Y[0], float64(day.Open)), append(drawn.Y[1], day.Ideal)
	}
	if end := s.End.Unix(); end > drawn.X[len(drawn.X)-1] {
		drawn.X = append(drawn.X, end)
		drawn.Y[0], drawn.Y[1] = append(drawn.Y[0], none), append(drawn.Y[1], 0)
	}
	return drawn, rows
}
