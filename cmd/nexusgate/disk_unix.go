//go:build linux || darwin

package main

import "syscall"

// freeSpace is what may still be written to the disk of a folder, in bytes.
func freeSpace(folder string) (free int64, known bool) {
	var is syscall.Statfs_t
	if err := syscall.Statfs(folder, &is); err != nil {
		return 0, false
	}
	return int64(is.Bavail) * int64(is.Bsize), true //nolint:gosec,unconvert // no disk has so many; the types differ by system
}
