# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# lib.sh - sourced by the tests of the commands: a folder, a database and a configuration of its own,
# and checks that say what was wrong.
set -euo pipefail
cd "$(dirname "$0")/../.."
root=$PWD

: "${BARAZA_BUILD:?}" "${BARAZA_TEST_PG:?}"
dir=$(mktemp -d "${TMPDIR:-/tmp}/cli-XXXXXX")
database=cli_$$
config=$dir/t.cfg
out=$dir/out
err=$dir/err
unset BARAZA_CONF BARAZA_SQL

admin() { psql -XqAt -v ON_ERROR_STOP=1 "$BARAZA_TEST_PG dbname=postgres" "$@"; }

# Runs SQL in the test's database.
sql() {
	PGOPTIONS='-c client_min_messages=warning -c search_path=baraza,public' \
		psql -XqAt -v ON_ERROR_STOP=1 "$BARAZA_TEST_PG dbname=$database" "$@"
}

at_end() {
	rm -rf "$dir"
	admin -c "DROP DATABASE IF EXISTS $database WITH (FORCE)" 2>/dev/null || true
}
trap at_end EXIT

fail() {
	echo "FAIL: $*"
	[ ! -s "$out" ] || tail -n 15 "$out" | sed 's/^/  out: /'
	[ ! -s "$err" ] || sed 's/^/  err: /' "$err"
	exit 1
}

# same WHAT GOT WANT
same() { [ "$2" = "$3" ] || fail "$1 is \"$2\", not \"$3\""; }

# holds FILE PART: one of its lines holds the words.
holds() { grep -qF -- "$2" "$1" || fail "${1##*/} does not hold \"$2\""; }
lacks() { ! grep -qF -- "$2" "$1" || fail "${1##*/} holds \"$2\""; }

# exits CODE ARGUMENT...: baraza ends with that code; what it printed is in $out and $err.
exits() {
	local want=$1 got=0
	shift
	"$BARAZA_BUILD/baraza" "$@" >"$out" 2>"$err" </dev/null || got=$?
	[ "$got" -eq "$want" ] || fail "baraza $* exits $got, not $want"
}

# json FILE EXPRESSION: PostgreSQL parses the file as JSON, named j, and prints the expression.
json() {
	# It may be more than an argument may be long.
	admin <<<"\\set j \`cat '$1'\`
		SELECT $2 FROM (SELECT :'j'::jsonb AS j) x" || fail "${1##*/} is no JSON"
}

# A configuration with the demonstration's texts; more lines are read from standard input.
configure() {
	{
		cat <<-EOT
			database = "$BARAZA_TEST_PG dbname=$database connect_timeout=60";
			listen = "";
			city = "Maputo";
			country = "RW";
			timezone = "Africa/Maputo";
			currency = "RWF";
			sms_cost = 15.0;
			languages = ["en", "fr", "pt", "ar"];
			default_language = "fr";
			texts_dir = "$root/conf/texts";
			services_dir = "$root/conf/services";
		EOT
		cat
	} >"$config"
}

# An empty database, migrated, with the demonstration city.
make_city() {
	admin -c "CREATE DATABASE $database"
	configure <<<'modems = ( { name = "m1"; }, { name = "m2"; } );'
	exits 0 migrate -c "$config"
	sql -1 -f sql/demo/demo.sql
}
