-- SPDX-License-Identifier: GPL-3.0-or-later
-- city: what every service shares: settings, people, the office's calendar, and what is said to whom, later.

-- What is called in the path of a message is PL/pgSQL: its plans are kept, while a function in SQL is planned anew at
-- each call, which costs more than all it does.

-- Settings ----------------------------------------------------------------------------------------

CREATE OR REPLACE FUNCTION settings_set(p_names text[], p_values text[])
RETURNS void
LANGUAGE sql AS $$
	DELETE FROM setting WHERE name <> ALL (p_names);
	INSERT INTO setting AS s (name, value)
	SELECT n, v FROM unnest(p_names, p_values) AS u(n, v) ORDER BY n
	ON CONFLICT (name) DO UPDATE SET value = excluded.value WHERE s.value <> excluded.value;
$$;

CREATE OR REPLACE FUNCTION setting_text(p_name text, p_default text)
RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN coalesce((SELECT value FROM setting WHERE name = p_name), p_default);
END $$;

CREATE OR REPLACE FUNCTION setting_int(p_name text, p_default integer)
RETURNS integer
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN coalesce((SELECT value::integer FROM setting WHERE name = p_name), p_default);
END $$;

CREATE OR REPLACE FUNCTION setting_bool(p_name text, p_default boolean)
RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN coalesce((SELECT value::boolean FROM setting WHERE name = p_name), p_default);
END $$;

-- A list, or an empty one.
CREATE OR REPLACE FUNCTION setting_list(p_name text, p_default text)
RETURNS text[]
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN array_remove(string_to_array(coalesce((SELECT value FROM setting WHERE name = p_name), p_default), ' '), '');
END $$;

-- People ------------------------------------------------------------------------------------------

-- The contact of a number in E.164, made if need be.
CREATE OR REPLACE FUNCTION contact_of(p_number text)
RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
	v_id bigint;
BEGIN
	SELECT id INTO v_id FROM contact WHERE number = p_number;
	IF v_id IS NULL THEN
		INSERT INTO contact (number, kind, created_at) VALUES (p_number, 'e164', city_now())
		ON CONFLICT (number) DO NOTHING;
		SELECT id INTO v_id FROM contact WHERE number = p_number;
	END IF;
	RETURN v_id;
END $$;

-- Whose report this is: the sender's, or, when a registered helper wrote FOR somebody, that person's.
CREATE OR REPLACE FUNCTION report_person(p_contact bigint, p_fields jsonb)
RETURNS bigint
LANGUAGE plpgsql AS $$
BEGIN
	IF NOT p_fields ? 'for' THEN
		RETURN p_contact;
	ELSIF (SELECT helper FROM contact WHERE id = p_contact) THEN
		RETURN contact_of(p_fields ->> 'for');
	END IF;
	RETURN p_contact;
END $$;

-- The words of a form: what was said, of one that took a question both messages.
CREATE OR REPLACE FUNCTION form_words(p_message bigint, p_fields jsonb)
RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
	IF p_fields ?| ARRAY['answer', 'restated'] THEN
		RETURN (SELECT string_agg(body, E'\n' ORDER BY id) FROM message
			WHERE id IN (p_message, coalesce(p_fields ->> 'answer', p_fields ->> 'restated')::bigint));
	END IF;
	RETURN p_fields ->> 'words';
END $$;

-- The zone that was chosen in a menu, or NULL; and its name.
CREATE OR REPLACE FUNCTION form_zone(p_fields jsonb, OUT id integer, OUT name text)
LANGUAGE plpgsql STABLE AS $$
BEGIN
	IF p_fields ? 'zone' THEN
		SELECT z.id, z.name INTO id, name FROM zone z WHERE z.id = (p_fields ->> 'zone')::integer;
	END IF;
END $$;

-- Ask one question: the contact's next message is taken as its answer.  p_values: name, value, ... separated by
-- U+001F.  Nobody's older question is lost: the gateway files it before a service runs.
CREATE OR REPLACE FUNCTION session_ask(p_contact bigint, p_service text, p_field text, p_values text, p_message bigint)
RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO session AS s (contact_id, service, field, values, message_id, expires_at)
	VALUES (p_contact, p_service, p_field, p_values, p_message,
		city_now() + make_interval(mins => setting_int('question_timeout_min', 15)))
	ON CONFLICT (contact_id) DO UPDATE SET service = excluded.service, field = excluded.field,
		values = excluded.values, message_id = excluded.message_id, expires_at = excluded.expires_at;
END $$;

-- The office's calendar ---------------------------------------------------------------------------

-- Neither a holiday nor one of these days of the week?
CREATE OR REPLACE FUNCTION day_is_open(p_day date, p_rest text[])
RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN trim(to_char(p_day, 'day')) <> ALL (p_rest) AND NOT EXISTS (SELECT FROM holiday WHERE day = p_day);
END $$;

CREATE OR REPLACE FUNCTION office_is_open_on(p_day date)
RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN day_is_open(p_day, setting_list('rest_days', 'saturday sunday'));
END $$;

CREATE OR REPLACE FUNCTION office_hour(p_which integer) -- 1 opens, 2 closes
RETURNS time
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN (setting_list('office_hours', '08:00 16:00'))[p_which]::time;
END $$;

-- The closing hour of the office, so many office days later: what comes after today's closing counts from the next one.
-- Arithmetic alone, for those who have read the settings and the holidays that are still to come.
CREATE OR REPLACE FUNCTION office_close(p_at timestamptz, p_days integer, p_rest text, p_closes time, p_holidays date[])
RETURNS timestamptz
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v_names CONSTANT text[] := '{monday,tuesday,wednesday,thursday,friday,saturday,sunday}';
	v_monday CONSTANT date := '2001-01-01';
	v_far CONSTANT integer := 366; -- a year without an open day: never in vain
	v_day date := p_at::date + (p_at::time > p_closes)::integer;
	v_left integer := p_days;
BEGIN
	FOR i IN 0..p_days * 7 + v_far LOOP
		IF strpos(p_rest, v_names[(v_day - v_monday) % 7 + 1]) = 0 AND v_day <> ALL (p_holidays) THEN
			EXIT WHEN v_left = 0;
			v_left := v_left - 1;
		END IF;
		v_day := v_day + 1;
	END LOOP;
	RETURN v_day + least(p_closes, time '23:59:59'); -- 24:00 would be the next day
END $$;

CREATE OR REPLACE FUNCTION office_add(p_at timestamptz, p_days integer)
RETURNS timestamptz
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN office_close(p_at, p_days, setting_text('rest_days', 'saturday sunday'), office_hour(2),
		ARRAY(SELECT day FROM holiday WHERE day >= p_at::date));
END $$;

-- When somebody at the office reads what comes now: at once while it is open, else at the next opening.
CREATE OR REPLACE FUNCTION office_reads(p_at timestamptz)
RETURNS timestamptz
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v_day date := p_at::date;
BEGIN
	IF office_is_open_on(v_day) AND p_at::time >= office_hour(1) AND p_at::time < office_hour(2) THEN
		RETURN p_at;
	END IF;
	IF p_at::time >= office_hour(1) THEN
		v_day := v_day + 1;
	END IF;
	FOR i IN 1..366 LOOP
		EXIT WHEN office_is_open_on(v_day);
		v_day := v_day + 1;
	END LOOP;
	RETURN v_day + office_hour(1);
END $$;

-- p_at, or the end of the quiet hours that it falls in.
CREATE OR REPLACE FUNCTION quiet_until(p_at timestamptz)
RETURNS timestamptz
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v_hours text[] := string_to_array((SELECT value FROM setting WHERE name = 'quiet_hours'), ' ');
	v_from time;
	v_to time;
	v_time time;
BEGIN
	IF coalesce(cardinality(v_hours), 0) <> 2 THEN
		RETURN p_at;
	END IF;
	v_from := v_hours[1];
	v_to := v_hours[2];
	v_time := p_at;
	IF v_from < v_to THEN
		RETURN CASE WHEN v_time >= v_from AND v_time < v_to THEN p_at::date + v_to ELSE p_at END;
	END IF;
	RETURN CASE WHEN v_time >= v_from THEN (p_at::date + 1) + v_to
		WHEN v_time < v_to THEN p_at::date + v_to ELSE p_at END;
END $$;

-- The next of the times at which crews get their new jobs together: p_at itself when there are none.
CREATE OR REPLACE FUNCTION digest_after(p_at timestamptz)
RETURNS timestamptz
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v_times text := (SELECT value FROM setting WHERE name = 'digest_times');
BEGIN
	IF coalesce(v_times, '') = '' THEN
		RETURN p_at;
	END IF;
	RETURN (SELECT min(t) FROM unnest(string_to_array(v_times, ' ')) AS s(at), generate_series(0, 1) AS d,
		LATERAL (SELECT (p_at::date + d) + s.at::time AS t) x WHERE t >= p_at);
END $$;

-- A zone and those within it.
CREATE OR REPLACE FUNCTION zone_within(p_zone text)
RETURNS SETOF integer
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN QUERY
	WITH RECURSIVE within (id) AS (
		SELECT id FROM zone WHERE name = p_zone
		UNION
		SELECT z.id FROM within w JOIN zone z ON z.parent_id = w.id
	)
	SELECT w.id FROM within w;
END $$;

-- What is said to whom ----------------------------------------------------------------------------

-- Say the text p_key with p_values (name, value, ...) to a contact, not before p_at and not in quiet hours unless it is
-- a reply or more urgent.  p_digest: see the table.  The gateway looks for what is due each minute (gateway/notices.c): of
-- what is due before it looks again it hears at once, which makes commits wait for each other; of the rest it need not.
CREATE OR REPLACE FUNCTION notice_add(p_contact bigint, p_key text, p_values text[], p_priority integer, p_service text,
	p_ticket bigint DEFAULT NULL, p_at timestamptz DEFAULT NULL, p_digest text DEFAULT NULL)
RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	v_now timestamptz := city_now();
	v_at timestamptz := greatest(p_at, v_now);
BEGIN
	IF p_priority > 2 THEN
		v_at := quiet_until(v_at);
	END IF;
	INSERT INTO notice (contact_id, text_key, values, priority, service, ticket_id, digest, not_before)
	VALUES (p_contact, p_key, p_values, p_priority, p_service, p_ticket, p_digest, v_at);
	IF v_at <= v_now + interval '2 minutes' THEN
		NOTIFY baraza_notice;
	END IF;
END $$;

-- Take what is due, to be rendered and queued in this same transaction.  Whoever was forgotten meanwhile is told nothing.
-- p_believable  the clock is right, as far as is known.  Else all that waits for no morning is due, calls for help and alerts
--		that is, and nothing that does.
DROP FUNCTION IF EXISTS notice_take;
CREATE FUNCTION notice_take(p_limit integer, p_believable boolean DEFAULT true)
RETURNS TABLE (contact_id bigint, language text, text_key text, pairs text, priority smallint, service text,
	digest text, valid_min integer)
LANGUAGE plpgsql AS $$
BEGIN
	RETURN QUERY
	WITH due AS (
		SELECT n.id FROM notice n
		WHERE n.not_before <= (SELECT CASE WHEN p_believable THEN coalesce(city_due_now(), 'infinity') ELSE 'infinity' END)
			AND (n.priority <= 2 OR p_believable AND (SELECT clock_believable()))
		ORDER BY n.not_before, n.id LIMIT p_limit FOR UPDATE SKIP LOCKED
	), gone AS (
		DELETE FROM notice n USING due d WHERE n.id = d.id RETURNING n.*
	)
	SELECT g.contact_id, c.language, g.text_key, array_to_string(g.values, E'\x1f', ''), g.priority, g.service,
		g.digest, g.valid_min
	FROM gone g JOIN contact c ON c.id = g.contact_id
	WHERE c.erased_at IS NULL
	ORDER BY g.priority, g.contact_id, g.digest NULLS FIRST, g.id;
END $$;

-- Seconds until the next one is due, or NULL.
CREATE OR REPLACE FUNCTION notice_next()
RETURNS double precision
LANGUAGE sql STABLE AS $$
	SELECT extract(epoch FROM (SELECT not_before FROM notice ORDER BY not_before, id LIMIT 1) - city_now())
$$;

-- For whom the law or a quarrel may ask ------------------------------------------------------------

CREATE OR REPLACE FUNCTION audit_add(p_actor text, p_what text, p_object text, p_reason text)
RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO audit (actor, what, object, reason, at) VALUES (p_actor, p_what, p_object, p_reason, city_now());
END $$;

-- What time brings, once a minute, by one node at a time.  Each room adds its own.
CREATE OR REPLACE FUNCTION city_chores()
RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	IF pg_try_advisory_xact_lock(hashtext('baraza city chores')) THEN
		PERFORM ticket_chores();
		PERFORM person_chores();
		PERFORM money_chores();
		PERFORM reminder_chores();
	END IF;
END $$;
