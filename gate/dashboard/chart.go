package dashboard

import (
	"encoding/json"
	"time"

	"github.com/nexusgate/nexusgate/gate"
)

// chart is what a figure draws, as numbers.
type chart struct {
	X      []int64     `json:"x"` // seconds
	Y      [][]float64 `json:"y"` // as many of each as there are moments; -1: none
	Names  []string    `json:"names"`
	Inks   []string    `json:"inks"` // the names of colours of ours
	Dashed []bool      `json:"dashed,omitempty"`
	Steps  bool        `json:"steps"` // each holds until the next
}

// none stands where there is no number yet.
const none = -1

// pointsCharted bounds what a figure draws.
const pointsCharted = 2000

// JSON is the chart as a figure holds it; "" where there is nothing to draw.
func (c chart) JSON() string {
	if len(c.X) == 0 {
		return ""
	}
	text, err := json.Marshal(c)
	if err != nil {
		return "" // numbers alone
	}
	return string(text)
}

// pointsChart draws how many criteria were required and how many met, until now.
func pointsChart(points []gate.Point, now time.Time) chart {
	if len(points) == 0 {
		return chart{}
	}
	points = points[max(0, len(points)-pointsCharted):]
	c := chart{Names: []string{"required", "met"}, Inks: []string{"quiet", "done-edge"}, Dashed: []bool{true, false}, Steps: true, Y: make([][]float64, 2)}
	add := func(at time.Time, p gate.Point) {
		if n := len(c.X); n > 0 && c.X[n-1] >= at.Unix() { // of one second the last
			c.X, c.Y[0], c.Y[1] = c.X[:n-1], c.Y[0][:n-1], c.Y[1][:n-1]
		}
		c.X = append(c.X, at.Unix())
		c.Y[0], c.Y[1] = append(c.Y[0], float64(p.Required)), append(c.Y[1], float64(p.Met))
	}
	for _, p := range points {
		add(p.At, p)
	}
	last := points[len(points)-1]
	if now.Unix() > c.X[len(c.X)-1] {
		add(now, last)
	}
	return c
}
