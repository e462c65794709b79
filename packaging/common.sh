# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# common.sh - sourced by the scripts that run a private PostgreSQL: where its data may live, under
# which account it runs.  Not for set-up (which must run from root's standard input alone).

PG_BIN=${PG_BIN:-/usr/lib/postgresql/15/bin}
wait_ready=$(realpath -m "${BARAZA_BUILD:-${BASH_SOURCE[0]%/*}/../build}")/wait-ready

say() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }
die() {
	say "$*"
	exit 1
}

# ended PID SECONDS: waits until the process, anybody's, has ended; false when the seconds are over before.
ended() {
	[ -x "$wait_ready" ] || die "$wait_ready is missing: 'make' builds it"
	[ "$(echo "$1" | "$wait_ready" "$2" | tail -n 1)" = gone ]
}

# The account that the server runs as: ourselves, or, as root (whom PostgreSQL refuses), postgres.
database_account() {
	if [ "$(id -u)" -ne 0 ]; then
		id -un
	elif id -u postgres >/dev/null 2>&1; then
		echo postgres
	else
		die "PostgreSQL does not run as root, and there is no account postgres to run it as"
	fi
}

# as_database COMMAND...: runs it under that account, as this very process (a caller may exec it).
as_database() {
	local account
	if [ "$(id -u)" -ne 0 ]; then
		"$@"
	else
		account=$(database_account)
		setpriv --reuid="$account" --regid="$account" --init-groups --reset-env -- \
			env LC_ALL=C.UTF-8 PATH="$PATH" "$@"
	fi
}

# Prints a short name for a path: 12 hex digits.
path_hash() {
	local sum
	sum=$(printf '%s' "$1" | sha256sum)
	echo "${sum:0:12}"
}

# prepare_var: makes ./var, a folder that the database's account can enter.  As root in a folder
# that it cannot enter (a checkout in /root), var becomes a link to one in /var/lib.
prepare_var() {
	local home
	if [ -L var ] && [ ! -e var ]; then
		home=$(readlink var)
		case $home in
		/var/lib/baraza-demo-*) ;;
		*) die "var is a link to $home, which does not exist: remove the link" ;;
		esac
		mkdir -m 711 "$home"
	fi
	if [ -d var ]; then
		[ -w var ] || die "$(realpath var) belongs to account $(stat -Lc %U var): run as that" \
			"account, or move it away (it holds the demonstration's data)"
		as_database test -x "$(realpath var)" ||
			die "account $(database_account) cannot enter $(realpath var):" \
				"move it away (it holds the demonstration's data), then try again"
		return 0
	fi
	# By its full path: whoever is in a folder already may always enter ".".
	if as_database test -x "$PWD"; then
		mkdir var
		return 0
	fi
	home=/var/lib/baraza-demo-$(path_hash "$PWD")
	[ -d "$home" ] || mkdir -m 711 "$home"
	ln -s "$home" var
	say "account $(database_account) cannot enter $PWD: the data live in $home (var is a link to it)"
}
