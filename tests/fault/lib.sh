# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# lib.sh - sourced by tests that run the gateway by hand: what tests of the commands have, and besides
# a simulator with two modems and gateways that are started, told and ended.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../cli/lib.sh"

sim=$dir/sim
declare -A gateways=()
simulator=

# Kills those of them that are still ours: the number of one that has ended may be anybody's by now.
end_ours() {
	local pid
	for pid; do
		! grep -qx "PPid:.$$" "/proc/$pid/status" 2>/dev/null || kill -KILL "$pid" 2>/dev/null || true
	done
}

at_end() {
	local status=$?
	[ $status -eq 0 ] || tail -n 30 "$dir"/*.log | sed 's/^/  log: /'
	end_ours ${simulator:+"$simulator"} "${gateways[@]}"
	wait
	admin -c "DROP DATABASE IF EXISTS $database WITH (FORCE)" 2>/dev/null || true
	rm -rf "$dir"
}

# Where on TCP a gateway may listen that nobody else does, nor is any connection's own end: this process's own
# address among the 2^24 of the loopback.
own_address() { echo "127.$((128 + ($$ >> 16 & 127))).$(($$ >> 8 & 255)).$(($$ & 255)):18080"; }

ctl() { "$BARAZA_BUILD/baraza-sim" ctl "$sim" "$@"; }

# start_simulator OPTION...
start_simulator() {
	local says word _
	exec {says}< <(exec "$BARAZA_BUILD/baraza-sim" run --dir "$sim" --modems 2 "$@" 2>"$dir/simulator.log")
	simulator=$!
	read -r -u "$says" word _
	same 'the simulator' "$word" ready
}

# The lines of a configuration that say where the simulator's modems are; the modems follow.
on_simulator() {
	cat <<-EOT
		devices = ["$sim/dev/ttySIM*"];
		sysfs = "$sim/sys";
	EOT
	cat
}

two_modems() {
	on_simulator <<-EOT
		modems = (
			{ name = "m1"; device = "$sim/dev/ttySIM0"; number = "+250789000001"; ${1:-} },
			{ name = "m2"; device = "$sim/dev/ttySIM1"; number = "+250789000002"; ${2:-} }
		);
	EOT
}

# until_true SECONDS WHAT COMMAND...: tries it until it succeeds.
until_true() {
	local end=$((SECONDS + $1)) what=$2
	shift 2
	until "$@"; do
		[ $SECONDS -lt $end ] || fail "$what: not in time"
		read -r -t 0.05 <> <(:) || true
	done
}

sql_says() { [ "$(sql -c "$1" 2>/dev/null)" = "$2" ]; }

# until_sql SQL VALUE [SECONDS]
until_sql() { until_true "${3:-40}" "$1 => $2 (now $(sql -c "$1" 2>&1 | head -n 3))" sql_says "$1" "$2"; }

logged() { [ "$(grep -cF -- "$2" "$dir/$1.log")" -ge "$3" ]; }

# until_logged NAME WORDS TIMES: the gateway has said so, so often.
until_logged() { until_true 30 "$1 says $2" logged "$@"; }

# start_gateway [NAME [CONFIG [MODEMS]]]: returns when its modems (2) are in service.
start_gateway() {
	local name=${1:-g} epoch
	epoch=$(sql -c 'SELECT coalesce(max(epoch), 0) FROM node')
	"$BARAZA_BUILD/baraza" run -c "${2:-$config}" 2>>"$dir/$name.log" &
	gateways[$name]=$!
	until_sql "SELECT count(*) FROM modem WHERE state = 'READY' AND epoch > $epoch" "${3:-2}"
}

database_away() {
	admin >"$out" -c "ALTER DATABASE $database ALLOW_CONNECTIONS false" \
		-c "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '$database'"
}

database_back() { admin -c "ALTER DATABASE $database ALLOW_CONNECTIONS true"; }

# ends NAME CODE: it ends by itself, with that exit code.
ends() {
	local pid=${gateways[$1]} got=0
	timeout 30 tail -f /dev/null --pid="$pid" -s 0.02 || fail "$1 does not end"
	wait "$pid" || got=$?
	unset "gateways[$1]"
	same "the exit code of $1" "$got" "$2"
}

tell() { kill -"$2" "${gateways[$1]}"; }
