-- SPDX-License-Identifier: GPL-3.0-or-later
-- A container has one open ticket a kind, which later reports join; by the place alone nothing joins.

INSERT INTO setting VALUES ('news_states', '');
INSERT INTO zone (name) VALUES ('Mafalala'), ('Polana');
INSERT INTO crew (name, zone_id, phone, language) VALUES ('North', 1, '+258840000090', 'pt');
INSERT INTO container (number, zone_id, place) VALUES (147, 1, 'Escola'), (152, 1, 'Mercado');
INSERT INTO place (name, kind, zone_id) VALUES ('Mafalala', 'quarter', 1);

-- Say it as the gateway does.
CREATE FUNCTION pg_temp.say(p_who integer, p_fields jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
	v_contact bigint := contact_of('+25884000000' || p_who);
	v_message bigint;
	v text[];
BEGIN
	INSERT INTO message (direction, contact_id, body, at) VALUES ('in', v_contact, 'said by ' || p_who, city_now())
	RETURNING id INTO v_message;
	v := service_skip(v_message, v_contact, p_fields);
	RETURN jsonb_build_object('outcome', v[1]) || coalesce(jsonb_object(v[2:]), '{}');
END $$;

DO $$
DECLARE
	v jsonb;
	v_reference text;
BEGIN
	v := pg_temp.say(1, '{"container": "147", "kind": "full"}');
	ASSERT v ->> 'outcome' = 'created' AND v ->> 'at' = 'Escola', v;
	v_reference := v ->> 'reference';
	v := pg_temp.say(2, '{"container": "147", "kind": "full"}');
	ASSERT v ->> 'outcome' = 'joined' AND v ->> 'reports' = '2' AND v ->> 'since' = to_char(city_now(), 'DD/MM'), v;
	ASSERT v ->> 'reference' = v_reference, 'the same ticket';
	v := pg_temp.say(1, '{"container": "147", "kind": "full"}');
	ASSERT v ->> 'outcome' = 'again', v;
	v := pg_temp.say(3, '{"container": "147", "kind": "full"}');
	ASSERT v ->> 'reports' = '3', 'persons count, not messages';
	ASSERT (SELECT count(*) FROM report) = 4, 'each report is kept';
	v := pg_temp.say(2, '{"container": "147", "kind": "damaged"}');
	ASSERT v ->> 'outcome' = 'created', 'another kind';
	v := pg_temp.say(2, '{"container": "152", "kind": "full"}');
	ASSERT v ->> 'outcome' = 'created', 'another container';
	ASSERT (SELECT count(*) FROM ticket) = 3 AND (SELECT count(DISTINCT crew_id) FROM ticket) = 1, 'the crew of the zone';
	PERFORM ticket_change((SELECT id FROM ticket WHERE reference = v_reference), 'fixed', 'crew North', NULL);
	v := pg_temp.say(1, '{"container": "147", "kind": "full"}');
	ASSERT v ->> 'outcome' = 'created' AND v ->> 'reference' <> v_reference, 'full again is a new ticket';

	-- One job a ticket: who joins sends the crew nothing, but is counted in what it was not yet told.
	ASSERT (SELECT count(*) FROM notice WHERE text_key = 'crew_job') = 3, 'the closed one is no job';
	ASSERT (SELECT language FROM contact WHERE number = '+258840000090') = 'pt', 'spoken to as the register says';
	PERFORM pg_temp.say(3, '{"container": "147", "kind": "full"}');
	ASSERT (SELECT '2x' = ANY (values) FROM notice ORDER BY id DESC LIMIT 1), 'counted';
END $$;

-- By the place: each its ticket, and only where a container may be meant it is asked which.
DO $$
DECLARE
	v jsonb;
	v_tickets bigint := (SELECT count(*) FROM ticket);
BEGIN
	FOR i IN 1..2 LOOP
		v := pg_temp.say(4, '{"place": "Mafalala", "kind": "heap"}');
		ASSERT v ->> 'outcome' = 'placed' AND v ->> 'place' = 'Mafalala', v;
	END LOOP;
	ASSERT (SELECT count(*) FROM ticket) = v_tickets + 2, 'no container, no join';
	v := pg_temp.say(4, '{"place": "Mafalala", "kind": "full"}');
	ASSERT v ->> 'outcome' = 'choose' AND v ->> 'text' = '147 (Escola), 152 (Mercado)' AND v ->> 'ask' = 'container', v;
	ASSERT (SELECT service || field FROM session) = 'skipcontainer', 'she is asked';
	ASSERT (SELECT count(*) FROM ticket) = v_tickets + 2, 'and nothing is filed yet';
	v := pg_temp.say(5, '{"place": "Mafalala", "kind": "full", "offered": "147 152", "final": true}');
	ASSERT v ->> 'outcome' = 'placed', 'none of them';
	v := pg_temp.say(5, '{"place": "Mafalala", "kind": "beside", "offered": "147 152", "container": "152", "final": true}');
	ASSERT v ->> 'outcome' = 'created' AND v ->> 'container' = '152' AND v ->> 'kind' = '@kind_beside', v;
	v := pg_temp.say(6, '{"place": "Mafalala", "kind": "beside", "offered": "147 152", "container": "2", "final": true}');
	ASSERT v ->> 'outcome' = 'joined' AND v ->> 'container' = '152', 'the second of those offered';
	ASSERT NOT EXISTS (SELECT FROM tray), 'all of it is known';
	v := pg_temp.say(6, '{"place": "behind Aline''s", "kind": "full"}');
	ASSERT v ->> 'outcome' = 'placed', 'a place that nobody knows';
	ASSERT (SELECT kind FROM tray) = 'incomplete', 'a person reads it';
END $$;

-- A number that is none is asked about once.
DO $$
DECLARE
	v jsonb;
BEGIN
	DELETE FROM session;
	DELETE FROM tray;
	v := pg_temp.say(7, '{"container": "999", "kind": "damaged"}');
	ASSERT v ->> 'outcome' = 'unknown_container' AND v ->> 'ask' = 'place', v;
	ASSERT (SELECT values FROM session) = E'kind\x1fdamaged', 'the kind is kept, the number is not';
	v := pg_temp.say(7, '{"kind": "damaged", "place": "147", "final": true}');
	ASSERT v ->> 'outcome' = 'joined' AND v ->> 'container' = '147', 'the right one';
	v := pg_temp.say(7, '{"kind": "damaged", "place": "998", "final": true}');
	ASSERT v ->> 'outcome' = 'incomplete', 'wrong again: not asked again';
	ASSERT (SELECT count(*) FROM tray WHERE ticket_id IS NOT NULL) = 1, 'a person reads it';
	v := pg_temp.say(7, '{"kind": "full", "container": "997", "place": "Mafalala"}');
	ASSERT v ->> 'outcome' = 'choose', 'a place goes with it';
	v := pg_temp.say(8, '{"kind": "full"}');
	ASSERT v ->> 'outcome' = 'where' AND v ->> 'ask' = 'place', v;
	v := pg_temp.say(8, '{"kind": "burning"}');
	ASSERT v ->> 'outcome' = 'where_danger', v;
	v := pg_temp.say(8, '{"kind": "hazardous", "place": "Mafalala"}');
	ASSERT v ->> 'outcome' = 'hazardous', 'do not touch';
	v := pg_temp.say(8, '{"final": true}');
	ASSERT v ->> 'outcome' = 'incomplete', 'never nothing';
END $$;

-- For others: hers is the report, whoever sent it; only registered helpers may.
DO $$
DECLARE
	v jsonb;
BEGIN
	v := pg_temp.say(9, '{"container": "152", "kind": "burning", "for": "+258840000055"}');
	ASSERT (SELECT c.number = '+258840000009' AND r.helper_id IS NULL FROM report r JOIN contact c ON c.id = r.contact_id
		ORDER BY r.id DESC LIMIT 1), 'no helper';
	UPDATE contact SET helper = true WHERE number = '+258840000009';
	v := pg_temp.say(9, '{"container": "152", "kind": "burning", "for": "+258840000055"}');
	ASSERT v ->> 'outcome' = 'joined', 'another person''s';
	ASSERT (SELECT c.number = '+258840000055' AND h.number = '+258840000009'
		FROM report r JOIN contact c ON c.id = r.contact_id JOIN contact h ON h.id = r.helper_id), 'hers, sent by the helper';
END $$;

-- The words of a report that took a question are both messages, be the second an answer or all of it again.
DO $$
DECLARE
	v_answer bigint;
	v_name text;
BEGIN
	FOREACH v_name IN ARRAY '{answer,restated}'::text[] LOOP
		INSERT INTO message (direction, contact_id, body, at) VALUES ('in', contact_of('+258840000006'), 'asked', city_now())
		RETURNING id INTO v_answer;
		PERFORM pg_temp.say(6, jsonb_build_object('container', '147', 'words', 'w', v_name, v_answer));
		ASSERT (SELECT words FROM report ORDER BY id DESC LIMIT 1) = E'asked\nsaid by 6', v_name;
	END LOOP;
	PERFORM pg_temp.say(6, '{"container": "147", "words": "w"}');
	ASSERT (SELECT words FROM report ORDER BY id DESC LIMIT 1) = 'w', 'else what was said';
END $$;
