package definition_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestALeafTellsTheNumbersThatItNames lists those at which a fact that grows may turn it.
func TestALeafTellsTheNumbersThatItNames(t *testing.T) {
	for text, want := range map[string]struct {
		marks []float64
		whole bool
	}{
		"<=48":                       {marks: []float64{48}},
		">=0.5 & <48":                {marks: []float64{0.5, 48}},
		"int & >1e2":                 {marks: []float64{100}, whole: true},
		"number":                     {},
		`"a" | 7`:                    {marks: []float64{7}},
		"!=3 & !=4":                  {marks: []float64{3, 4}},
		`(<=24 & >=12) | =~"^never"`: {marks: []float64{12, 24}},
	} {
		leaf, err := leafOf(text)
		if err != nil {
			t.Fatal(err)
		}
		marks, whole := leaf.Marks()
		if diff := cmp.Diff(want.marks, marks); diff != "" || whole != want.whole {
			t.Errorf("%s: whole %t, want %t; marks (-want +got):\n%s", text, whole, want.whole, diff)
		}
	}
}
