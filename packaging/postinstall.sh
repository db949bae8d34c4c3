#!/bin/sh
# The user, and who may read what it is given. The service is neither started nor restarted: it has to be set up.
set -e

systemd-sysusers nexusgate.conf
chgrp nexusgate /etc/nexusgate
chmod 0750 /etc/nexusgate
if [ -d /run/systemd/system ]; then
	systemctl daemon-reload
fi
