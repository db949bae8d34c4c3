package report

import "github.com/nexusgate/nexusgate/gate"

// forecasts are what an Increment's report says of criteria that are not required yet.
func forecasts(v gate.Verdict) []gate.Forecast {
	if v.Subject.Kind != gate.OfIncrement {
		return nil
	}
	return gate.Forecasts(v.Findings)
}

func forecastTable() table[gate.Forecast] {
	before := "\n**Required later**: as it stands, this is what each would hold back.\n\n" + header([]string{"Criterion", "Forecast"})
	return table[gate.Forecast]{before: before, row: func(f gate.Forecast) string {
		return line(Code(Cut(f.Criterion, nameSize)), f.String())
	}}
}

// forecastLine is a forecast in plain text.
func forecastLine(f gate.Forecast) string {
	return Cut(Plain(f.Criterion), nameSize) + " " + f.String()
}
