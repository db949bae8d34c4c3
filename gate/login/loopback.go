package login

import (
	"net/netip"
	"strings"
)

// IsLoopback says whether a host is this machine, and nobody else's.
func IsLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	at, err := netip.ParseAddr(host)
	return err == nil && at.Unmap().IsLoopback()
}
