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

-- What is written at a keyboard ---------------------------------------------------------------------

-- "16:00" (the next one), "2026-11-23 06:00", "+90m", "+6h": city time.  NULL: it is none of these.
CREATE OR REPLACE FUNCTION alert_when(p_text text)
RETURNS timestamptz
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v_now timestamptz := city_now();
	v_at timestamptz;
BEGIN
	IF p_text ~ '^\d{1,2}:\d\d$' THEN
		v_at := v_now::date + p_text::time;
		RETURN CASE WHEN v_at < v_now THEN (v_now::date + 1) + p_text::time ELSE v_at END;
	ELSIF p_text ~ '^\+\d{1,4}[hm]$' THEN
		RETURN v_now + (substr(p_text, 2, length(p_text) - 2) || CASE right(p_text, 1) WHEN 'h' THEN ' hours'
			ELSE ' minutes' END)::interval;
	ELSIF p_text ~ '^\d{4}-\d\d-\d\d[ T]\d\d:\d\d$' THEN
		RETURN p_text::timestamptz;
	END IF;
	RETURN NULL;
EXCEPTION WHEN data_exception THEN
	RETURN NULL;
END $$;

-- The zone whose name is most like it; NULL: none is.
CREATE OR REPLACE FUNCTION alert_zone_near(p_name text)
RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN (SELECT name FROM zone WHERE similarity(fold(name), fold(p_name)) >= 0.25
		ORDER BY similarity(fold(name), fold(p_name)) DESC, name LIMIT 1);
END $$;

-- Names of zones separated by commas: their ids; and what of it names none, with what is most like it.
DROP FUNCTION IF EXISTS alert_zones_read;
CREATE FUNCTION alert_zones_read(p_names text, OUT zones jsonb, OUT unknown text, OUT near text)
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v record := alert_zones(array_remove(regexp_split_to_array(btrim(p_names), '\s*,\s*'), ''));
BEGIN
	zones := to_jsonb(v.zones);
	unknown := v.unknown[1];
	near := alert_zone_near(unknown);
END $$;

-- An alert's blanks with these after them: the last of a name holds, an empty one is none.
CREATE OR REPLACE FUNCTION alert_blanks_with(p_reference text, p_blanks jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v_words text[] := coalesce((SELECT blanks FROM alert WHERE id = alert_id(p_reference)), '{}') || jsonb_words(p_blanks);
BEGIN
	RETURN (SELECT coalesce(jsonb_object_agg(b.name, b.value), '{}') FROM (
		SELECT DISTINCT ON (v_words[n]) v_words[n] AS name, v_words[n + 1] AS value
		FROM generate_series(1, cardinality(v_words), 2) n ORDER BY v_words[n], n DESC) b
	WHERE b.value <> '');
END $$;

-- What is shown ---------------------------------------------------------------------------------

-- A time as it is said today.  NULL: what should happen by then has happened; infinity: it will not.
CREATE OR REPLACE FUNCTION alert_said_at(p_at timestamptz)
RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN CASE WHEN p_at IS NULL THEN 'now' WHEN NOT isfinite(p_at) THEN 'never'
		WHEN p_at::date = city_now()::date THEN to_char(p_at, 'HH24:MI') ELSE to_char(p_at, 'YYYY-MM-DD HH24:MI') END;
END $$;

DROP VIEW IF EXISTS alert_desk;
CREATE VIEW alert_desk AS
SELECT a.id, a.reference, a.kind, f.reference AS follows, a.status, a.event, a.state, a.version, a.severity, a.urgency, a.certainty,
	coalesce((SELECT string_agg(z.name, ', ' ORDER BY u.n) FROM unnest(a.zones) WITH ORDINALITY AS u(id, n)
		JOIN zone z ON z.id = u.id), '') AS zones,
	alert_said_at(a.starts_at) AS starts, alert_said_at(a.expires_at) AS expires, a.expires_at <= city_now() AS expired,
	a.sender_name AS sender,
	concat_ws(', ', CASE WHEN a.to_relays THEN 'relays' END, CASE WHEN a.to_subscribers THEN 'subscribers' END,
		CASE WHEN a.to_reporters THEN 'reporters' END,
		(SELECT string_agg('list ' || l.name, ', ' ORDER BY l.name) FROM recipient_list l WHERE l.id = ANY (a.to_lists))) AS audience,
	array_to_string(a.order_, ', ') AS in_order, a.origin, d.name AS drafted_by, alert_said_at(a.drafted_at) AS drafted_at,
	e.name AS edited_by, p.name AS approved_by, CASE WHEN a.approved_at IS NOT NULL THEN alert_said_at(a.approved_at) END AS approved_at,
	a.approved_how, a.ended_by, CASE WHEN a.ended_at IS NOT NULL THEN alert_said_at(a.ended_at) END AS ended_at, a.reason, a.fault,
	CASE WHEN a.counted_at IS NOT NULL THEN alert_said_at(a.counted_at) END AS written_at,
	floor(extract(epoch FROM city_now() - a.counted_at) / 60)::integer AS written_min -- minutes ago
FROM alert a LEFT JOIN alert f ON f.id = a.follows LEFT JOIN officer d ON d.id = a.drafted_by
LEFT JOIN officer e ON e.id = a.edited_by LEFT JOIN officer p ON p.id = a.approved_by;

-- Its texts, that of most people first.  over: septets or UTF-16 units more than one SMS holds.
DROP FUNCTION IF EXISTS alert_desk_texts;
CREATE FUNCTION alert_desk_texts(p_alert bigint)
RETURNS TABLE (language text, people bigint, segments integer, units integer, room integer, over integer, ucs2 boolean,
	reviewed_by text, body text)
LANGUAGE sql STABLE AS $$
	SELECT t.language, coalesce(r.people, 0), t.segments::integer, t.units, n.room, greatest(t.units - n.room, 0), t.ucs2,
		nullif(t.reviewed_by, ''), t.body
	FROM alert_text t JOIN alert a ON a.id = t.alert_id
	CROSS JOIN LATERAL (SELECT CASE WHEN t.ucs2 THEN 70 ELSE 160 END AS room) n
	LEFT JOIN (SELECT x.language, count(*) AS people FROM alert_recipient x WHERE x.alert_id = p_alert AND x.state <> 'dropped'
		GROUP BY x.language) r ON r.language = t.language
	WHERE t.alert_id = p_alert
	ORDER BY coalesce(r.people, 0) DESC, t.language <> a.language, t.language
$$;

-- The forecast in words of the clock.
DROP FUNCTION IF EXISTS alert_desk_forecast;
CREATE FUNCTION alert_desk_forecast(p_alert bigint, p_relays_only boolean)
RETURNS TABLE (recipients bigint, reached bigint, segments bigint, segments_left bigint,
	before_segments bigint, links integer, assumed boolean, per_minute text, tenth_at text, half_at text, all_at text,
	by_start bigint, by_expiry bigint, late boolean, started boolean, start_at text)
LANGUAGE sql STABLE AS $$
	SELECT f.recipients, f.reached, f.segments, f.segments_left, f.before_segments, f.links, f.assumed,
		f.per_minute::text, alert_said_at(f.tenth_at), alert_said_at(f.half_at), alert_said_at(f.all_at), f.by_start, f.by_expiry,
		f.late, a.starts_at <= city_now(), alert_said_at(a.starts_at)
	FROM alert a, alert_forecast(a.id, p_relays_only) f WHERE a.id = p_alert
$$;
