//go:build !linux && !darwin

package main

// freeSpace is not told on these systems.
func freeSpace(string) (free int64, known bool) { return 0, false }
