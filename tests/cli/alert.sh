# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# alert.sh - sourced by the tests of `baraza alert`: a city with officers, relays, a list of staff, and subscribers.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# How many subscribers there are, in French, English and Arabic in turn; and SIMs of so many milliseconds a segment.
make_desk() { # SUBSCRIBERS MILLISECONDS...
	local count=$1
	shift
	make_city
	sql -v count="$count" <<-'E'
		INSERT INTO zone (name, parent_id) VALUES ('Rugezi', NULL);
		INSERT INTO zone (name, parent_id) SELECT 'Aval', id FROM zone WHERE name = 'Rugezi';
		INSERT INTO officer (name, roles) VALUES ('Jeanne', '{draft,approve}'), ('Paul', '{approve,override}'),
			('Rose', '{draft}'), ('Karim', '{police}'), ('Awa', '{draft,override}');
		INSERT INTO contact (number, kind, created_at, language)
		SELECT '+2507880' || lpad(n::text, 5, '0'), 'e164', city_now(), (ARRAY['ar', 'fr', 'en'])[1 + n % 3]
		FROM generate_series(1, :count + 3) n;
		INSERT INTO subscription SELECT c.id, z.id, city_now() FROM contact c, zone z
		WHERE z.name = 'Aval' AND c.number BETWEEN '+250788000001' AND '+2507880' || lpad((:count)::text, 5, '0');
		INSERT INTO recipient_list (name, kind) VALUES ('chiefs', 'relay'), ('office', 'staff'), ('schools', 'contacts');
		INSERT INTO list_member (list_id, contact_id) SELECT l.id, c.id FROM recipient_list l, contact c
		WHERE (l.name, c.number) IN (('chiefs', '+2507880' || lpad((:count + 1)::text, 5, '0')),
			('office', '+2507880' || lpad((:count + 2)::text, 5, '0')), ('schools', '+2507880' || lpad((:count + 3)::text, 5, '0')));
	E
	for ms; do
		sql -v ms="$ms" <<-'E'
			INSERT INTO link (identity, number, up, send_ms) SELECT '63510' || n, '+25078900000' || n, true, :ms
			FROM (SELECT 1 + count(*) AS n FROM link) x;
		E
	done
	exits 2 alert -c "$config" draft flood --zones Rugezi
	login=$(sed -n "s/.*no officer has the login '\(.*\)'; .*/\1/p" "$err")
	[ -n "$login" ] || fail 'who is no officer is not told which login'
}

# From now on this officer is at the keyboard.
at_keyboard() { # NAME
	sql -v login="$login" -v name="$1" <<-'E'
		UPDATE officer SET login = NULL WHERE login = :'login';
		UPDATE officer SET login = :'login' WHERE name = :'name';
	E
}

# drafts NAME ARGUMENT...: she drafts, and $ref is the alert's reference.
drafts() {
	at_keyboard "$1"
	shift
	done_ draft "$@"
	# shellcheck disable=SC2034 # the test uses it
	ref=$(sql -c 'SELECT reference FROM alert ORDER BY id DESC LIMIT 1')
}

# refused WORDS ARGUMENT...: exit 2, with these words, and nothing is as it was not before.
refused() {
	local words=$1 now
	shift
	[ -n "${known:=}" ] || known=$(all_alerts)
	exits 2 alert -c "$config" "$@"
	holds "$err" "$words"
	now=$(all_alerts)
	same "what is there after being refused ($words)" "$now" "$known"
}

# done_ ARGUMENT...: exit 0; what there is may be another from now on.
done_() {
	known=
	exits 0 alert -c "$config" "$@"
}

all_alerts() {
	sql -c "SELECT (SELECT md5(string_agg(a::text, '|' ORDER BY id)) FROM alert a), (SELECT count(*) FROM queue), (SELECT count(*) FROM audit)"
}
