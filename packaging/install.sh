#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# install.sh BUILD DESTDIR PREFIX SYSCONFDIR UNITDIR: `make install`.  A file of the configuration
# that exists and differs is kept; the new one lies beside it as NAME.new.
set -euo pipefail
cd "$(dirname "$0")/.."

build=$1 dest=$2 prefix=$3 sysconf=$4 units=$5
share=$dest$prefix/share

# put MODE FOLDER FILE...: those of the files that exist.
put() {
	local mode=$1 folder=$2 file
	for file in "${@:3}"; do
		[ ! -f "$file" ] || install -D -m "$mode" "$file" "$folder/${file##*/}"
	done
}

# put_tree FOLDER TREE...: text files with their sub-folders.
put_tree() {
	local folder=$1 file
	find "${@:2}" -type f -print0 2>/dev/null | while IFS= read -r -d '' file; do
		install -D -m 644 "$file" "$folder/$file"
	done
}

# put_filled FOLDER FILE.in: with the places filled in.
put_filled() {
	local name=${2##*/}
	mkdir -p "$1"
	sed -e "s|@PREFIX@|$prefix|g" -e "s|@SYSCONFDIR@|$sysconf|g" "$2" >"$1/${name%.in}"
	chmod 644 "$1/${name%.in}"
}

put 755 "$dest$prefix/bin" "$build/baraza" "$build/baraza-modem" "$build/baraza-sim"
put_tree "$share/baraza" sql conf simulator/web
put 644 "$share/doc/baraza" README.md CHANGELOG.md LICENSE
put 644 "$share/doc/baraza" docs/*.md
for page in docs/man/*.[1-8]; do
	put 644 "$share/man/man${page##*.}" "$page"
done
put_filled "$dest$units" packaging/baraza.service.in
put_filled "$dest$prefix/lib/sysusers.d" packaging/sysusers.conf.in
put_filled "$dest$prefix/lib/tmpfiles.d" packaging/tmpfiles.conf.in
mv "$dest$prefix/lib/sysusers.d/sysusers.conf" "$dest$prefix/lib/sysusers.d/baraza.conf"
mv "$dest$prefix/lib/tmpfiles.d/tmpfiles.conf" "$dest$prefix/lib/tmpfiles.d/baraza.conf"

# What the city edits: kept where it differs, the new one beside it.
find conf -type f -name '*.cfg' ! -name minimal.cfg -print0 | while IFS= read -r -d '' file; do
	etc=$dest$sysconf/baraza/${file#conf/}
	if [ ! -e "$etc" ]; then
		install -D -m 640 "$file" "$etc"
	elif ! cmp -s "$file" "$etc"; then
		install -m 640 "$file" "$etc.new"
	fi
done
