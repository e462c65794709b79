-- SPDX-License-Identifier: GPL-3.0-or-later
-- A department closes and refuses what no crew is told of, by its phone alone until it has a PIN; a crew's jobs are not its.

INSERT INTO setting VALUES ('news_states', '');
INSERT INTO zone (name) VALUES ('Mafalala'), ('Polana'), ('Malanga');
INSERT INTO department (name, categories, phone, language) VALUES ('Waste', '{waste,drain}', '+258840000080', 'pt'),
	('Roads', '{road}', '+258840000081', 'pt'), ('Few', '{corruption}', '+258840000082', 'pt');
INSERT INTO crew (name, zone_id, phone) VALUES ('North', 1, '+258840000090'), ('Silent', 3, NULL);
INSERT INTO container (number, zone_id, place) VALUES (147, 1, 'Escola'), (900, 2, 'Praia'), (901, 2, 'Mar'), (300, 3, 'Talho');
INSERT INTO message (direction, contact_id, body, at) VALUES ('in', contact_of('+258840000001'), 'x', city_now());

CREATE FUNCTION pg_temp.report(p_container integer) RETURNS text LANGUAGE sql AS $$
	SELECT (service_skip(1, contact_of('+258840000001'), jsonb_build_object('container', p_container::text, 'kind', 'full')))[3]
$$;
CREATE FUNCTION pg_temp.say(p_number text, p_fields jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
	v_message bigint;
	v text[];
BEGIN
	INSERT INTO message (direction, contact_id, body, at) VALUES ('in', contact_of(p_number), 'FAIT', city_now())
	RETURNING id INTO v_message;
	v := service_crew(v_message, contact_of(p_number), p_fields);
	RETURN jsonb_build_object('outcome', v[1]) || coalesce(jsonb_object(v[2:]), '{}');
END $$;
CREATE FUNCTION pg_temp.waste(p_fields jsonb) RETURNS jsonb LANGUAGE sql AS $$
	SELECT pg_temp.say('+258840000080', p_fields)
$$;

DO $$
DECLARE
	v jsonb;
BEGIN
	ASSERT (SELECT array_agg(crew ORDER BY n) FROM inbox_snapshot(ARRAY['+258840000080', '+258840000090', '+258840000001'],
		interval '1 day') WITH ORDINALITY AS s(a, b, c, d, e, f, g, h, i, j, k, l, crew, m, o, p, q, r, t, u, w, n)) = '{t,t,f}', 'known';
	PERFORM pg_temp.report(147), pg_temp.report(900), pg_temp.report(901), pg_temp.report(300);
	ASSERT (SELECT count(*) FROM notice WHERE digest = 'crew_department') = 3, 'told of three';

	v := pg_temp.waste('{"verdict": "jobs"}');
	ASSERT v ->> 'count' = '3' AND v ->> 'text' NOT LIKE '%147%', v;
	v := pg_temp.waste('{"verdict": "fixed", "containers": "900 147"}');
	ASSERT v ->> 'outcome' = 'done_rest' AND v ->> 'text' = '900' AND v ->> 'unknown' = '147', v;
	ASSERT (SELECT actor FROM event WHERE what = 'fixed') = 'department Waste', 'who';
	v := pg_temp.say('+258840000081', '{"verdict": "fixed", "containers": "901"}');
	ASSERT v ->> 'outcome' = 'no_jobs', 'another department''s';
	v := pg_temp.waste('{"verdict": "refused", "containers": "300"}');
	ASSERT v ->> 'outcome' = 'reason', v;
	v := pg_temp.waste('{"verdict": "refused", "containers": "300", "reason": "estrada cortada"}');
	ASSERT v ->> 'outcome' = 'not_done', v;
	ASSERT NOT EXISTS (SELECT FROM notice WHERE text_key = 'crew_refused'), 'it knows';

	-- With a PIN it is asked for it; five wrong ones lock it, as a crew's.
	ASSERT department_pin_set('Waste', '4711', 'ana') AND NOT department_pin_set('North', '4711', 'ana'), 'departments alone';
	ASSERT (SELECT concat_ws(',', actor, what, object) FROM audit) = 'ana,PIN set,department 1', 'who set it';
	v := pg_temp.waste('{"verdict": "fixed", "containers": "901"}');
	ASSERT v ->> 'outcome' = 'pin', v;
	FOR i IN 1..4 LOOP
		v := pg_temp.waste('{"verdict": "fixed", "containers": "901", "pin": "1234"}');
		ASSERT v ->> 'outcome' = 'wrong_pin', v;
	END LOOP;
	v := pg_temp.waste('{"verdict": "fixed", "containers": "901", "pin": "1234"}');
	ASSERT v ->> 'outcome' = 'locked', v;
	v := pg_temp.waste('{"verdict": "fixed", "containers": "901", "pin": "4711"}');
	ASSERT v ->> 'outcome' = 'locked', v;
	ASSERT (SELECT sum(pin_failures) FROM crew) = 0, 'no crew''s';
	ASSERT department_pin_set('Waste', '4712', 'ana');
	v := pg_temp.waste('{"verdict": "fixed", "containers": "901", "pin": "4712"}');
	ASSERT v ->> 'outcome' = 'done', v;
	PERFORM department_pin_set('Waste', NULL, 'ana');
	ASSERT (SELECT count(*) FROM department WHERE pin_hash IS NULL) = 3, 'none again';
END $$;
