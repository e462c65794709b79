-- SPDX-License-Identifier: GPL-3.0-or-later
-- A crew closes and refuses its own open jobs with its PIN, sees them, and nothing else; numbers of containers are never
-- tried as PINs.

INSERT INTO setting VALUES ('news_states', '');
INSERT INTO zone (name) VALUES ('Mafalala'), ('Polana');
INSERT INTO department (name, categories, phone, language) VALUES ('Waste', '{waste,drain}', '+258840000080', 'pt');
INSERT INTO crew (name, zone_id, phone, language) VALUES ('North', 1, '+258840000090', 'pt'), ('South', 2, '+258840000091', 'pt');
INSERT INTO container (number, zone_id, place) VALUES (147, 1, 'Escola'), (152, 1, 'Mercado'), (1600, 1, NULL), (900, 2, 'Praia');
SELECT crew_pin_set(1, '4711');
INSERT INTO message (direction, contact_id, body, at) VALUES ('in', contact_of('+258840000001'), 'x', city_now());

CREATE FUNCTION pg_temp.report(p_container integer, p_kind text) RETURNS text LANGUAGE sql AS $$
	SELECT (service_skip(1, contact_of('+258840000001'), jsonb_build_object('container', p_container::text, 'kind', p_kind)))[3]
$$;
CREATE FUNCTION pg_temp.place(p_place text, p_kind text) RETURNS text LANGUAGE sql AS $$
	SELECT (service_skip(1, contact_of('+258840000001'), jsonb_build_object('place', p_place, 'kind', p_kind)))[3]
$$;
CREATE FUNCTION pg_temp.say(p_number text, p_body text, p_fields jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
	v_contact bigint := contact_of(p_number);
	v_message bigint;
	v text[];
BEGIN
	INSERT INTO message (direction, contact_id, body, at) VALUES ('in', v_contact, p_body, city_now())
	RETURNING id INTO v_message;
	v := service_crew(v_message, v_contact, p_fields);
	RETURN jsonb_build_object('outcome', v[1]) || coalesce(jsonb_object(v[2:]), '{}');
END $$;
CREATE FUNCTION pg_temp.north(p_fields jsonb) RETURNS jsonb LANGUAGE sql AS $$
	SELECT pg_temp.say('+258840000090', 'FAIT', p_fields)
$$;
CREATE FUNCTION pg_temp.open() RETURNS bigint LANGUAGE sql AS $$
	SELECT count(*) FROM ticket WHERE ticket_is_open(state)
$$;

DO $$
DECLARE
	v jsonb;
BEGIN
	ASSERT pg_temp.north('{"verdict": "jobs", "containers": "4711"}') ->> 'outcome' = 'no_jobs';
	ASSERT pg_temp.north('{"verdict": "fixed", "containers": "147 4711"}') ->> 'outcome' = 'no_jobs';
	PERFORM pg_temp.report(147, 'full'), pg_temp.report(147, 'damaged'), pg_temp.report(152, 'full'),
		pg_temp.report(1600, 'burning'), pg_temp.report(900, 'full');

	-- The list: what burns first, the rest as they came, only its own.
	v := pg_temp.north('{"verdict": "jobs", "containers": "4711"}');
	ASSERT v ->> 'outcome' = 'jobs' AND v ->> 'count' = '4', v;
	ASSERT v ->> 'text' LIKE E'@crew\\_job\x1ejob\x1e1600\x1ekind\x1e@kind\\_burning%\x1d%147%@kind\\_full%\x1d%147%\x1d%152%', v;
	ASSERT v ->> 'text' NOT LIKE '%900%', 'another crew''s';
	v := pg_temp.north('{"verdict": "jobs"}');
	ASSERT v ->> 'outcome' = 'pin' AND v ->> 'ask' = 'pin', 'asked for';

	-- All kinds of a container; another crew's is not its own.
	v := pg_temp.north('{"verdict": "fixed", "containers": "147 4711 900"}');
	ASSERT v ->> 'outcome' = 'done_rest' AND v ->> 'text' = '147' AND v ->> 'unknown' = '900', v;
	ASSERT pg_temp.open() = 3, 'both of 147';
	ASSERT (SELECT count(*) FROM event WHERE what = 'fixed' AND actor = 'crew North') = 2;
	v := pg_temp.north('{"verdict": "fixed", "containers": "900 4711"}');
	ASSERT v ->> 'outcome' = 'unknown' AND v ->> 'text' = '900' AND pg_temp.open() = 3, v;
	v := pg_temp.north('{"verdict": "fixed", "containers": "4711"}');
	ASSERT v ->> 'outcome' = 'which', 'two are open';

	-- A container's number of four digits is no try at the PIN; what was said is kept until the PIN comes.
	v := pg_temp.north('{"verdict": "fixed", "containers": "152 1600"}');
	ASSERT v ->> 'outcome' = 'pin' AND (SELECT pin_failures FROM crew WHERE id = 1) = 0, v;
	ASSERT (SELECT values FROM session) = E'containers\x1f152 1600\x1fverdict\x1ffixed', 'kept';
	v := pg_temp.north('{"verdict": "fixed", "containers": "152 1600", "pin": "1234", "final": true}');
	ASSERT v ->> 'outcome' = 'wrong_pin' AND pg_temp.open() = 3, v;
	ASSERT (SELECT pin_failures FROM crew WHERE id = 1) = 1, 'counted';
	v := pg_temp.north('{"verdict": "fixed", "containers": "152 1600", "final": true}');
	ASSERT v ->> 'outcome' = 'wrong_pin' AND (SELECT pin_failures FROM crew WHERE id = 1) = 1, 'none was said';
	v := pg_temp.north('{"verdict": "fixed", "containers": "152 1600", "pin": "4711", "final": true}');
	ASSERT v ->> 'outcome' = 'done' AND v ->> 'text' = '152, 1600' AND pg_temp.open() = 1, v;
	ASSERT NOT EXISTS (SELECT FROM notice WHERE text_key IN ('crew_job', 'crew_urgent') AND ticket_id IN
		(SELECT id FROM ticket WHERE state = 'fixed')), 'what is done is no job';
END $$;

-- NO needs a reason; the department hears it.  One job needs no number.
DO $$
DECLARE
	v jsonb;
BEGIN
	PERFORM pg_temp.report(147, 'full');
	ASSERT pg_temp.north('{"verdict": "refused", "containers": "147 4711"}') ->> 'outcome' = 'reason';
	v := pg_temp.north('{"verdict": "refused", "containers": "147", "reason": "camiao avariado 4711"}');
	ASSERT v ->> 'outcome' = 'not_done' AND v ->> 'reason' = 'camiao avariado', v;
	ASSERT (SELECT reason FROM ticket WHERE state = 'refused') = 'camiao avariado', 'without the PIN';
	ASSERT (SELECT c.number = '+258840000080' AND 'camiao avariado' = ANY (n.values) AND 'North' = ANY (n.values)
		FROM notice n JOIN contact c ON c.id = n.contact_id WHERE n.text_key = 'crew_refused'), 'the department';
	PERFORM pg_temp.report(147, 'full');
	v := pg_temp.north('{"verdict": "fixed", "containers": "4711"}');
	ASSERT v ->> 'outcome' = 'done' AND v ->> 'text' = '147', 'the only one';
END $$;

-- By reference, where there is no container; a crew without a PIN is believed; nobody else is.
DO $$
DECLARE
	v jsonb;
	v_reference text;
BEGIN
	INSERT INTO place (name, kind, zone_id) VALUES ('Polana', 'quarter', 2);
	v_reference := pg_temp.place('Polana', 'heap');
	v := pg_temp.say('+258840000091', 'FAIT', jsonb_build_object('verdict', 'fixed', 'reference', v_reference));
	ASSERT v ->> 'outcome' = 'done' AND v ->> 'text' = v_reference, v;
	v := pg_temp.say('+258840000091', 'FAIT', jsonb_build_object('verdict', 'fixed', 'reference', v_reference));
	ASSERT v ->> 'outcome' = 'unknown', 'done already';
	ASSERT pg_temp.say('+258840000092', 'FAIT', '{"verdict": "fixed", "containers": "900"}') ->> 'outcome' = 'no_crew';
	ASSERT pg_temp.open() = 1;
	-- A crew comes to be: what lay in its zone is its.
	UPDATE ticket SET crew_id = NULL;
	v := pg_temp.say('+258840000091', 'FAIT', '{"verdict": "jobs"}');
	ASSERT v ->> 'outcome' = 'jobs' AND v ->> 'count' = '1', v;
END $$;

-- The PIN stands in no message; five wrong ones lock it; the city may do without.
DO $$
DECLARE
	v jsonb;
BEGIN
	PERFORM pg_temp.report(152, 'full');
	PERFORM pg_temp.say('+258840000090', 'FAIT 152 9999', '{"verdict": "fixed", "containers": "152 9999"}');
	ASSERT (SELECT body FROM message ORDER BY id DESC LIMIT 1) = 'FAIT 152 ****', 'not even a wrong one';
	PERFORM pg_temp.say('+258840000090', 'تم ١٥٢ ٩٩٩٩', '{"verdict": "fixed", "containers": "152 9999"}');
	ASSERT (SELECT body FROM message ORDER BY id DESC LIMIT 1) = 'تم ١٥٢ ****', 'nor in other digits';
	FOR i IN 1..2 LOOP
		v := pg_temp.north('{"verdict": "fixed", "containers": "152 9999"}');
		ASSERT v ->> 'outcome' = 'wrong_pin', v;
	END LOOP;
	v := pg_temp.north('{"verdict": "fixed", "containers": "152 9999"}');
	ASSERT v ->> 'outcome' = 'locked', 'the fifth in a row';
	ASSERT pg_temp.north('{"verdict": "fixed", "containers": "152 4711"}') ->> 'outcome' = 'locked', 'the right one too';
	INSERT INTO setting VALUES ('crew_pin', 'false');
	ASSERT pg_temp.north('{"verdict": "fixed", "containers": "152"}') ->> 'outcome' = 'done';
END $$;

-- Who is told of a job: urgent at once and alone, and the fire's contact; no words, no number, no place that only the
-- reporter says, until a clerk gives the job to a crew.
DO $$
DECLARE
	v ticket;
	v_reference text;
BEGIN
	DELETE FROM notice;
	INSERT INTO setting VALUES ('fire_phone', '+258840000070'), ('digest_times', '07:00');
	PERFORM pg_temp.report(152, 'burning'), pg_temp.report(152, 'full');
	ASSERT (SELECT string_agg(c.number || ' ' || n.text_key || ' ' || coalesce(n.digest, '-'), ', ' ORDER BY n.id)
		FROM notice n JOIN contact c ON c.id = n.contact_id) = '+258840000070 crew_fire -, '
		'+258840000090 crew_urgent -, +258840000090 crew_job crew_new';
	ASSERT (SELECT bool_and(not_before <= city_now()) FROM notice WHERE priority = 1), 'at once';
	ASSERT (SELECT not_before > city_now() AND not_before::time = '07:00' FROM notice WHERE text_key = 'crew_job'), 'together';
	-- The fire's contact hears it once, whoever is given the job; again when it is open again.
	SELECT reference INTO v_reference FROM ticket WHERE container = 152 AND kind = 'burning' AND state = 'open';
	PERFORM ticket_set(v_reference, NULL, 'clerk', NULL, 'South', NULL, false),
		ticket_set(v_reference, NULL, 'clerk', NULL, 'North', NULL, false);
	ASSERT (SELECT count(*) FROM notice WHERE text_key = 'crew_urgent') = 3, 'each crew';
	ASSERT (SELECT count(*) FROM notice WHERE text_key = 'crew_fire') = 1, 'once';
	PERFORM ticket_set(v_reference, 'fixed', 'clerk', NULL, NULL, NULL, false);
	DELETE FROM notice;
	PERFORM ticket_set(v_reference, 'open', 'clerk', NULL, NULL, NULL, false);
	ASSERT (SELECT string_agg(text_key, ' ' ORDER BY text_key) FROM notice) = 'crew_again crew_fire', 'again';
	DELETE FROM notice;
	v_reference := pg_temp.place('behind Aline''s house', 'heap');
	SELECT * INTO v FROM ticket WHERE reference = v_reference;
	ASSERT (SELECT c.number FROM notice n JOIN contact c ON c.id = n.contact_id) = '+258840000080', 'no crew: the department';
	ASSERT (SELECT NOT EXISTS (SELECT FROM unnest(values) x WHERE x LIKE '%Aline%') FROM notice), 'nothing that she said';
	UPDATE ticket SET crew_id = 2, state = 'assigned' WHERE id = v.id;
	PERFORM ticket_job(v.id);
	ASSERT (SELECT 'behind Aline''s house' = ANY (values) FROM notice ORDER BY id DESC LIMIT 1), 'released';
END $$;
