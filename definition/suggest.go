package definition

import (
	"cmp"
	"slices"
	"strings"
)

// suggest is the advice on a name that is not known.
func suggest(name string, among []string) string {
	if near := nearest(name, among); near != "" {
		return "did you mean " + near + "?"
	}
	if len(among) == 0 {
		return "remove it"
	}
	return "write one of " + strings.Join(slices.Sorted(slices.Values(among)), ", ")
}

// nearest is the name that was perhaps meant, or "".
func nearest(name string, among []string) string {
	best, distance := "", 3
	for _, other := range slices.Sorted(slices.Values(among)) {
		if max(len(name), len(other))-min(len(name), len(other)) >= distance {
			continue
		}
		if d := editDistance(strings.ToLower(name), strings.ToLower(other)); d < distance && d < len(other) {
			best, distance = other, d
		}
	}
	return best
}

// NearestFirst orders the names that there are by how likely each was meant by one that is not among them.
func NearestFirst(name string, among []string) []string {
	distance := func(other string) int { return editDistance(strings.ToLower(name), strings.ToLower(other)) }
	sorted := slices.Sorted(slices.Values(among))
	slices.SortStableFunc(sorted, func(a, b string) int { return cmp.Compare(distance(a), distance(b)) })
	return sorted
}

// Resembles says whether a name may be a slip of the pen for another.
func Resembles(name, other string) bool {
	d := editDistance(strings.ToLower(name), strings.ToLower(other))
	return d < 3 && d < len(other)
}

// maxSuggested bounds the work on a name; no name that is known is as long.
const maxSuggested = 100

// editDistance counts the letters to add, remove or replace.
func editDistance(a, b string) int {
	if len(a) > maxSuggested || len(b) > maxSuggested {
		return max(len(a), len(b))
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replaced := diagonal
			if a[i] != b[j] {
				replaced++
			}
			diagonal = row[j+1]
			row[j+1] = min(replaced, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
