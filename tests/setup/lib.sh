# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# lib.sh - sourced by the tests of set-up: a folder of its own, and checks that say what was wrong.
set -euo pipefail
cd "$(dirname "$0")/../.."

dir=$(mktemp -d "${TMPDIR:-/tmp}/setup-XXXXXX")
chmod 755 "$dir"

# A test that has more to undo defines at_end.
at_end() { :; }
trap 'at_end; rm -rf "$dir"' EXIT

fail() {
	echo "FAIL: $*"
	exit 1
}

# same WHAT GOT WANT
same() { [ "$2" = "$3" ] || fail "$1 is \"$2\", not \"$3\""; }

# holds WHAT TEXT PART
holds() { [[ $2 == *"$3"* ]] || fail "$1 does not hold \"$3\": $2"; }

# fake NAME: a program of that name, first in PATH, with the script on standard input.
fake() {
	mkdir -p "$dir/bin"
	{
		echo '#!/bin/bash'
		cat
	} >"$dir/bin/$1"
	chmod 755 "$dir/bin/$1"
}

# Runs a command as an account without rights (needs root); else skips the test.
as_nobody() {
	[ "$(id -u)" -eq 0 ] || skip "needs root, to become nobody"
	setpriv --reuid=nobody --regid=nogroup --clear-groups -- "$@"
}

skip() {
	echo "$*"
	exit 77
}
