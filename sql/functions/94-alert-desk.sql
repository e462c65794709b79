-- SPDX-License-Identifier: GPL-3.0-or-later
-- alert-desk: what those who write an alert are shown of it.

-- All that its texts are written from (gateway/alert-compose.h); local times.  A zone's names are its own, then those that
-- the register of places has for it: some are in other letters.
DROP FUNCTION IF EXISTS alert_facts;
CREATE FUNCTION alert_facts(p_alert bigint)
RETURNS TABLE (reference text, event text, kind text, status text, sender text, now text, starts text, expires text, "then" text,
	blanks text, zones text, version integer)
LANGUAGE sql STABLE AS $$
	SELECT a.reference, a.event, a.kind, a.status, a.sender_name, to_char(city_now(), 'YYYY-MM-DD HH24:MI'),
		to_char(a.starts_at, 'YYYY-MM-DD HH24:MI'), to_char(a.expires_at, 'YYYY-MM-DD HH24:MI'),
		to_char(b.drafted_at, 'YYYY-MM-DD HH24:MI'), array_to_string(a.blanks, E'\x1f', ''),
		(SELECT string_agg(concat_ws(E'\x1f', z.name, (SELECT string_agg(array_to_string(p.aliases, E'\x1f'), E'\x1f')
				FROM place p WHERE p.zone_id = z.id AND fold(p.name) = fold(z.name) AND p.aliases <> '{}')), E'\x1e' ORDER BY u.n)
			FROM unnest(a.zones) WITH ORDINALITY AS u(id, n) JOIN zone z ON z.id = u.id),
		a.version
	FROM alert a LEFT JOIN alert b ON b.id = a.follows
	WHERE a.id = p_alert
$$;
