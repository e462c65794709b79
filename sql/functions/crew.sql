-- SPDX-License-Identifier: GPL-3.0-or-later
-- crew: the jobs of the crews in the field.  A job is a ticket; a crew is told of it by SMS and answers by SMS, from its
-- own phone, with its PIN.  A crew without a PIN is believed by its phone alone.  Where no crew has the zone the job is its
-- department's, which is told and answers in the same way: both are workers (70-registers.sql).
--
-- What a crew or a department is told of a ticket: its container or reference, its kind, the register's name of where it
-- is, how many have reported it.  Never who, and none of their words: where only these say where, a clerk reads them,
-- and gives the job to a crew.

-- Where a ticket is, by the city's own names; in the reporter's once a clerk has given it to a crew.
CREATE OR REPLACE FUNCTION ticket_where(p_ticket ticket)
RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v_place text;
BEGIN
	IF p_ticket.container IS NOT NULL THEN
		v_place := (SELECT place FROM container WHERE number = p_ticket.container);
	END IF;
	IF v_place IS NULL AND p_ticket.place_id IS NOT NULL THEN
		v_place := (SELECT name FROM place WHERE id = p_ticket.place_id);
	END IF;
	IF v_place IS NULL AND p_ticket.state IN ('assigned', 'in_progress') THEN
		v_place := p_ticket.place;
	END IF;
	IF v_place IS NULL THEN
		v_place := (SELECT name FROM zone WHERE id = p_ticket.zone_id);
	END IF;
	RETURN coalesce(v_place, '');
END $$;

-- What the job is called: what a crew answers with.
CREATE OR REPLACE FUNCTION ticket_job_name(p_ticket ticket)
RETURNS text
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
	RETURN coalesce(p_ticket.container::text, p_ticket.reference);
END $$;

-- The value {reports} of a job that so many persons have reported.
CREATE OR REPLACE FUNCTION ticket_job_reports(p_persons bigint)
RETURNS text
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
	RETURN CASE WHEN p_persons > 1 THEN p_persons || 'x' ELSE '' END;
END $$;

-- The values of the texts that speak of a job; p_persons: how many have reported it, counted when it is NULL.
DROP FUNCTION IF EXISTS ticket_job_values(ticket);
CREATE OR REPLACE FUNCTION ticket_job_values(p_ticket ticket, p_persons bigint DEFAULT NULL)
RETURNS text[]
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v_persons bigint := p_persons;
BEGIN
	IF v_persons IS NULL THEN
		v_persons := (SELECT count(DISTINCT contact_id) FROM report WHERE ticket_id = p_ticket.id);
	END IF;
	RETURN ARRAY['job', ticket_job_name(p_ticket),
		'kind', '@' || coalesce('kind_' || p_ticket.kind, 'category_' || p_ticket.category),
		'place', coalesce(nullif(ticket_where(p_ticket), ''), '@crew_where'),
		'reports', ticket_job_reports(v_persons),
		'reference', p_ticket.reference];
END $$;

-- Those who are told of every danger of a kind, the fire brigade's phone or the waste inspector's: when a ticket is opened,
-- and opened again.
DROP FUNCTION IF EXISTS ticket_danger(ticket, text[]);
CREATE OR REPLACE FUNCTION ticket_danger(p_ticket ticket)
RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	v_fire boolean := p_ticket.kind = 'burning';
	v_phone text;
BEGIN
	IF v_fire OR p_ticket.kind = 'hazardous' THEN
		FOREACH v_phone IN ARRAY setting_list(CASE WHEN v_fire THEN 'fire_phone' ELSE 'hazard_phone' END, '') LOOP
			PERFORM notice_add(contact_of(v_phone), CASE WHEN v_fire THEN 'crew_fire' ELSE 'crew_hazard' END,
				ticket_job_values(p_ticket), 1, 'crew', p_ticket.id);
		END LOOP;
	END IF;
END $$;

-- Tell whoever does it of this ticket: its crew, or, where no crew has the zone, the department.  What is urgent goes at
-- once and alone, what is open again alone, the rest at the times at which crews get their jobs together.
CREATE OR REPLACE FUNCTION ticket_job(p_ticket ticket, p_persons bigint DEFAULT NULL)
RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	v_crew bigint;
	v_contact bigint;
	v_values text[];
BEGIN
	IF p_ticket.restricted THEN
		RETURN;
	END IF;
	v_values := ticket_job_values(p_ticket, p_persons);
	IF p_ticket.crew_id IS NOT NULL THEN
		v_crew := (SELECT phone_contact(phone, language) FROM crew WHERE id = p_ticket.crew_id);
	END IF;
	v_contact := v_crew;
	IF v_crew IS NULL THEN
		v_contact := department_contact(p_ticket.department_id);
		v_values := array_replace(v_values, '@crew_where', ''); -- the department is the office
	END IF;
	IF v_contact IS NULL THEN
		RETURN;
	ELSIF p_ticket.reopened > 0 THEN
		PERFORM notice_add(v_contact, 'crew_again', v_values, CASE WHEN p_ticket.urgent THEN 1 ELSE 3 END, 'crew',
			p_ticket.id);
	ELSIF p_ticket.urgent THEN
		PERFORM notice_add(v_contact, 'crew_urgent', v_values, 1, 'crew', p_ticket.id);
	ELSE
		PERFORM notice_add(v_contact, 'crew_job', v_values, 3, 'crew', p_ticket.id, digest_after(city_now()),
			CASE WHEN v_crew IS NULL THEN 'crew_department' ELSE 'crew_new' END);
	END IF;
END $$;

CREATE OR REPLACE FUNCTION ticket_job(p_ticket bigint)
RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	v_ticket ticket;
BEGIN
	SELECT * INTO v_ticket FROM ticket WHERE id = p_ticket;
	PERFORM ticket_job(v_ticket);
END $$;

-- So many persons have reported it now: a job that was not yet told says so, one that was is not told again.
DROP FUNCTION IF EXISTS ticket_job_counts(bigint);
CREATE OR REPLACE FUNCTION ticket_job_counts(p_ticket bigint, p_persons bigint)
RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	v_notice bigint;
BEGIN
	FOR v_notice IN SELECT id FROM notice WHERE ticket_id = p_ticket AND text_key = 'crew_job'
		FOR UPDATE SKIP LOCKED -- what is just being told is told
	LOOP
		UPDATE notice SET values[array_position(values, 'reports') + 1] = ticket_job_reports(p_persons)
		WHERE id = v_notice;
	END LOOP;
END $$;

-- What a crew says ---------------------------------------------------------------------------------

-- A worker's open jobs: urgent ones, then the oldest.  Tickets that were nobody's when they were opened are a crew's now
-- if they lie in its zone.  A department has what no crew is told of.
DROP FUNCTION IF EXISTS crew_jobs(integer);
CREATE OR REPLACE FUNCTION crew_jobs(p_worker worker)
RETURNS SETOF ticket
LANGUAGE plpgsql AS $$
BEGIN
	UPDATE ticket t SET crew_id = p_worker.crew_id
	WHERE t.crew_id IS NULL AND t.state IN ('open', 'assigned', 'in_progress') AND t.service = 'skip'
		AND t.zone_id IS NOT NULL AND crew_for(t.container, t.zone_id) = p_worker.crew_id;
	RETURN QUERY
	SELECT t.* FROM ticket t
	WHERE (t.crew_id = p_worker.crew_id OR t.department_id = p_worker.department_id
			AND NOT EXISTS (SELECT FROM crew w WHERE w.id = t.crew_id AND w.phone <> ''))
		AND t.state IN ('open', 'assigned', 'in_progress') AND NOT t.restricted
	ORDER BY t.urgent DESC, t.opened_at, t.id;
END $$;

-- The one number among these that can be a PIN: of 4 to 8 digits and no container's, so that numbers of containers are
-- never tried as PINs.  NULL: none, or several.
CREATE OR REPLACE FUNCTION crew_pin_among(p_numbers text[])
RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN (SELECT CASE WHEN count(DISTINCT n) = 1 THEN min(n) END
		FROM unnest(p_numbers) AS n
		WHERE n ~ '^[0-9]{4,8}$' AND NOT EXISTS (SELECT FROM container WHERE number::text = n));
END $$;

-- A PIN is not kept in what the crew wrote.
CREATE OR REPLACE FUNCTION crew_pin_hide(p_message bigint, p_pin text)
RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	UPDATE message SET body = regexp_replace(body, '(?<![0-9])(' || p_pin || '|' ||
			translate(p_pin, '0123456789', '٠١٢٣٤٥٦٧٨٩') || '|' ||
			translate(p_pin, '0123456789', '۰۱۲۳۴۵۶۷۸۹') || ')(?![0-9])', '****', 'g')
	WHERE id = p_message AND p_pin ~ '^[0-9]{4,8}$';
END $$;

-- Is it the worker itself?  NULL: yes; else the outcome that says why not.
DROP FUNCTION IF EXISTS crew_verify(crew, text);
CREATE OR REPLACE FUNCTION crew_verify(p_worker worker, p_pin text)
RETURNS text
LANGUAGE plpgsql AS $$
BEGIN
	IF NOT setting_bool('crew_pin', true) OR p_worker.pin_hash IS NULL THEN
		RETURN NULL;
	ELSIF p_worker.pin_locked_until > city_now() THEN
		RETURN 'locked';
	ELSIF p_pin IS NULL THEN
		RETURN 'pin';
	ELSIF worker_pin_ok(p_worker, p_pin) THEN
		RETURN NULL;
	END IF;
	RETURN CASE WHEN (SELECT w.pin_locked_until FROM worker w WHERE w.crew_id = p_worker.crew_id
			OR w.department_id = p_worker.department_id) > city_now() THEN 'locked' ELSE 'wrong_pin' END;
END $$;

-- A job's values as this worker is told them: a department is the office, and is not sent there to ask where.
CREATE OR REPLACE FUNCTION worker_values(p_worker worker, p_values text[])
RETURNS text[]
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
	RETURN CASE WHEN p_worker.crew_id IS NULL THEN array_replace(p_values, '@crew_where', '') ELSE p_values END;
END $$;

-- The list, as long as two SMS hold it.
DROP FUNCTION IF EXISTS crew_list(integer);
CREATE OR REPLACE FUNCTION crew_list(p_worker worker)
RETURNS text[]
LANGUAGE plpgsql AS $$
BEGIN
	RETURN (SELECT CASE WHEN count(*) = 0 THEN ARRAY['no_jobs'] ELSE ARRAY['jobs', 'count', count(*)::text, 'text',
		string_agg(E'@crew_job\x1e' || array_to_string(worker_values(p_worker, ticket_job_values(l.job)), E'\x1e'),
			E'\x1d' ORDER BY l.nth)
			FILTER (WHERE l.nth <= 8)] END
	FROM (SELECT j::ticket AS job, row_number() OVER () AS nth FROM crew_jobs(p_worker) j) l);
END $$;

-- Ask for the PIN; what else was said is kept.
CREATE OR REPLACE FUNCTION crew_ask_pin(p_contact bigint, p_message bigint, p_fields jsonb, p_numbers text[])
RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	PERFORM session_ask(p_contact, 'crew', 'pin', string_agg(f.key || E'\x1f' || f.value, E'\x1f' ORDER BY f.key), p_message)
	FROM jsonb_each_text(p_fields || jsonb_build_object('containers', array_to_string(p_numbers, ' '))) f
	WHERE f.key IN ('containers', 'reference', 'verdict', 'reason') AND f.value <> '';
END $$;

-- The jobs that a worker means: by containers' numbers, of which each may have jobs of several kinds; by a reference; by
-- nothing, when it has but one.  unknown: what it named that is none of them; count: how many are open.
DROP FUNCTION IF EXISTS crew_means(integer, text[], text);
CREATE OR REPLACE FUNCTION crew_means(p_worker worker, p_numbers text[], p_reference text, OUT jobs bigint[],
	OUT unknown text, OUT count bigint)
LANGUAGE plpgsql AS $$
BEGIN
	WITH job AS (
		SELECT id, reference, container::text AS number FROM crew_jobs(p_worker)
	), said AS (
		SELECT DISTINCT ltrim(n, '0') AS name FROM unnest(p_numbers) AS n
		UNION SELECT p_reference WHERE p_reference IS NOT NULL
	)
	SELECT (SELECT array_agg(id ORDER BY id) FROM job
			WHERE number IN (SELECT name FROM said) OR reference IN (SELECT name FROM said)
				OR (NOT EXISTS (SELECT FROM said) AND (SELECT count(*) FROM job) = 1)),
		(SELECT string_agg(name, ', ' ORDER BY name) FROM said
			WHERE NOT EXISTS (SELECT FROM job WHERE name IN (number, reference))),
		(SELECT count(*) FROM job)
	INTO jobs, unknown, count;
END $$;

-- The jobs become fixed, or refused: then the department of a crew hears it, to send somebody else.
DROP FUNCTION IF EXISTS crew_close(crew, bigint[], text, text);
CREATE OR REPLACE FUNCTION crew_close(p_worker worker, p_jobs bigint[], p_verdict text, p_reason text)
RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	v_ticket ticket;
	v_department bigint;
BEGIN
	FOR v_ticket IN SELECT t.* FROM ticket t WHERE t.id = ANY (p_jobs) ORDER BY t.id LOOP
		PERFORM ticket_change(v_ticket.id, p_verdict,
			CASE WHEN p_worker.crew_id IS NULL THEN 'department ' ELSE 'crew ' END || p_worker.name, p_reason);
		v_department := department_contact(v_ticket.department_id);
		IF p_verdict = 'refused' AND p_worker.crew_id IS NOT NULL AND v_department IS NOT NULL THEN
			PERFORM notice_add(v_department, 'crew_refused', ticket_job_values(v_ticket)
				|| ARRAY['crew', p_worker.name, 'reason', p_reason], 4, 'crew', v_ticket.id);
		END IF;
	END LOOP;
END $$;

CREATE OR REPLACE FUNCTION service_crew(p_message bigint, p_contact bigint, p_fields jsonb)
RETURNS text[]
LANGUAGE plpgsql AS $$
DECLARE
	v_worker worker;
	v_verdict text := p_fields ->> 'verdict';
	v_reason text := left(trim(p_fields ->> 'reason'), 160);
	v_numbers text[] := string_to_array(p_fields ->> 'containers', ' ');
	v_pin text := p_fields ->> 'pin';
	v_means record;
	v_why text;
	v_names text;
BEGIN
	SELECT w.* INTO v_worker FROM worker w JOIN contact c ON c.number = w.phone
	WHERE c.id = p_contact ORDER BY w.crew_id, w.department_id LIMIT 1;
	IF NOT FOUND THEN
		RETURN ARRAY['no_crew']; -- it was one when it wrote: nothing is said
	END IF;
	IF v_worker.pin_hash IS NOT NULL THEN
		v_pin := coalesce(v_pin, crew_pin_among(v_numbers), crew_pin_among(ARRAY[substring(v_reason FROM '[0-9]+$')]));
		v_numbers := array_remove(v_numbers, v_pin);
		v_reason := trim(regexp_replace(v_reason, '(^|[^0-9])' || coalesce(v_pin, '-') || '$', ''));
		PERFORM crew_pin_hide(m, v_pin) FROM unnest(ARRAY[p_message, (p_fields ->> 'answer')::bigint]) m;
	END IF;
	IF v_verdict IS NULL THEN
		RETURN ARRAY['which'];
	ELSIF v_verdict <> 'jobs' THEN
		v_means := crew_means(v_worker, v_numbers, p_fields ->> 'reference');
		IF v_means.count = 0 THEN
			RETURN ARRAY['no_jobs'];
		ELSIF v_means.jobs IS NULL THEN
			RETURN CASE WHEN v_means.unknown IS NULL THEN ARRAY['which'] ELSE ARRAY['unknown', 'text', v_means.unknown] END;
		END IF;
		SELECT string_agg(DISTINCT ticket_job_name(t), ', ') INTO v_names FROM ticket t WHERE t.id = ANY (v_means.jobs);
		IF v_verdict = 'refused' AND coalesce(v_reason, '') = '' THEN
			RETURN ARRAY['reason', 'text', v_names];
		END IF;
	END IF;
	v_why := crew_verify(v_worker, v_pin);
	IF v_why = 'pin' AND NOT coalesce((p_fields ->> 'final')::boolean, false) THEN
		PERFORM crew_ask_pin(p_contact, p_message, p_fields, v_numbers);
		RETURN ARRAY['pin', 'ask', 'pin'];
	ELSIF v_why IS NOT NULL THEN
		RETURN ARRAY[CASE v_why WHEN 'pin' THEN 'wrong_pin' ELSE v_why END];
	ELSIF v_verdict = 'jobs' THEN
		RETURN crew_list(v_worker);
	END IF;
	PERFORM crew_close(v_worker, v_means.jobs, v_verdict, CASE v_verdict WHEN 'refused' THEN v_reason END);
	RETURN ARRAY[CASE v_verdict WHEN 'fixed' THEN 'done' ELSE 'not_done' END
			|| CASE WHEN v_means.unknown IS NOT NULL THEN '_rest' ELSE '' END,
		'text', v_names, 'reason', coalesce(v_reason, ''), 'unknown', coalesce(v_means.unknown, '')];
END $$;
