#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# cluster.sh [--fast] COMMAND DIR: a private PostgreSQL 15 cluster in the folder DIR.
#
#   start    makes it if need be, starts it, waits until it answers, prints its conninfo
#   run      the same in the foreground: READY=1 on $NOTIFY_SOCKET, stops on SIGINT or SIGTERM,
#            and with its parent, should that be killed
#   stop     stops it (fast) and waits
#   status   prints "running" or "stopped"; exit 0 or 3
#   conninfo prints its conninfo (without a dbname)
#   wipe     stops it and removes all that belongs to it
#
# It listens on a Unix socket only, in a folder that only its account (and root) can enter; who can
# enter is its superuser "baraza".  As root it runs under the account postgres.  --fast, at its first
# start: without fsync, for tests (kill -9 still loses nothing).  After a power cut or kill -9 it
# starts again by itself.
set -euo pipefail
here=$(dirname "$0")
# shellcheck source=packaging/common.sh
. "$here/common.sh"

usage() {
	die "usage: ${0##*/} [--fast] start|run|stop|status|conninfo|wipe DIR"
}

# Prints the socket's folder.  Inside DIR when its path is short and plain, else one in /tmp named
# for DIR: a socket's path holds 107 bytes, and conninfo and pg_ctl's options dislike quotes.
socket_dir() {
	local LC_ALL=C path=$dir/socket
	if [ ${#path} -gt 90 ] || [[ $path =~ [^A-Za-z0-9._/-] ]]; then
		path=/tmp/baraza-$(id -u "$account")-$(path_hash "$dir")
	fi
	echo "$path"
}

# Makes a folder of the database's account that nobody else may enter; refuses a foreign one.
private_dir() {
	if mkdir -m 700 "$1" 2>/dev/null; then
		chown "$account:" "$1"
	elif [ -L "$1" ] || [ "$(stat -c %U "$1")" != "$account" ]; then
		die "$1 does not belong to account $account: remove it, or run as its owner"
	else
		chmod 700 "$1"
	fi
}

# Prints the live postmaster's process id, or fails.  The number in postmaster.pid may, after a power
# cut, be anyone's: only a process that works in this data folder counts.
postmaster() {
	local pid
	pid=$(head -n 1 "$data/postmaster.pid" 2>/dev/null) || return 1
	[[ $pid =~ ^[0-9]+$ ]] && is_server "$pid" && echo "$pid"
}

# is_server PID: a process of this cluster's server?
is_server() {
	[ "$(readlink "/proc/$1/cwd" 2>/dev/null)" = "$data" ] &&
		[[ $(readlink "/proc/$1/exe" 2>/dev/null) == */postgres* ]]
}

# Waits for what a killed postmaster left running: its backends notice, and go.  (A process that ended
# but that no parent buried, as in a container without an init, has no folder any more.)
wait_for_strays() {
	local proc
	for proc in /proc/[0-9]*; do
		if is_server "${proc#/proc/}" && ! ended "${proc#/proc/}" 10; then
			die "process ${proc#/proc/} of a killed server does not end; data in $data"
		fi
	done
}

write_settings() {
	cat >"$1/baraza.conf" <<-EOT
		# Written by packaging/cluster.sh.  Yours go to postgresql.auto.conf (ALTER SYSTEM).
		listen_addresses = ''
		unix_socket_permissions = 0700
		max_connections = 60
		log_line_prefix = '%m [%p] '
		timezone = 'UTC'
		log_timezone = 'UTC'
	EOT
	[ $fast = no ] || printf '%s\n' 'fsync = off' 'full_page_writes = off' 'max_connections = 200' >>"$1/baraza.conf"
	echo "include_if_exists 'baraza.conf'" >>"$1/postgresql.conf"
}

# A folder data.new that a power cut left half made is made anew; data is complete.
make_cluster() {
	local options=()
	if [ -d "$data" ]; then
		[ "$(stat -c %U "$data")" = "$account" ] ||
			die "$data belongs to account $(stat -c %U "$data"), not $account: run as its owner"
		return 0
	fi
	say "making a PostgreSQL cluster in $dir"
	rm -rf "$data.new"
	private_dir "$data.new"
	[ $fast = no ] || options=(--no-sync)
	as_database "$PG_BIN/initdb" "${options[@]}" -D "$data.new" --username=baraza --auth=trust --data-checksums \
		--encoding=UTF8 --locale=C.UTF-8 --no-instructions >"$dir/initdb.log" 2>&1 ||
		die "initdb failed: $(tail -n 3 "$dir/initdb.log")"
	write_settings "$data.new"
	chown "$account:" "$data.new/baraza.conf"
	sync -f "$data.new"
	mv "$data.new" "$data"
}

# Holds the folder's lock from here to the end of this script.
prepare() {
	[ -x "$PG_BIN/postgres" ] || die "no PostgreSQL 15 in $PG_BIN: 'make setup' installs it"
	mkdir -p "$dir"
	as_database test -x "$dir" || die "account $account cannot enter $dir"
	exec 9>"$dir/lock"
	flock 9
	make_cluster
	private_dir "$sockets"
	if ! postmaster >/dev/null; then
		wait_for_strays
		rm -f "$data/postmaster.pid" "$sockets/.s.PGSQL.5432" "$sockets/.s.PGSQL.5432.lock"
	fi
}

start() {
	prepare
	if ! postmaster >/dev/null; then
		: >>"$dir/log"
		chown "$account:" "$dir/log"
		# pg_ctl puts its -D and -l into a shell's command unquoted: no path goes there.
		(
			cd "$dir"
			as_database env PGDATA="$data" "$PG_BIN/pg_ctl" -l log -s -w -t 60 -o "-k $sockets" start
		) </dev/null 9>&- || die "PostgreSQL did not start: $(tail -n 5 "$dir/log")"
	fi
	conninfo
}

run() {
	local change=()
	prepare
	! postmaster >/dev/null || die "already running, as process $(postmaster)"
	exec 9>&-
	if [ "$(id -u)" -eq 0 ]; then
		change=(--reuid="$account" --regid="$account" --init-groups)
	fi
	exec setpriv "${change[@]}" --pdeathsig=INT -- "$PG_BIN/postgres" -D "$data" -k "$sockets"
}

stop() {
	[ -d "$data" ] || return 0
	exec 9>"$dir/lock"
	flock 9
	if postmaster >/dev/null; then
		as_database "$PG_BIN/pg_ctl" -D "$data" -s -w -t 60 -m fast stop
	fi
}

status() {
	if postmaster >/dev/null; then
		echo running
	else
		echo stopped
		exit 3
	fi
}

conninfo() { echo "host=$sockets user=baraza"; }

wipe() {
	stop
	rm -rf "$sockets" "$data" "$data.new"
	rm -f "$dir/log" "$dir/initdb.log" "$dir/lock"
	rmdir "$dir" 2>/dev/null || true
}

fast=no
if [ "${1:-}" = --fast ]; then
	fast=yes
	shift
fi
if [ $# -ne 2 ] || [ -z "$2" ]; then
	usage
fi
dir=$(realpath -m "$2")
data=$dir/data
account=$(database_account)
sockets=$(socket_dir)
cd / # where that account can be, wherever we were called from
case $1 in
start | run | stop | status | conninfo | wipe) "$1" ;;
*) usage ;;
esac
