-- SPDX-License-Identifier: GPL-3.0-or-later
-- sos: a call for help.  The ticket is there, and the officers on duty are woken, before anything is asked; each answer, and
-- what she writes after that, goes to them as it comes.
--
-- Calls from one place within two hours are one ticket: the place that they name (not a whole district or zone), the same
-- container, or places not further apart than join_metres.  Each caller has her own answer; officers hear how many they are.
-- A form of this service is worked on under the lock "sos", so that nobody opens another ticket for that place meanwhile.

CREATE OR REPLACE FUNCTION sos_while()
RETURNS interval
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
	RETURN interval '2 hours';
END $$;

-- The ticket of her own call, if what she writes now belongs to it: it is open, and she wrote of it in the last two hours.
CREATE OR REPLACE FUNCTION sos_open(p_contact bigint)
RETURNS bigint
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v_newest CONSTANT integer := 5; -- of her reports are looked at
BEGIN
	RETURN (SELECT t.id FROM (SELECT ticket_id, at FROM report WHERE contact_id = p_contact ORDER BY id DESC LIMIT v_newest) r
		JOIN ticket t ON t.id = r.ticket_id
		WHERE t.service = 'sos' AND t.state IN ('open', 'assigned', 'in_progress') AND r.at > city_now() - sos_while()
		ORDER BY r.at DESC, t.id DESC LIMIT 1);
END $$;

-- Where she is, as the city knows it: by a container's number, or by her words for it.
CREATE OR REPLACE FUNCTION sos_locate(p_ticket ticket, p_place text, p_container text)
RETURNS ticket
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v_sure CONSTANT real := 0.5;
	v ticket := p_ticket;
	v_container container;
	v_guess record;
BEGIN
	IF p_container ~ '^[0-9]{1,9}$' THEN
		SELECT * INTO v_container FROM container WHERE number = p_container::integer;
		v.container := v_container.number;
		v.zone_id := coalesce(v_container.zone_id, v.zone_id);
	END IF;
	v.place := coalesce(nullif(trim(p_place), ''), v_container.place, v.place);
	IF nullif(trim(p_place), '') IS NOT NULL THEN
		SELECT * INTO v_guess FROM place_guess(p_place) LIMIT 1;
		IF v_guess.similarity >= v_sure THEN
			v.place_id := v_guess.place_id;
			v.zone_id := coalesce(v_guess.zone_id, v.zone_id);
			v.place := CASE WHEN v_guess.similarity < 1 THEN complaint_place_text(p_place, v_guess.name) ELSE v.place END;
		END IF;
	END IF;
	RETURN v;
END $$;

-- A place of the city that the words name as it is, where nothing else says where she is; or NULL.
CREATE OR REPLACE FUNCTION sos_place(p_words text)
RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN (SELECT min(name) FROM place_named((string_to_array(fold(p_words), ' '))[1:40]) HAVING count(*) = 1);
END $$;

-- How many they are, where the words count persons: "SOS nous sommes 4 personnes".
CREATE OR REPLACE FUNCTION sos_people(p_words text)
RETURNS integer
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
	RETURN nullif(substring(fold(p_words) FROM '\m([0-9]{1,4}) (?:personnes?|people|persons?|pessoas?|enfants?|children|kids|'
		'criancas?|adultes?|adults|adultos|women|men|femmes|hommes|mulheres|homens|شخص|اشخاص|اطفال|افراد)\M')::integer, 0);
END $$;

-- The open ticket of others who called from there, the nearest, or none.
CREATE OR REPLACE FUNCTION sos_like(p_ticket ticket)
RETURNS ticket
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v_metres double precision := setting_int('join_metres', 200);
	v_lat double precision;
	v_long double precision;
	v_narrow boolean; -- no whole quarter, whose middle is near to nothing
	v ticket;
BEGIN
	IF p_ticket.place_id IS NULL AND p_ticket.container IS NULL AND p_ticket.place IS NULL THEN
		RETURN NULL;
	END IF;
	SELECT coalesce(c.lat, p.lat), coalesce(c.long, p.long), c.number IS NOT NULL OR place_width(p.kind) < 3
	INTO v_lat, v_long, v_narrow
	FROM (SELECT 1) x LEFT JOIN container c ON c.number = p_ticket.container LEFT JOIN place p ON p.id = p_ticket.place_id;
	SELECT t.* INTO v
	FROM ticket t LEFT JOIN place p ON p.id = t.place_id LEFT JOIN container c ON c.number = t.container,
		LATERAL (SELECT CASE WHEN v_narrow AND (c.number IS NOT NULL OR place_width(p.kind) < 3)
			THEN metres_between(v_lat, v_long, coalesce(c.lat, p.lat), coalesce(c.long, p.long)) END AS metres) m
	WHERE t.category = 'sos' AND t.service = 'sos' AND t.state IN ('open', 'assigned', 'in_progress')
		AND t.opened_at > city_now() - sos_while() AND t.id IS DISTINCT FROM p_ticket.id
		AND (t.container = p_ticket.container OR t.place_id = p_ticket.place_id AND place_width(p.kind) <= 3
			OR m.metres <= v_metres
			OR t.place_id IS NULL AND p_ticket.place_id IS NULL AND t.zone_id = p_ticket.zone_id
				AND fold(t.place) = fold(p_ticket.place) AND fold(t.place) <> fold((SELECT name FROM zone WHERE id = t.zone_id)))
	ORDER BY m.metres NULLS LAST, t.id LIMIT 1;
	RETURN v;
END $$;

-- What officers read -------------------------------------------------------------------------------

-- The values of their texts about this caller: her number, since somebody will call her back, and what she wrote.
CREATE OR REPLACE FUNCTION sos_values(p_ticket ticket, p_person bigint, p_words text)
RETURNS text[]
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN ARRAY['reference', p_ticket.reference, 'place', coalesce(p_ticket.place, ''),
		'people', CASE WHEN p_ticket.people IS NULL THEN ''
			ELSE array_to_string(ARRAY['@sos_persons', 'people', p_ticket.people::text], E'\x1e') END,
		'number', (SELECT number FROM contact WHERE id = p_person), 'text', left(ltrim(translate(p_words, E'\x1d\x1e\x1f\n', '    '), ' @'), 300)];
END $$;

-- Of many messages about one ticket they hear the first twenty, then each tenth: the ticket has all.
CREATE OR REPLACE FUNCTION sos_is_told(p_ticket bigint)
RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v_count bigint := (SELECT count(*) FROM report WHERE ticket_id = p_ticket);
BEGIN
	RETURN v_count <= 20 OR v_count % 10 = 0;
END $$;

CREATE OR REPLACE FUNCTION sos_callers(p_ticket bigint)
RETURNS bigint
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN (SELECT count(DISTINCT contact_id) FROM report WHERE ticket_id = p_ticket);
END $$;

-- Where and how many is known now, or she wrote more: those who were woken hear it, and those who are woken later read
-- what is known by then, with the words of the first call, and those that told neither (p_beside).
DROP FUNCTION IF EXISTS sos_more(ticket, bigint, text);
CREATE OR REPLACE FUNCTION sos_more(p_ticket ticket, p_person bigint, p_words text, p_beside boolean)
RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	v_values text[] := sos_values(p_ticket, p_person, p_words);
BEGIN
	PERFORM duty_more(p_ticket.reference, 'sos_duty_more', v_values);
	UPDATE duty_call SET values[4] = v_values[4], values[6] = v_values[6],
		values[10] = CASE WHEN p_beside THEN left(values[10] || ' / ' || v_values[10], 300) ELSE values[10] END
	WHERE reference = p_ticket.reference AND text_key = 'sos_duty';
END $$;

-- Calls --------------------------------------------------------------------------------------------

-- Who joins a call hears what those before her have heard: that somebody has it, or that nobody has.
CREATE OR REPLACE FUNCTION sos_state_tell(p_ticket ticket, p_person bigint)
RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	v_state text := duty_state(p_ticket.id);
BEGIN
	IF v_state IN ('taken', 'nobody') THEN
		PERFORM notice_add(p_person, 'sos_' || v_state, ARRAY['reference', p_ticket.reference], 0, 'sos', p_ticket.id);
	END IF;
END $$;

-- Hers is the same as another's, as her answer tells: one ticket, and one chain of officers, those of both.
CREATE OR REPLACE FUNCTION sos_merge(p_mine ticket, p_other ticket, p_person bigint, p_words text)
RETURNS ticket
LANGUAGE plpgsql AS $$
DECLARE
	v_mine duty_call;
	v_other ticket;
BEGIN
	UPDATE report SET ticket_id = p_other.id WHERE ticket_id = p_mine.id;
	UPDATE ticket SET people = greatest(people, p_mine.people) WHERE id = p_other.id RETURNING * INTO v_other;
	INSERT INTO event (ticket_id, what, actor, note, at)
	VALUES (p_other.id, 'merged', 'citizen', p_mine.reference, city_now());
	PERFORM ticket_change(p_mine.id, 'duplicate', 'citizen', p_other.reference);
	DELETE FROM duty_call WHERE ticket_id = p_mine.id RETURNING * INTO v_mine;
	UPDATE duty_call SET woken = woken || ARRAY(SELECT w FROM unnest(v_mine.woken) AS w WHERE w <> ALL (woken))
	WHERE reference = p_other.reference;
	v_other.place := p_mine.place; -- nobody reads another's words
	PERFORM duty_more(p_other.reference, 'sos_duty_same', sos_values(v_other, p_person, p_words)
		|| ARRAY['other', p_mine.reference, 'count', sos_callers(p_other.id)::text]);
	PERFORM sos_state_tell(p_other, p_person);
	RETURN v_other;
END $$;

-- May her ticket still become another's?  Not when an officer has it already: then it is in progress.
CREATE OR REPLACE FUNCTION sos_may_merge(p_ticket ticket)
RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN p_ticket.state = 'open' AND sos_callers(p_ticket.id) = 1;
END $$;

-- More is known of a ticket: complete it, unless others called from there.  Returns the ticket that it is now.
CREATE OR REPLACE FUNCTION sos_complete(p_ticket ticket, p_place text, p_container text, p_people integer, p_person bigint,
	p_words text)
RETURNS ticket
LANGUAGE plpgsql AS $$
DECLARE
	v ticket := p_ticket;
	v_other ticket;
	v_nowhere CONSTANT boolean := p_ticket.place_id IS NULL AND p_ticket.container IS NULL AND p_ticket.zone_id IS NULL;
	v_place text := coalesce(p_place, CASE WHEN v_nowhere THEN sos_place(p_words) END);
	v_located boolean := p_ticket.place IS NULL AND coalesce(v_place, p_container) IS NOT NULL
		OR v_nowhere AND sos_place(v_place) IS NOT NULL; -- "I do not know" was no place
BEGIN
	IF v_located THEN
		v := sos_locate(v, v_place, p_container);
		UPDATE report SET place = v.place
		WHERE ticket_id = v.id AND contact_id = p_person AND place IS NOT DISTINCT FROM p_ticket.place;
	END IF;
	v.people := greatest(v.people, p_people);
	UPDATE ticket SET place = v.place, place_id = v.place_id, zone_id = v.zone_id, container = v.container,
		people = v.people, incomplete = v.place IS NULL OR v.people IS NULL
	WHERE id = v.id RETURNING * INTO v;
	v_other := sos_like(v);
	IF v_other.id IS NOT NULL AND v_located AND sos_may_merge(v) THEN
		v := sos_merge(v, v_other, p_person, p_words);
	ELSIF sos_is_told(v.id) THEN
		PERFORM sos_more(v, p_person, p_words, NOT v_located AND v.people IS NOT DISTINCT FROM p_ticket.people);
	END IF;
	RETURN v;
END $$;

-- A new call: one more of a ticket that others opened from there, or a ticket of its own.
CREATE OR REPLACE FUNCTION sos_call(p_ticket ticket, p_words text, p_message bigint, p_person bigint, p_sender bigint)
RETURNS ticket
LANGUAGE plpgsql AS $$
DECLARE
	v ticket := sos_like(p_ticket);
	v_values text[];
BEGIN
	IF v.id IS NOT NULL THEN
		UPDATE ticket SET people = greatest(people, p_ticket.people) WHERE id = v.id RETURNING * INTO v;
		v.place := p_ticket.place; -- nobody reads another's words
		v.incomplete := p_ticket.incomplete;
		PERFORM report_add(v, p_words, p_message, p_person, p_sender);
		IF sos_is_told(v.id) THEN
			v_values := sos_values(v, p_person, p_words) || ARRAY['count', sos_callers(v.id)::text];
			PERFORM duty_more(v.reference, 'sos_duty_count', v_values);
		END IF;
		PERFORM sos_state_tell(v, p_person);
		RETURN v;
	END IF;
	v := ticket_open(p_ticket, p_words, p_message, p_person, p_sender);
	-- Its clock is that of the officers on duty, and no department's.
	UPDATE ticket SET people = p_ticket.people, due_at = NULL WHERE id = v.id RETURNING * INTO v;
	PERFORM duty_wake('sos', v.reference, v.id, NULL, 'sos_duty', sos_values(v, p_person, p_words));
	RETURN v;
END $$;

-- What is said to her, and the one thing that is asked next.
CREATE OR REPLACE FUNCTION sos_said(p_ticket ticket, p_ask text, p_fields jsonb, p_message bigint, p_contact bigint)
RETURNS text[]
LANGUAGE plpgsql AS $$
DECLARE
	v_outcome text := CASE WHEN (p_fields ->> 'final')::boolean THEN 'received' WHEN p_ask = 'place' THEN 'where'
		WHEN p_ask = 'people' THEN 'people' ELSE 'noted' END;
BEGIN
	IF v_outcome IN ('where', 'people') THEN
		PERFORM session_ask(p_contact, 'sos', p_ask, concat_ws(E'\x1f', 'offered', p_ticket.reference,
			'for' || E'\x1f' || (p_fields ->> 'for')), p_message);
	END IF;
	RETURN ARRAY[v_outcome, 'reference', p_ticket.reference, 'place', coalesce(p_ticket.place, '')]
		|| CASE WHEN v_outcome IN ('where', 'people') THEN ARRAY['ask', p_ask] ELSE '{}' END;
END $$;

-- What she answered, or nothing, to what was asked about her ticket: after the place comes the number.
CREATE OR REPLACE FUNCTION sos_answered(p_message bigint, p_contact bigint, p_person bigint, p_fields jsonb)
RETURNS text[]
LANGUAGE plpgsql AS $$
DECLARE
	v_answer bigint := coalesce(p_fields ->> 'answer', p_fields ->> 'restated')::bigint;
	v_words text := (SELECT body FROM message WHERE id = v_answer);
	v_answered boolean := coalesce(p_fields ->> 'place', p_fields ->> 'container') IS NOT NULL;
	v_people integer := coalesce((p_fields ->> 'people')::integer, sos_people(v_words));
	v ticket;
	v_knew boolean;
BEGIN
	SELECT * INTO v FROM ticket WHERE id = (SELECT ticket_root(ticket_by_reference(p_fields ->> 'offered'))) FOR NO KEY UPDATE;
	IF v_answer IS NULL OR v.id IS NULL THEN
		RETURN ARRAY['kept'];
	END IF;
	v_knew := v.place IS NOT NULL;
	UPDATE report SET words = concat_ws(E'\n', words, v_words) WHERE message_id = p_message AND contact_id = p_person;
	v := sos_complete(v, p_fields ->> 'place', p_fields ->> 'container', v_people, p_person, v_words);
	RETURN sos_said(v, CASE WHEN NOT v_knew AND v_answered AND v_people IS NULL THEN 'people' END, p_fields, p_message,
		p_contact);
END $$;

CREATE OR REPLACE FUNCTION service_sos(p_message bigint, p_contact bigint, p_fields jsonb)
RETURNS text[]
LANGUAGE plpgsql AS $$
DECLARE
	v_person bigint := report_person(p_contact, p_fields);
	v_words text := coalesce(p_fields ->> 'words', (SELECT body FROM message WHERE id = p_message));
	v_people integer := coalesce((p_fields ->> 'people')::integer, sos_people(v_words));
	v_place text := coalesce(nullif(trim(p_fields ->> 'place'), ''), sos_place(v_words));
	v_mine bigint;
	v_knew boolean;
	v ticket;
BEGIN
	IF p_fields ? 'offered' THEN
		RETURN sos_answered(p_message, p_contact, v_person, p_fields);
	END IF;
	v_mine := sos_open(v_person);
	IF v_mine IS NOT NULL THEN
		SELECT * INTO v FROM ticket WHERE id = v_mine FOR NO KEY UPDATE;
		v_knew := v.place IS NOT NULL;
		PERFORM report_add(v, v_words, p_message, v_person, p_contact);
		v := sos_complete(v, v_place, p_fields ->> 'container', v_people, v_person, v_words);
		RETURN sos_said(v, CASE WHEN v.place IS NULL THEN 'place' WHEN NOT v_knew AND v_people IS NULL THEN 'people' END,
			p_fields, p_message, p_contact);
	END IF;
	v.service := 'sos';
	v.category := 'sos';
	v.urgent := true;
	v := sos_locate(v, v_place, p_fields ->> 'container');
	v.people := v_people;
	v.incomplete := v.place IS NULL OR v.people IS NULL;
	v := sos_call(v, v_words, p_message, v_person, p_contact);
	RETURN sos_said(v, CASE WHEN v.place IS NULL THEN 'place' WHEN v_people IS NULL THEN 'people' END, p_fields,
		p_message, p_contact);
END $$;
