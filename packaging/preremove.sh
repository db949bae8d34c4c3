#!/bin/sh
# Removed, and not upgraded: dpkg says remove, rpm that none is left.
set -e

case "$1" in
remove | 0)
	if [ -d /run/systemd/system ]; then
		systemctl disable --now nexusgate.service || true
	fi
	;;
esac
