#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# setup.sh [--check] GROUP...: the Debian 12 packages that Baraza is built and tested with.
#
# Groups: build, test, lint.  What is missing is installed by apt; when nothing is missing, nothing
# happens: no network, no root.  --check installs nothing, and fails when something is missing.
#
# It leaves the machine's services alone: none is started or restarted while it installs, and no
# system PostgreSQL cluster is made (Baraza runs PostgreSQL on a private one).  What it puts in place
# for that, /usr/sbin/policy-rc.d and a line for postgresql-common, is undone at its end.
set -euo pipefail

# Set by the tests of this script alone; sudo drops it.
root=${SETUP_ROOT:-}
policy=$root/usr/sbin/policy-rc.d
policy_saved=$policy.before-baraza-setup
policy_mark='# put here by Baraza set-up; gone when it ends'
no_cluster=$root/etc/postgresql-common/createcluster.d/baraza-setup.conf
pg_bin=$root/usr/lib/postgresql/15/bin

say() { printf 'set-up: %s\n' "$*" >&2; }
die() {
	say "$*"
	exit 1
}

packages_of() {
	case $1 in
	build)
		echo build-essential pkg-config libgammu-dev libevent-dev libconfig-dev \
			libpcre2-dev libpq-dev libssl-dev libsystemd-dev libunistring-dev \
			libxml2-dev libxmlsec1-dev libxmlsec1-openssl
		# A PostgreSQL 15 that is already here is good, wherever it came from.
		[ -x "$pg_bin/initdb" ] && [ -x "$pg_bin/psql" ] || echo postgresql-15
		;;
	test) echo procps libxml2-utils openssl xmlsec1 ;;
	lint) echo clang clang-format clang-tidy cppcheck shellcheck ;;
	*) die "no such group of packages: $1 (build, test, lint)" ;;
	esac
}

# Prints those of the named packages that are not fully installed.
missing_of() {
	[ $# -gt 0 ] || return 0
	# It fails for packages that it never heard of.
	{ dpkg-query -W -f='${Package} ${db:Status-Status}\n' "$@" 2>/dev/null || true; } |
		awk -v want="$*" '$2 == "installed" { have[$1] = 1 }
			END { n = split(want, w, " "); for (i = 1; i <= n; i++) if (!(w[i] in have)) print w[i] }'
}

# --- as root -----------------------------------------------------------------------------------
forbid_services() {
	mkdir -p "${policy%/*}"
	if [ -e "$policy" ] || [ -L "$policy" ]; then
		mv -f "$policy" "$policy_saved"
	fi
	printf '#!/bin/sh\n%s\nexit 101\n' "$policy_mark" >"$policy"
	chmod 755 "$policy"
}

restore_services() {
	if [ -f "$policy" ] && grep -qxF "$policy_mark" "$policy"; then
		rm -f "$policy"
	fi
	if [ -e "$policy_saved" ] || [ -L "$policy_saved" ]; then
		mv -f "$policy_saved" "$policy"
	fi
}

# shellcheck disable=SC2317 # called by the trap
undo() {
	restore_services
	rm -f "$no_cluster"
	rmdir "${no_cluster%/*}" 2>/dev/null || true
}

apt() {
	DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 apt-get \
		-o DPkg::Lock::Timeout=600 -o Dpkg::Options::=--force-confold "$@" </dev/null >&2
}

forbid_cluster() {
	mkdir -p "${no_cluster%/*}"
	echo 'create_main_cluster = false' >"$no_cluster"
	apt install -y --no-install-recommends postgresql-common
	[ "$(pg_conftool /etc/postgresql-common/createcluster.conf show -bs create_main_cluster)" = off ] ||
		die "postgresql-15 would create a system cluster here:" \
			"set create_main_cluster = false in /etc/postgresql-common/createcluster.conf, then try again"
}

# Installs the named packages.  Two set-ups at once take turns; the second finds nothing to do.
install_as_root() {
	local missing
	mkdir -p "$root/run"
	exec 8>"$root/run/baraza-setup.lock"
	flock 8
	undo # what a killed set-up left
	missing=$(missing_of "$@")
	[ -n "$missing" ] || return 0
	trap undo EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
	forbid_services
	apt update || say "apt-get update failed: trying with the lists that are here"
	if grep -qx postgresql-15 <<<"$missing"; then
		forbid_cluster
	fi
	# shellcheck disable=SC2086 # one word a package
	apt install -y --no-install-recommends $missing
}

# --- as anyone ---------------------------------------------------------------------------------
# The script reaches root's shell by its standard input: root may not be able to read this folder.
become_root() {
	local self=$0
	if [ "$(id -u)" -eq 0 ]; then
		install_as_root "$@"
	elif command -v sudo >/dev/null && { sudo -n true 2>/dev/null || { [ -t 2 ] && sudo -v; }; }; then
		# shellcheck disable=SC2024 # it is the ordinary user who can read it
		sudo bash -s -- --as-root "$@" <"$self"
	else
		say "these packages are missing, and neither root nor sudo is at hand to install them:"
		printf '    %s\n' "$@" >&2
		say "as root, run:  packaging/setup.sh build test    (or install them by apt-get)"
		exit 1
	fi
}

main() {
	local check=no groups=() wanted=() missing=() group names names_of_group
	case ${1:-} in
	--as-root)
		shift
		install_as_root "$@"
		return
		;;
	--check)
		check=yes
		shift
		;;
	esac
	groups=("$@")
	if ! command -v dpkg-query >/dev/null; then
		[ $check = yes ] || say "this is not Debian: its packages are looked for by the compiler alone"
		return 0
	fi
	for group in "${groups[@]}"; do
		names=$(packages_of "$group")
		read -r -d '' -a names_of_group < <(printf '%s\0' "$names") || true
		wanted+=("${names_of_group[@]}")
	done
	mapfile -t missing < <(missing_of "${wanted[@]}")
	if [ ${#missing[@]} -eq 0 ] && ! grep -qsxF "$policy_mark" "$policy"; then
		return 0
	fi
	[ $check = no ] || [ ${#missing[@]} -eq 0 ] ||
		die "missing: ${missing[*]}; 'make setup' installs them"
	[ $check = no ] || return 0
	say "installing from Debian: ${missing[*]:-nothing; undoing what a killed set-up left}"
	become_root "${missing[@]}"
	mapfile -t missing < <(missing_of "${wanted[@]}")
	[ ${#missing[@]} -eq 0 ] || die "still missing: ${missing[*]}"
	say "all packages are here"
}

# Read whole before anything runs: apt must not read on in this file.
{
	main "$@"
	exit
}
