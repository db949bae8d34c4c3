package definitiontest

import "testing"

// Cases is how many random cases a test takes where it takes so many at most: all of them, and with
// go test -short, as under the race detector, a tenth. A case of one goroutine tells that detector
// nothing that the last one has not, and takes it some ten times as long.
func Cases(most int) int {
	if testing.Short() {
		return max(1, most/10)
	}
	return most
}
