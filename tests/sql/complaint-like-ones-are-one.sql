-- SPDX-License-Identifier: GPL-3.0-or-later
-- A complaint is filed before anything is asked; a like one near by is offered, and joined by a yes alone; what few may read
-- is seen, offered and told to nobody.

INSERT INTO setting VALUES ('news_states', '');
INSERT INTO zone (name) VALUES ('Mafalala'), ('Polana');
INSERT INTO place (name, kind, zone_id, lat, long) VALUES ('Mafalala', 'quarter', 1, -25.95, 32.57),
	('Mercado Velho', 'landmark', 1, -25.9500, 32.5700), ('Escola Nova', 'landmark', 1, -25.9510, 32.5705),
	('Mercado Longe', 'landmark', 2, -25.9900, 32.5700), ('Praia A', 'quarter', 1, -25.95, 32.57),
	('Praia B', 'quarter', 1, -25.95, 32.57);
INSERT INTO department (name, categories, phone) VALUES ('Luz', '{light}', '+258840000090');

CREATE FUNCTION pg_temp.say(p_who integer, p_fields jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
	v_contact bigint := contact_of('+25884000000' || p_who);
	v_message bigint;
	v text[];
BEGIN
	INSERT INTO message (direction, contact_id, body, at) VALUES ('in', v_contact, 'said by ' || p_who, city_now())
	RETURNING id INTO v_message;
	v := service_complaint(v_message, v_contact, p_fields);
	RETURN jsonb_build_object('outcome', v[1], 'message', v_message) || coalesce(jsonb_object(v[2:]), '{}');
END $$;

-- Her answer to what her open question holds, as the gateway gives it.
CREATE FUNCTION pg_temp.answer(p_who integer, p_field text, p_value text) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
	v_contact bigint := contact_of('+25884000000' || p_who);
	v_session session;
	v_message bigint;
	v text[];
BEGIN
	DELETE FROM session WHERE contact_id = v_contact RETURNING * INTO v_session;
	ASSERT v_session.field = p_field, v_session.field;
	INSERT INTO message (direction, contact_id, body, at) VALUES ('in', v_contact, p_value, city_now())
	RETURNING id INTO v_message;
	v := service_complaint(v_session.message_id, v_contact, jsonb_object(string_to_array(v_session.values, E'\x1f'))
		|| jsonb_build_object('final', true) || CASE WHEN p_value IS NULL THEN '{}' ELSE
		jsonb_build_object(p_field, p_value, 'answer', v_message) END);
	RETURN jsonb_build_object('outcome', v[1]) || coalesce(jsonb_object(v[2:]), '{}');
END $$;

DO $$
DECLARE
	v jsonb;
	v_first text;
	v_second text;
BEGIN
	v := pg_temp.say(1, '{"category": "light", "place": "mercado velho"}');
	ASSERT v ->> 'outcome' = 'created' AND v ->> 'place' = 'mercado velho', v;
	v_first := v ->> 'reference';
	ASSERT (SELECT p.name = 'Mercado Velho' AND t.zone_id = 1 AND d.name = 'Luz' FROM ticket t JOIN place p ON p.id = t.place_id
		JOIN department d ON d.id = t.department_id), 'placed, and its department''s';
	v := pg_temp.say(1, '{"category": "light", "place": "Mercado Velho"}');
	ASSERT v ->> 'outcome' = 'again' AND v ->> 'reference' = v_first, 'hers: no question, told so';
	ASSERT (SELECT count(*) FROM report) = 2 AND (SELECT count(*) FROM ticket) = 1;

	-- Another person, near by: hers is filed, and she is asked.
	v := pg_temp.say(2, '{"category": "light", "place": "Escola Nova"}');
	ASSERT v ->> 'outcome' = 'same' AND v ->> 'ask' = 'same' AND v ->> 'place' = 'Escola Nova', v;
	v_second := v ->> 'reference';
	ASSERT (SELECT count(*) FROM ticket) = 2, 'nothing waits for an answer';
	v := pg_temp.answer(2, 'same', 'yes');
	ASSERT v ->> 'outcome' = 'joined' AND v ->> 'reference' = v_first AND v ->> 'reports' = '2', v;
	ASSERT (SELECT count(*) FROM ticket) = 1 AND (SELECT count(*) FROM report) = 3, 'joined';
	ASSERT ticket_by_reference(v_second) = ticket_by_reference(v_first), 'the reference that she has is that one''s';

	-- No is no, and so is anything else; no answer needs no more words.
	PERFORM pg_temp.say(3, '{"category": "light", "place": "Mercado Velho"}');
	v := pg_temp.answer(3, 'same', 'no');
	ASSERT v ->> 'outcome' = 'created' AND v ->> 'reference' <> v_first, v;
	v := pg_temp.say(4, '{"category": "light", "place": "Mercado Velho"}');
	v := pg_temp.answer(4, 'same', 'it is the third one from the corner');
	ASSERT v ->> 'outcome' = 'created', v;
	ASSERT (SELECT words LIKE '%third one%' FROM report ORDER BY id DESC LIMIT 1), 'what she added is kept';
	PERFORM pg_temp.say(5, '{"category": "light", "place": "Mercado Velho"}');
	v := pg_temp.answer(5, 'same', NULL);
	ASSERT v = '{"outcome": "kept"}', v;
	ASSERT (SELECT count(*) FROM ticket) = 4;

	-- Nothing else is near.
	v := pg_temp.say(6, '{"category": "water", "place": "Mercado Velho"}');
	ASSERT v ->> 'outcome' = 'created', 'another category';
	v := pg_temp.say(6, '{"category": "light", "place": "Mercado Longe"}');
	ASSERT v ->> 'outcome' = 'created', 'far away';
	v := pg_temp.say(7, '{"category": "light", "place": "Mercado Velho", "final": true}');
	ASSERT v ->> 'outcome' = 'created', 'no question may be asked';
	UPDATE ticket SET opened_at = opened_at - interval '15 days' WHERE category = 'water';
	v := pg_temp.say(7, '{"category": "water", "place": "Mercado Velho"}');
	ASSERT v ->> 'outcome' = 'created', 'too long ago';
	PERFORM ticket_change(id, 'fixed', 'clerk', NULL) FROM ticket WHERE category = 'water' AND state = 'open';
	v := pg_temp.say(8, '{"category": "water", "place": "Mercado Velho"}');
	ASSERT v ->> 'outcome' = 'created', 'closed';
	PERFORM pg_temp.say(8, '{"category": "other", "place": "Mercado Velho"}');
	v := pg_temp.say(9, '{"category": "other", "place": "Mercado Velho"}');
	ASSERT v ->> 'outcome' = 'created', 'something else may be anything';

	-- Of a quarter, only when no more is said, or the same.
	DELETE FROM session;
	PERFORM pg_temp.say(1, '{"category": "road", "place": "behind the tree, Mafalala"}');
	v := pg_temp.say(2, '{"category": "road", "place": "near the well, Mafalala"}');
	ASSERT v ->> 'outcome' = 'created', 'elsewhere in the quarter';
	v := pg_temp.say(3, '{"category": "road", "place": "Mafalala"}');
	ASSERT v ->> 'outcome' = 'same', 'it may be';
	-- What was closed meanwhile is not joined.
	PERFORM ticket_change(t.id, 'fixed', 'clerk', NULL) FROM ticket t JOIN session s
		ON string_to_array(s.values, ' ') @> ARRAY[t.reference] WHERE t.reference <> v ->> 'reference';
	v := pg_temp.answer(3, 'same', 'yes');
	ASSERT v ->> 'outcome' = 'created', v;
END $$;

-- Two places of nearly one name.
DO $$
DECLARE
	v jsonb;
BEGIN
	v := pg_temp.say(1, '{"category": "drain", "place": "Praia"}');
	ASSERT v ->> 'outcome' = 'where' AND v ->> 'choices' = '1 Praia A, 2 Praia B' AND v ->> 'ask' = 'place', v;
	ASSERT (SELECT place_id IS NULL AND zone_id = 1 FROM ticket WHERE reference = v ->> 'reference'), 'their zone is known';
	v := pg_temp.answer(1, 'place', '٢');
	ASSERT v ->> 'outcome' = 'created' AND v ->> 'place' = 'Praia B', v;
	ASSERT (SELECT p.name FROM ticket t JOIN place p ON p.id = t.place_id WHERE t.reference = v ->> 'reference') = 'Praia B';
	v := pg_temp.say(2, '{"category": "drain", "place": "Praia"}');
	v := pg_temp.answer(2, 'place', 'praia a');
	ASSERT v ->> 'place' = 'Praia A', v;
	v := pg_temp.say(3, '{"category": "drain", "place": "Praia"}');
	v := pg_temp.answer(3, 'place', 'atrás da padaria');
	ASSERT v ->> 'place' = 'Praia, atrás da padaria', v;
	v := pg_temp.say(4, '{"category": "drain", "place": "Praia"}');
	v := pg_temp.answer(4, 'place', '7');
	ASSERT v ->> 'place' = 'Praia', v;
	v := pg_temp.say(5, '{"category": "drain", "place": "Mercado Velhoo"}');
	ASSERT v ->> 'outcome' = 'created' AND v ->> 'place' = 'Mercado Velho', 'told as it was understood';
	v := pg_temp.say(6, '{"category": "water", "place": "por detrás do grande Mercado Velhoo"}');
	ASSERT v ->> 'place' = 'por detrás do grande Mercado Velhoo (Mercado Velho)', v;
END $$;

-- What few may read.
DO $$
DECLARE
	v jsonb;
	v_ticket ticket;
BEGIN
	DELETE FROM notice;
	INSERT INTO setting VALUES ('digest_times', '07:00');
	INSERT INTO department (name, categories, phone) VALUES ('Integridade', '{corruption}', '+258840000091');
	FOR i IN 1..2 LOOP
		v := pg_temp.say(i, '{"category": "corruption", "place": "Mercado Velho", "words": "w"}');
		ASSERT v - 'message' = '{"outcome": "neutral"}', v;
	END LOOP;
	ASSERT (SELECT count(*) FROM ticket WHERE restricted) = 2, 'none is offered, none is joined';
	SELECT * INTO v_ticket FROM ticket WHERE restricted LIMIT 1;
	ASSERT v_ticket.crew_id IS NULL AND v_ticket.due_at IS NULL;
	ASSERT (SELECT count(*) FROM tray WHERE kind = 'restricted' AND ticket_id IS NOT NULL) = 2;
	ASSERT NOT EXISTS (SELECT FROM session WHERE contact_id = contact_of('+258840000001') AND values LIKE '%corruption%');
	PERFORM ticket_change(v_ticket.id, 'fixed', 'reader', NULL);
	ASSERT NOT EXISTS (SELECT FROM notice), 'nobody is told';
	ASSERT NOT EXISTS (SELECT FROM followup), 'nobody is asked';
	ASSERT service_status(1, (SELECT contact_id FROM report WHERE ticket_id = v_ticket.id),
		jsonb_build_object('reference', v_ticket.reference)) = ARRAY['received', 'reference', v_ticket.reference], 'her own';
	ASSERT (service_status(1, contact_of('+258840000003'), jsonb_build_object('reference', v_ticket.reference)))[1] = 'unknown',
		'to anybody else it is not there';
	INSERT INTO crew (name, zone_id, phone) VALUES ('North', 1, '+258840000092');
	ASSERT ticket_set(v_ticket.reference, NULL, 'reader', NULL, 'North', NULL, true) = 'restricted', 'no crew gets it';
	ASSERT (SELECT crew_id IS NULL AND state = 'fixed' FROM ticket WHERE id = v_ticket.id);
	ASSERT ticket_set(v_ticket.reference, 'open', 'clerk', NULL, NULL, NULL, false) = 'unknown', 'nor any clerk';
END $$;

-- A question of the form's own: the words are both messages; all of it again is a report of its own.
DO $$
DECLARE
	v_message bigint;
	v_ticket bigint;
BEGIN
	INSERT INTO message (direction, contact_id, body, at) VALUES ('in', contact_of('+258840000008'), 'asked', city_now())
	RETURNING id INTO v_message;
	PERFORM pg_temp.say(8, jsonb_build_object('category', 'road', 'place', 'Rua X', 'words', 'w', 'answer', v_message, 'final', true));
	ASSERT (SELECT words FROM report ORDER BY id DESC LIMIT 1) = E'asked\nsaid by 8', 'both';
	PERFORM pg_temp.say(8, jsonb_build_object('category', 'road', 'place', 'Rua Y', 'words', 'w', 'restated', v_message, 'final', true));
	SELECT id INTO v_ticket FROM ticket ORDER BY id DESC LIMIT 1;
	ASSERT (SELECT array_agg(words ORDER BY id) FROM report WHERE ticket_id = v_ticket) = '{w,asked}', 'two reports';
END $$;

-- For others.
DO $$
BEGIN
	UPDATE contact SET helper = true WHERE number = '+258840000009';
	PERFORM pg_temp.say(9, '{"category": "violence", "for": "+258840000055"}');
	ASSERT (SELECT c.number = '+258840000055' AND h.number = '+258840000009' FROM report r JOIN contact c ON c.id = r.contact_id
		JOIN contact h ON h.id = r.helper_id);
END $$;
