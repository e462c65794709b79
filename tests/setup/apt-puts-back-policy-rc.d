#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# While apt works no service may start and no cluster be made; afterwards, also when apt fails or a
# set-up was killed, policy-rc.d is as it was.
# shellcheck source=tests/setup/lib.sh
. "$(dirname "$0")/lib.sh"

root=$dir/root
policy=$root/usr/sbin/policy-rc.d
mkdir -p "$root/usr/sbin" "$root/etc"

fake dpkg-query <<'EOT'
shift 2
printf '%s installed\n' "$@" | grep -v '^postgresql-15 '
EOT
fake pg_conftool <<'EOT'
echo off
EOT
fake apt-get <<EOT
"$policy"; echo "\$? \${!#} \$(cat "$root"/etc/postgresql-common/createcluster.d/*.conf)" >>"$dir/seen"
exit \${APT_STATUS:-0}
EOT

# Set-up as root would run it, in a root of our own.
install_it() { PATH=$dir/bin:$PATH SETUP_ROOT=$root packaging/setup.sh --as-root postgresql-15; }

install_it 2>/dev/null
same "policy-rc.d and the cluster's setting while apt works" "$(tail -n 1 "$dir/seen")" \
	"101 postgresql-15 create_main_cluster = false"
[ ! -e "$policy" ] || fail "policy-rc.d stayed where none was"
[ ! -e "$root/etc/postgresql-common/createcluster.d" ] || fail "the cluster's setting stayed"

printf '#!/bin/sh\nexit 104\n' >"$policy"
chmod 755 "$policy"
before=$(stat -c '%a %s' "$policy"; cat "$policy")
! APT_STATUS=1 install_it 2>/dev/null || fail "set-up hid that apt failed"
same "policy-rc.d after a failure" "$(stat -c '%a %s' "$policy"; cat "$policy")" "$before"

# Killed in the middle: the next one, with nothing left to install, tidies up.
fake apt-get <<'EOT'
kill -KILL $PPID
EOT
! install_it 2>/dev/null || fail "set-up outlived its kill"
[ "$(cat "$policy")" != "${before#*$'\n'}" ] || fail "nothing was put in place"
fake dpkg-query <<'EOT'
shift 2
printf '%s installed\n' "$@"
EOT
install_it 2>/dev/null
same "policy-rc.d after a kill" "$(stat -c '%a %s' "$policy"; cat "$policy")" "$before"
