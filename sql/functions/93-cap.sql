-- SPDX-License-Identifier: GPL-3.0-or-later
-- cap: messages of the Common Alerting Protocol 1.2 from others, and the city's own alerts as such messages.
--
-- What the gateway and `baraza cap take` call; documents are read and written in C (gateway/cap*.c).
--   cap_take(wish jsonb, document text, way text, OUT outcome text, OUT reference text, OUT words text, OUT tell boolean)
--	One message that was read and whose sender was checked; wish: see gateway/cap-judge.c.  Once, by identifier, sender and
--	sent.  reference: of its alert.  words: for people.  tell: the administrator should hear of it.
--	drafted | trusted (goes out as soon as it is written out) | dropped (what was only a draft is withdrawn) | kept (nothing
--	comes of it) | known (it was here before)
--   cap_zones(areas jsonb) -> integer[]: the zones that are meant
--   cap_out_due(limit): approved alerts that have no document yet
--   cap_out_store(...): theirs
--   cap_out_shown(): what can be read by others; cap_out_next(): seconds until that changes by itself
-- NOTIFY baraza_cap: there is a new document.

-- Where -------------------------------------------------------------------------------------------

-- A geocode is known when a zone is called so, or a place has it as its name or among its other names: a city writes its
-- country's codes there.
CREATE OR REPLACE FUNCTION cap_zones_by_code(p_codes jsonb)
RETURNS integer[]
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN ARRAY(
		SELECT DISTINCT z FROM jsonb_array_elements_text(p_codes) AS c(code), LATERAL (
			SELECT id FROM zone WHERE fold(name) = fold(c.code)
			UNION
			SELECT zone_id FROM place WHERE lower(c.code) = ANY (SELECT lower(a) FROM unnest(aliases || name) AS a)
		) AS u(z)
		WHERE z IS NOT NULL AND fold(c.code) <> '' ORDER BY z);
END $$;

-- One name of an area's description: a zone's, else a place's; else the zones whose names are words of it.
CREATE OR REPLACE FUNCTION cap_zones_called(p_folded text)
RETURNS integer[]
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v integer[];
BEGIN
	v := ARRAY(SELECT id FROM zone WHERE fold(name) = p_folded ORDER BY id);
	IF v = '{}' THEN
		v := ARRAY(SELECT DISTINCT p.zone_id FROM place_name n JOIN place p ON p.id = n.place_id
			WHERE n.folded = p_folded AND p.zone_id IS NOT NULL ORDER BY p.zone_id);
	END IF;
	IF v = '{}' THEN
		v := ARRAY(SELECT id FROM zone WHERE fold(name) <> '' AND strpos(' ' || p_folded || ' ', ' ' || fold(name) || ' ') > 0
			ORDER BY strpos(' ' || p_folded || ' ', ' ' || fold(name) || ' '));
	END IF;
	RETURN v;
END $$;

-- Is one zone within the other?
CREATE OR REPLACE FUNCTION zone_is_within(p_zone integer, p_around integer)
RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v_at integer := p_zone;
BEGIN
	FOR i IN 1..32 LOOP
		SELECT parent_id INTO v_at FROM zone WHERE id = v_at;
		IF v_at IS NULL OR v_at = p_around THEN
			RETURN v_at IS NOT NULL;
		END IF;
	END LOOP;
	RETURN false;
END $$;

-- The names of an area's description.  "Kimisagara, Kigali" is a quarter of a city: what is named behind one of its own parts
-- only says where that is.
CREATE OR REPLACE FUNCTION cap_zones_by_name(p_description text)
RETURNS integer[]
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN ARRAY(
		WITH named AS (
			SELECT DISTINCT ON (z) z, p.n AS n, i
			FROM regexp_split_to_table(p_description, '[,;/|\n]+') WITH ORDINALITY AS p(part, n),
				unnest(cap_zones_called(fold(p.part))) WITH ORDINALITY AS c(z, i)
			WHERE fold(p.part) <> '' ORDER BY z, p.n, i
		)
		SELECT a.z FROM named a
		WHERE NOT EXISTS (SELECT FROM named b WHERE (b.n, b.i) < (a.n, a.i) AND zone_is_within(b.z, a.z))
		ORDER BY a.n, a.i);
END $$;

-- Zones whose outline a shape touches; of those without one, where one of its places lies in it.  Of a zone and what is
-- within it, the latter.
CREATE OR REPLACE FUNCTION cap_zones_by_shape(p_shapes jsonb)
RETURNS integer[]
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN ARRAY(
		WITH shape AS (
			SELECT s::polygon AS outline FROM jsonb_array_elements_text(p_shapes) AS s
		), met AS (
			SELECT z.id FROM shape s JOIN zone z ON z.outline && s.outline
			UNION
			SELECT z.id FROM shape s JOIN place p ON point(p.long, p.lat) <@ s.outline
			JOIN zone z ON z.id = p.zone_id AND z.outline IS NULL
		)
		SELECT a.id FROM met a WHERE NOT EXISTS (SELECT FROM met b WHERE zone_is_within(b.id, a.id)) ORDER BY a.id);
END $$;

-- Of each area what says it best: its codes, its name, its shapes.
CREATE OR REPLACE FUNCTION cap_zones(p_areas jsonb)
RETURNS integer[]
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v_area jsonb;
	v_one integer[];
	v integer[] := '{}';
BEGIN
	FOR v_area IN SELECT * FROM jsonb_array_elements(p_areas) LOOP
		v_one := cap_zones_by_code(v_area -> 'geocodes');
		IF v_one = '{}' THEN
			v_one := cap_zones_by_name(v_area ->> 'description');
		END IF;
		IF v_one = '{}' THEN
			v_one := cap_zones_by_shape(v_area -> 'shapes');
		END IF;
		v := v || ARRAY(SELECT z FROM unnest(v_one) WITH ORDINALITY AS u(z, n) WHERE z <> ALL (v) ORDER BY n);
	END LOOP;
	RETURN v;
END $$;

-- In ----------------------------------------------------------------------------------------------

-- What the messages that are referred to came to.  outcome NULL: go on.  target: the last alert of that chain that people may
-- have; drafts: those of it that nobody has approved.
CREATE OR REPLACE FUNCTION cap_before(p_wish jsonb, OUT outcome text, OUT target bigint, OUT drafts bigint[])
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v_family bigint[];
	v_found integer;
	v_theirs integer;
BEGIN
	SELECT count(*), count(*) FILTER (WHERE m.sender <> p_wish ->> 'sender'),
		array_agg(DISTINCT f) FILTER (WHERE f IS NOT NULL AND m.sender = p_wish ->> 'sender')
	INTO v_found, v_theirs, v_family
	FROM jsonb_to_recordset(p_wish -> 'references') AS r(sender text, identifier text, sent text)
	JOIN cap_message m ON m.direction = 'in' AND m.identifier = r.identifier AND m.sender = r.sender
		AND m.sent::timestamptz = r.sent::timestamptz
	LEFT JOIN LATERAL unnest(alert_family(m.alert_id)) AS f ON true;
	outcome := CASE WHEN v_found = 0 THEN 'unknown_reference' WHEN v_theirs = v_found THEN 'not_theirs' END;
	SELECT max(id) FILTER (WHERE state IN ('approved', 'done', 'stopped')),
		coalesce(array_agg(id ORDER BY id) FILTER (WHERE state IN ('composing', 'draft') AND origin = 'cap'), '{}')
	INTO target, drafts
	FROM alert WHERE id = ANY (v_family);
END $$;

-- Drafts that their sender has taken back, or says anew.  Who was asked to approve them hears it.
CREATE OR REPLACE FUNCTION cap_withdraw(p_drafts bigint[], p_sender text, p_why text, p_anew boolean)
RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
	v alert;
	v_last text;
BEGIN
	FOR v IN SELECT * FROM alert WHERE id = ANY (p_drafts) AND state IN ('composing', 'draft') ORDER BY id FOR UPDATE LOOP
		UPDATE alert SET state = 'dropped', ended_by = p_sender, ended_at = city_now(), reason = p_why WHERE id = v.id;
		PERFORM alert_unsay(v.reference);
		PERFORM alert_tell(ARRAY(SELECT officer_id FROM alert_code WHERE alert_id = v.id AND version = v.version),
			CASE WHEN p_anew THEN 'alert_changed' ELSE 'alert_halted' END, v, ARRAY['name', p_sender, 'reason', p_why]);
		PERFORM audit_add(p_sender, 'alert dropped', v.reference, p_why);
		v_last := v.reference;
	END LOOP;
	RETURN v_last;
END $$;

-- Its sender is trusted for what it says, and for what it follows.
CREATE OR REPLACE FUNCTION cap_is_trusted(p_wish jsonb, p_target bigint)
RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN ((p_wish ->> 'trusted')::boolean OR NOT (p_wish ->> 'informs')::boolean)
		AND jsonb_array_length(p_wish -> 'trusted_events') > 0
		AND CASE WHEN p_target IS NULL THEN (p_wish ->> 'informs')::boolean
			ELSE EXISTS (SELECT FROM alert a WHERE a.id = p_target AND (a.trusted OR fold(replace(a.event, '_', ' ')) IN (
				SELECT fold(e) FROM jsonb_array_elements_text(p_wish -> 'trusted_events') AS e))) END;
END $$;

-- When it begins and ends: without an end, a day after that; a month ahead at most.  NULL: that of what it follows.
CREATE OR REPLACE FUNCTION cap_times(p_wish jsonb, p_kind text, OUT starts timestamptz, OUT expires timestamptz)
LANGUAGE plpgsql STABLE AS $$
BEGIN
	IF p_kind IN ('alert', 'update') AND (p_wish ->> 'informs')::boolean THEN
		starts := (p_wish ->> 'starts')::timestamptz;
		expires := least(coalesce((p_wish ->> 'expires')::timestamptz, starts + interval '24 hours'),
			city_now() + interval '30 days');
		starts := least(starts, expires - interval '1 minute');
	END IF;
END $$;

-- The fields of alert_draft().
CREATE OR REPLACE FUNCTION cap_fields(p_wish jsonb, p_kind text, p_target bigint)
RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v_times record := cap_times(p_wish, p_kind);
	v_zones integer[] := cap_zones(p_wish -> 'areas');
	v_key text := CASE WHEN p_kind IN ('cancel', 'clear') THEN p_kind ELSE 'text' END;
	v_blanks jsonb;
BEGIN
	SELECT jsonb_object_agg(v_key || substr(t.key, 5), t.value) INTO v_blanks FROM jsonb_each(p_wish -> 'texts') t;
	RETURN jsonb_strip_nulls(jsonb_build_object('kind', p_kind,
		'follows', (SELECT reference FROM alert WHERE id = p_target),
		'status', lower(p_wish ->> 'status'), 'event', p_wish ->> 'event', 'severity', p_wish ->> 'severity',
		'urgency', p_wish ->> 'urgency', 'certainty', p_wish ->> 'certainty', 'sender_name', p_wish ->> 'sender_name',
		'starts', iso_time(v_times.starts), 'expires', iso_time(v_times.expires),
		'zones', CASE WHEN v_zones <> '{}' OR p_target IS NULL THEN to_jsonb(v_zones) END,
		'blanks', v_blanks, 'trusted', cap_is_trusted(p_wish, p_target)));
END $$;

-- Why nothing comes of it, in words.
CREATE OR REPLACE FUNCTION cap_kept_words(p_why text)
RETURNS text
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
	RETURN CASE p_why
		WHEN 'status' THEN 'kept: its status says that it is not for people'
		WHEN 'type' THEN 'kept: it only answers another message'
		WHEN 'scope' THEN 'kept: its scope is not Public, so nobody is told'
		WHEN 'no_info' THEN 'kept: it holds no info, so there is nothing to say'
		WHEN 'unknown_reference' THEN 'kept: it refers to messages that never came here'
		WHEN 'not_theirs' THEN 'kept: it refers to another sender''s messages'
		WHEN 'nothing_before' THEN 'kept: nobody was told of what it takes back'
		WHEN 'expired' THEN 'kept: it is over already'
		WHEN 'police_only' THEN 'kept: such an alert is drafted by the police alone'
		WHEN 'no_staff' THEN 'kept: there is no staff list to which exercises and tests go'
		WHEN 'bad_value' THEN 'kept: its status is not that of what it refers to'
		ELSE 'kept: it cannot be an alert here (' || p_why || ')' END;
END $$;

-- What to make of it.  why: nothing, and why.
CREATE OR REPLACE FUNCTION cap_plan(p_wish jsonb, OUT why text, OUT kind text, OUT target bigint, OUT drafts bigint[])
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v_before record;
	v_informs CONSTANT boolean := (p_wish ->> 'informs')::boolean;
	v_type CONSTANT text := p_wish ->> 'type';
BEGIN
	kind := CASE WHEN v_type = 'Cancel' THEN 'cancel' WHEN (p_wish ->> 'all_clear')::boolean THEN 'clear'
		ELSE lower(v_type) END;
	drafts := '{}';
	why := CASE WHEN p_wish ->> 'status' IN ('System', 'Draft') THEN 'status'
		WHEN v_type IN ('Ack', 'Error') THEN 'type'
		WHEN p_wish ->> 'scope' <> 'Public' THEN 'scope'
		WHEN v_type <> 'Cancel' AND NOT v_informs THEN 'no_info' END;
	IF why IS NULL AND v_type IN ('Update', 'Cancel') THEN
		v_before := cap_before(p_wish);
		why := v_before.outcome;
		target := v_before.target;
		drafts := v_before.drafts;
	END IF;
	IF why IS NULL AND kind IN ('cancel', 'clear') AND target IS NULL AND drafts = '{}' THEN
		why := 'nothing_before';
	ELSIF why IS NULL AND kind = 'update' AND target IS NULL THEN
		kind := 'alert'; -- nobody has had the one before
	END IF;
	IF why IS NULL AND (cap_times(p_wish, kind)).expires <= city_now() THEN
		why := 'expired';
	END IF;
END $$;

-- What is said of one that was drafted.
CREATE OR REPLACE FUNCTION cap_drafted_words(p_reference text, p_fields jsonb)
RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN CASE
		WHEN NOT p_fields ? 'follows' AND p_fields -> 'zones' = '[]' THEN 'drafted as ' || p_reference
			|| '; no zone matches its areas: it cannot be approved before somebody names one'
		WHEN (p_fields ->> 'trusted')::boolean THEN 'goes out as ' || p_reference || ': its sender is trusted for it'
		ELSE 'drafted as ' || p_reference || '; an officer must approve it' END;
END $$;

-- All but that it is once.
CREATE OR REPLACE FUNCTION cap_act(p_wish jsonb, OUT outcome text, OUT reference text, OUT words text)
LANGUAGE plpgsql AS $$
DECLARE
	v_plan record := cap_plan(p_wish);
	v_fields jsonb;
	v_drafted record;
	v_withdrawn text;
BEGIN
	outcome := 'kept';
	IF v_plan.why IS NOT NULL THEN
		words := cap_kept_words(v_plan.why);
		RETURN;
	END IF;
	v_withdrawn := cap_withdraw(v_plan.drafts, p_wish ->> 'sender', 'CAP ' || (p_wish ->> 'identifier'),
		v_plan.kind IN ('alert', 'update'));
	IF v_plan.target IS NULL AND v_plan.kind IN ('cancel', 'clear') THEN
		outcome := 'dropped';
		reference := v_withdrawn;
		words := 'the draft ' || v_withdrawn || ' is withdrawn by its sender';
		RETURN;
	END IF;
	v_fields := cap_fields(p_wish, v_plan.kind, v_plan.target);
	v_drafted := alert_draft(NULL, 'cap', v_fields);
	IF v_drafted.outcome <> 'drafted' THEN
		words := cap_kept_words(v_drafted.outcome);
		RETURN;
	END IF;
	reference := v_drafted.reference;
	words := cap_drafted_words(reference, v_fields);
	outcome := CASE WHEN (v_fields ->> 'trusted')::boolean
		AND (v_fields ? 'follows' OR v_fields -> 'zones' <> '[]') THEN 'trusted' ELSE 'drafted' END;
END $$;

DROP FUNCTION IF EXISTS cap_take;
CREATE FUNCTION cap_take(p_wish jsonb, p_document text, p_way text, OUT outcome text, OUT reference text, OUT words text,
	OUT tell boolean)
LANGUAGE plpgsql AS $$
DECLARE
	v_message bigint;
	v record;
BEGIN
	tell := false;
	-- Two messages of one sender at once take turns: the second may refer to the first.
	PERFORM pg_advisory_xact_lock(hashtext('baraza cap'), hashtext(p_wish ->> 'sender'));
	INSERT INTO cap_message (direction, identifier, sender, sent, status, type, names, outcome, document, at)
	VALUES ('in', p_wish ->> 'identifier', p_wish ->> 'sender', p_wish ->> 'sent', p_wish ->> 'status', p_wish ->> 'type',
		coalesce((SELECT string_agg(concat_ws(',', r.sender, r.identifier, r.sent), ' ')
			FROM jsonb_to_recordset(p_wish -> 'references') AS r(sender text, identifier text, sent text)), ''),
		'taken', p_document, city_now())
	ON CONFLICT DO NOTHING RETURNING id INTO v_message;
	IF v_message IS NULL THEN
		SELECT 'known', a.reference, 'here already: ' || m.outcome INTO outcome, reference, words
		FROM cap_message m LEFT JOIN alert a ON a.id = m.alert_id
		WHERE m.identifier = p_wish ->> 'identifier' AND m.sender = p_wish ->> 'sender' AND m.sent = p_wish ->> 'sent';
		RETURN;
	END IF;
	v := cap_act(p_wish);
	outcome := v.outcome;
	reference := v.reference;
	words := v.words;
	tell := outcome = 'kept' AND p_wish ->> 'status' = 'Actual' AND p_wish ->> 'type' <> 'Ack';
	UPDATE cap_message m SET outcome = v.words, alert_id = alert_id(v.reference) WHERE m.id = v_message;
	PERFORM audit_add(p_wish ->> 'sender', 'cap message taken', p_wish ->> 'identifier', p_way || ': ' || v.words);
END $$;

-- Out ---------------------------------------------------------------------------------------------

-- CAP's form of a time: UTC is -00:00.
CREATE OR REPLACE FUNCTION cap_time(p_at timestamptz)
RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN regexp_replace(iso_time(p_at), '\+00:00$', '-00:00');
END $$;

-- The messages that tell of what an alert follows, all the way back: "sender,identifier,sent" and so on, the oldest first.
CREATE OR REPLACE FUNCTION cap_references(p_alert bigint)
RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN (
		WITH RECURSIVE up (id, n) AS (
			SELECT follows, 1 FROM alert WHERE id = p_alert AND follows IS NOT NULL
			UNION ALL
			SELECT a.follows, n + 1 FROM up JOIN alert a ON a.id = up.id WHERE a.follows IS NOT NULL AND n < 1000
		)
		SELECT string_agg(concat_ws(',', m.sender, m.identifier, m.sent), ' ' ORDER BY up.n DESC)
		FROM up JOIN cap_message m ON m.alert_id = up.id AND m.direction = 'out');
END $$;

-- Approved alerts that hold, or that one that holds follows, without a document; the oldest first, so that each finds what it
-- refers to.  Lists are separated by U+001E, their parts by U+001F: texts (language, headline, body; the first language first),
-- areas (name, outline as CAP writes polygons).  source: the CAP message that it came as.
DROP FUNCTION IF EXISTS cap_out_due;
CREATE FUNCTION cap_out_due(p_limit integer)
RETURNS TABLE (id bigint, reference text, kind text, status text, event text, severity text, urgency text, certainty text,
	sender_name text, sent text, onset text, expires text, "references" text, texts text, areas text, source text)
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN QUERY
	SELECT a.id, a.reference, a.kind, a.status, a.event, a.severity, a.urgency, a.certainty, a.sender_name,
		cap_time(a.approved_at), cap_time(a.starts_at), cap_time(greatest(a.expires_at, a.starts_at)), cap_references(a.id),
		(SELECT string_agg(concat_ws(E'\x1f', t.language, coalesce(t.headline, ''), t.body), E'\x1e'
			ORDER BY t.language IS DISTINCT FROM a.language, t.language) FROM alert_text t WHERE t.alert_id = a.id),
		(SELECT string_agg(concat_ws(E'\x1f', z.name, coalesce(outline_text(z.outline), '')), E'\x1e' ORDER BY u.n)
			FROM unnest(a.zones) WITH ORDINALITY AS u(zone, n) JOIN zone z ON z.id = u.zone),
		(SELECT m.document FROM cap_message m WHERE m.alert_id = a.id AND m.direction = 'in' ORDER BY m.id LIMIT 1)
	FROM alert a
	WHERE a.approved_at IS NOT NULL AND a.state IN ('approved', 'done', 'stopped') AND a.expires_at > city_now()
		AND NOT EXISTS (SELECT FROM cap_message m WHERE m.alert_id = a.id AND m.direction = 'out')
	ORDER BY a.id LIMIT p_limit;
END $$;

CREATE OR REPLACE FUNCTION cap_out_store(p_alert bigint, p_identifier text, p_sender text, p_sent text, p_status text,
	p_type text, p_names text, p_document text)
RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO cap_message (direction, identifier, sender, sent, status, type, names, alert_id, outcome, document, at)
	SELECT 'out', p_identifier, p_sender, p_sent, p_status, p_type, p_names, p_alert, 'published', p_document, city_now()
	WHERE NOT EXISTS (SELECT FROM cap_message m WHERE m.alert_id = p_alert AND m.direction = 'out')
	ON CONFLICT DO NOTHING;
	NOTIFY baraza_cap;
END $$;

-- The city's own messages of late, the newest first.  live: it holds, and nothing has followed it.
DROP FUNCTION IF EXISTS cap_out_shown;
CREATE FUNCTION cap_out_shown(p_limit integer)
RETURNS TABLE (identifier text, sender text, sent text, document text, live boolean, title text, summary text, author text,
	category text, updated text)
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN QUERY
	SELECT m.identifier, m.sender, m.sent, m.document, a.expires_at > city_now() AND NOT EXISTS (
			SELECT FROM alert f WHERE f.follows = a.id AND f.approved_at IS NOT NULL),
		coalesce(nullif(t.headline, ''), replace(a.event, '_', ' ')), t.body, a.sender_name, replace(a.event, '_', ' '),
		iso_time(a.approved_at)
	FROM cap_message m JOIN alert a ON a.id = m.alert_id
	LEFT JOIN LATERAL (SELECT x.headline, x.body FROM alert_text x WHERE x.alert_id = a.id
		ORDER BY x.language IS DISTINCT FROM a.language, x.language LIMIT 1) t ON true
	WHERE m.direction = 'out' AND a.expires_at > city_now() - interval '7 days'
	ORDER BY m.id DESC LIMIT p_limit;
END $$;

-- Seconds until the next of them is over, or NULL.
CREATE OR REPLACE FUNCTION cap_out_next()
RETURNS double precision
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN (SELECT extract(epoch FROM min(a.expires_at) - city_now())
		FROM cap_message m JOIN alert a ON a.id = m.alert_id
		WHERE m.direction = 'out' AND a.expires_at > city_now());
END $$;
