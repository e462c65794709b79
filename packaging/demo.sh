#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# demo.sh [BUILD]: the demonstration city in this folder, until Ctrl-C.  `make run` calls it after
# set-up and build.
#
# A private PostgreSQL (var/pg), the GSM simulator with two modems (var/sim), the gateway
# (var/demo.cfg); logs in var/log.  They are children of this script, each in a session of its own,
# so that Ctrl-C reaches this script alone, which stops them in order; should it be killed, the
# kernel ends them with it.  The data are found again by the next run; `rm -rf var` begins anew.
set -euo pipefail
cd "$(dirname "$0")/.."
build=${1:-build}
export BARAZA_BUILD=$build
# shellcheck source=packaging/common.sh
. packaging/common.sh

pids=() names=() stop_signals=()
unset NOTIFY_SOCKET WATCHDOG_USEC WATCHDOG_PID BARAZA_CONF PGSERVICE PGHOST PGPORT PGDATABASE PGUSER \
	PGPASSWORD PGOPTIONS

# start NAME STOP-SIGNAL COMMAND...: starts it and waits until it says that it is ready.
start() {
	local name=$1 signal=$2 log=var/log/$1.log socket word helper
	shift 2
	coproc ready { exec "$build/wait-ready" 90; }
	# shellcheck disable=SC2154 # coproc sets it
	helper=$ready_PID
	exec {from_ready}<&"${ready[0]}" {to_ready}>&"${ready[1]}"
	read -r -u "$from_ready" socket
	: >"$log"
	NOTIFY_SOCKET=$socket setsid setpriv --pdeathsig=TERM -- "$@" </dev/null >"$log" 2>&1 \
		8<&- 9>&- {from_ready}<&- {to_ready}>&- &
	pids=($! "${pids[@]}")
	names=("$name" "${names[@]}")
	stop_signals=("$signal" "${stop_signals[@]}")
	echo "$!" >&"$to_ready"
	exec {to_ready}>&-
	read -r -u "$from_ready" word || word=gone
	exec {from_ready}<&-
	wait "$helper" || true
	case $word in
	ready) ;;
	late) failed "$name" "was not ready within 90 s" ;;
	*) failed "$name" "ended at its start" ;;
	esac
}

failed() { # NAME WHAT
	say "$1 $2; the end of its log, $PWD/var/log/$1.log:"
	tail -n 20 "var/log/$1.log" >&2
	exit 1
}

# Stops the youngest first: the gateway drains while its modems and its database are there.
stop_all() {
	local i
	trap '' HUP
	trap 'hurry' INT TERM
	for i in "${!pids[@]}"; do
		kill -"${stop_signals[i]}" "${pids[i]}" 2>/dev/null || continue
		say "stopping ${names[i]}"
		ended "${pids[i]}" 30 || kill -KILL "${pids[i]}" 2>/dev/null || true
		wait "${pids[i]}" 2>/dev/null || true
	done
}

# A second Ctrl-C.  PostgreSQL recovers from it at its next start.
# shellcheck disable=SC2317 # called by a trap
hurry() {
	kill -KILL "${pids[@]}" 2>/dev/null || true
}

# Prints the first port from $1 on that nobody listens on.
free_port() {
	local port
	for ((port = $1; port < $1 + 50; port++)); do
		if ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
			echo "$port"
			return
		fi
	done
	die "no free port from $1 on"
}

only_one() {
	exec 9>>var/lock
	flock -n 9 || die "another 'make run' is at work in this folder (process $(cat var/pid 2>/dev/null))"
	echo $$ >var/pid
}

# sql DATABASE ARGUMENT...
sql() {
	PGOPTIONS='-c client_min_messages=warning -c search_path=baraza,public' \
		"$PG_BIN/psql" -Xq -v ON_ERROR_STOP=1 "$database dbname=$1" "${@:2}" </dev/null
}

# Writes text as the inside of a libconfig string, safe for sed's replacement too.
quoted() { sed 's/[\\"]/\\&/g; s/[\\&|]/\\&/g' <<<"$1"; }

# set_line NAME VALUE [ENTRY]: gives sed's command for one line that is ours, in the entry of that name.
set_line() {
	local range=''
	[ $# -lt 3 ] || range="/name = \"$3\"/,/}/"
	printf '%s{\n/# set by make run$/s|^\\([\t ]*\\)%s = .*;|\\1%s = %s;|\n}\n' \
		"$range" "$1" "$1" "$2"
}

# The file is written once; later runs only set again the lines that say so, and leave yours.
configure() { # PORT
	local var
	var=$(quoted "$(realpath var)")
	[ -e var/demo.cfg ] || cp packaging/demo.cfg.in var/demo.cfg
	{
		set_line database "\"$(quoted "$database dbname=baraza")\""
		set_line listen "\"127.0.0.1:$1\""
		set_line devices "[\"$var/sim/dev/ttySIM*\"]"
		set_line sysfs "\"$var/sim/sys\""
		set_line texts_dir "\"$(quoted "$PWD/conf/texts")\""
		set_line services_dir "\"$(quoted "$PWD/conf/services")\""
		set_line device "\"$var/sim/dev/ttySIM0\"" m1
		set_line device "\"$var/sim/dev/ttySIM1\"" m2
		set_line secret "\"$secret\"" sim
	} >var/demo.sed
	sed -i -f var/demo.sed var/demo.cfg
	rm -f var/demo.sed
}

load_city() {
	local file
	sql postgres -Atc "SELECT 1 FROM pg_database WHERE datname = 'baraza'" | grep -q 1 ||
		sql postgres -c 'CREATE DATABASE baraza'
	"$build/baraza" migrate -c var/demo.cfg >>var/log/migrate.log 2>&1 ||
		failed migrate "could not bring the database up to date"
	for file in sql/demo/*.sql; do
		[ ! -f "$file" ] || sql baraza -1 -f "$file" >/dev/null
	done
	load_registers taxpayer taxpayers bills
	load_registers officer officers recipients gauges shelters
}

# load_registers TABLE REGISTER...: once, while the table is empty: they may have been changed since.  Who is at this
# keyboard is one of the officers.
load_registers() {
	local register login
	[ "$(sql baraza -Atc "SELECT count(*) FROM $1")" = 0 ] || return 0
	login=$(logname 2>/dev/null || id -un)
	for register in "${@:2}"; do
		sed "s/@login@/$login/" "sql/demo/$register.csv" |
			"$build/baraza" import "$register" - -c var/demo.cfg >>var/log/import.log 2>&1 ||
			failed import "could not load the demonstration's $register"
	done
}

tell() {
	cat <<-EOT

		Baraza is running: the demonstration city, two simulated modems, one database.

		A phone to type on, in another terminal in this folder:
		    $build/baraza-sim phone +250788000001
		or in a browser on this machine:
		    http://127.0.0.1:$web/

		Send an SMS to the gateway, for example:
		    Contentor cheio mercado Carimbo          a report in Portuguese
		    Street light out near Kimironko market   one in English
		    Fuite d'eau rue KN 5                     one in French
		    STATUS and the reference in the answer    what became of it
		    SOLDE                                    what this phone's taxpayer owes

		Or dial *384# on the phone, the menu that costs the citizen nothing: *384*147# reports skip 147.

		See what came of it:
		    $build/baraza tickets -c var/demo.cfg
		    $build/baraza status -c var/demo.cfg

		Warn of a flood: you draft it, Bernardo's phone gets a code and approves it, the chiefs get it first.
		    $build/baraza-sim phone +250788100021
		    $build/baraza alert draft flood --zones Mafalala level="3.40 m" -c var/demo.cfg

		Settings: var/demo.cfg    Logs: var/log/    Ctrl-C stops it; the data stay.
	EOT
}

prepare_var
mkdir -p var/log
only_one
trap stop_all EXIT
trap 'exit 0' INT TERM HUP
start postgres INT packaging/cluster.sh run var/pg
database=$(packaging/cluster.sh conninfo var/pg)
secret=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
configure 8080
load_city
# Until its ports are its own, one demonstration at a time looks for some.
exec 8</tmp
flock -w 60 8 || true
http=$(free_port 8080)
web=$(free_port 8380)
configure "$http"
start simulator TERM "$build/baraza-sim" run --dir var/sim --modems 2 --http "127.0.0.1:$web" \
	--ussd-url "http://127.0.0.1:$http/ussd/sim/$secret"
start gateway TERM "$build/baraza" run -c var/demo.cfg
exec 8<&-
tell
wait -n "${pids[@]}" || true
for i in "${!pids[@]}"; do
	kill -0 "${pids[i]}" 2>/dev/null || failed "${names[i]}" "ended"
done
