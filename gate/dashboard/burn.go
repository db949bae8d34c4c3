package dashboard

import (
	"time"

	"github.com/nexusgate/nexusgate/gate"
)

func foresee(gate.Chronicle, gate.SprintStanding, time.Time) outlook { return outlook{} }

func burnChart(gate.Chronicle, gate.SprintStanding, time.Time) (chart, []burnRow) {
	return chart{}, nil
}

// burnRow is how the head stood at the end of a day.
type burnRow struct {
	At            time.Time
	Required, Met int
	Open          int
	Ideal         string
	Answer        answer
	Increment     int64
}
