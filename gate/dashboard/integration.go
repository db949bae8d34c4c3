package dashboard

import (
	"fmt"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/report"
)

// integrationShown bounds the compositions whose runs a page tells of.
const integrationShown = 3

// sayIntegration are lines on the Increment's own pipeline: what it runs on, what it came to last, and who broke it.
func sayIntegration(i gate.IntegrationStanding) (lines []string) {
	if i.Pipeline == "" {
		return nil
	}
	if c := i.Culprit; c != nil {
		lines = append(lines, fmt.Sprintf("It is %s. %s.", c.Says(), sayFound(c.Runs)))
	}
	if i.Suspects > 0 {
		lines = append(lines, fmt.Sprintf("It fails, and had passed: the landing that broke it is looked for among %d.", i.Suspects))
	}
	if r := i.Running; r != nil {
		lines = append(lines, fmt.Sprintf("On Integrated Increment %d it is %s since %s%s.", r.Increment, r.Says, r.At.UTC().Format("2 Jan 15:04 UTC"), sayAttempt(r.Attempts)))
	}
	for _, r := range i.Latest[:min(len(i.Latest), integrationShown)] {
		lines = append(lines, fmt.Sprintf("On Integrated Increment %d: %s%s.", r.Increment, report.Cut(report.Plain(r.Says), 300), sayAttempt(r.Attempts)))
	}
	if len(lines) == 0 {
		lines = []string{"It has not run yet: a composition has to be the head for a little while first."}
	}
	return lines
}

func sayFound(runs int) string {
	switch runs {
	case 0:
		return "No other landing lay in between"
	case 1:
		return "That was found in one run more"
	default:
		return fmt.Sprintf("That was found in %d runs more", runs)
	}
}

func sayAttempt(n int) string {
	if n < 2 {
		return ""
	}
	return fmt.Sprintf(", in attempt %d", n)
}
