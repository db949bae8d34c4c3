// Package definition reads a Definition of Done: CUE in, plain Go out.
package definition
