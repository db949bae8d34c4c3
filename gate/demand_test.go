package gate_test

import (
	"testing"

	"github.com/nexusgate/nexusgate/gate"
)

func TestWhatIsAskedOfFactsIsSaidInWords(t *testing.T) {
	for demand, want := range map[string]string{
		"by string":                        "signed by somebody",
		"by =~\"^login:\"":                 `by matching "^login:"`,
		"by string, at least 2 times":      "signed by somebody, at least 2 times",
		"url string":                       "url is any text",
		"count int":                        "count is any whole number",
		"lines >=80":                       "lines >=80",
		"lines >=80 & <=100":               "lines >=80 and <=100",
		`conclusion "success"`:             `conclusion "success"`,
		`conclusion "success" | "skipped"`: `conclusion "success" or "skipped"`,
		`says "a | b" | "c \" | d"`:        `says "a | b" or "c \" | d"`,
		`says "never closed | `:            `says "never closed | `,
		`says "ends in \`:                  `says "ends in \`,
		`branch !="main"`:                  `branch not "main"`,
		`"a b" string`:                     `"a b" string`,
		"every touched component done":     "every touched component done",
		"landing":                          "landing",
		"":                                 "",
	} {
		if got := gate.InWords(demand); got != want {
			t.Errorf("%s is said as %s, want %s", demand, got, want)
		}
	}
}
