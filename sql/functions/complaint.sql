-- SPDX-License-Identifier: GPL-3.0-or-later
-- complaint: what a citizen reports becomes a ticket, complete or marked incomplete, never nothing.
--
-- It is filed before anything is asked: of two places that she may mean, which; of a like ticket near by, whether it is the
-- same.  Whoever does not answer has her own ticket, and its reference.

-- What few may read.
CREATE OR REPLACE FUNCTION complaint_is_restricted(p_category text)
RETURNS boolean
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
	RETURN p_category IN ('corruption', 'violence', 'misconduct');
END $$;

-- One neutral reply, whatever it is about: a ticket for named readers, and nobody is told but their tray.
CREATE OR REPLACE FUNCTION complaint_restricted(p_category text, p_place text, p_words text, p_message bigint,
	p_person bigint, p_sender bigint)
RETURNS text[]
LANGUAGE plpgsql AS $$
DECLARE
	v ticket;
BEGIN
	v.service := 'complaint';
	v.category := p_category;
	v.place := p_place;
	v.restricted := true;
	v := ticket_open(v, p_words, p_message, p_person, p_sender);
	INSERT INTO tray (kind, contact_id, message_id, ticket_id, at)
	VALUES ('restricted', p_person, p_message, v.id, city_now());
	RETURN ARRAY['neutral'];
END $$;

-- Places ------------------------------------------------------------------------------------------

-- The places that she may mean, none likelier than another by much: one when it is clear.  A lamp-post may be named where
-- the sentence says what is wrong.
DROP FUNCTION IF EXISTS complaint_places(text, text, text);
CREATE OR REPLACE FUNCTION complaint_places(p_place text, p_zone integer, p_category text, p_words text)
RETURNS TABLE (place_id bigint, name text, zone_id integer, lat double precision, long double precision, similarity real)
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v_near CONSTANT real := 0.1;
BEGIN
	RETURN QUERY SELECT x.place_id, x.name, x.zone_id, x.lat, x.long, x.similarity
		FROM (SELECT g.*, max(g.similarity) OVER () AS best FROM place_guess_in(p_place, p_zone) g) x
		WHERE x.similarity >= x.best - v_near ORDER BY x.similarity DESC, x.name;
	IF NOT FOUND AND p_category = 'light' THEN
		RETURN QUERY SELECT g.* FROM place_named((string_to_array(fold(p_words), ' '))[1:40]) g
			JOIN place p ON p.id = g.place_id WHERE p.kind = 'lamp_post';
	END IF;
END $$;

-- What the place of a ticket is called, when her words are like a name: the name, beside her words if they say more.
CREATE OR REPLACE FUNCTION complaint_place_text(p_words text, p_name text)
RETURNS text
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
	RETURN CASE WHEN cardinality(string_to_array(place_core(fold(p_words)), ' '))
			<= cardinality(string_to_array(place_core(fold(p_name)), ' ')) THEN p_name
		ELSE p_words || ' (' || p_name || ')' END;
END $$;

-- Are these words nothing but the name of that place?
CREATE OR REPLACE FUNCTION complaint_names_only(p_words text, p_place bigint)
RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN EXISTS (SELECT FROM place_name n WHERE n.place_id = p_place AND n.folded = fold(p_words));
END $$;

-- Like ones ---------------------------------------------------------------------------------------

-- May two reports of one place be about one thing?  Of a quarter only when one of them says no more than its name, or both
-- the same.
CREATE OR REPLACE FUNCTION complaint_is_there(p_place place, p_words text, p_other_words text)
RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN place_width(p_place.kind) < 3 OR fold(p_words) = fold(p_other_words)
		OR complaint_names_only(p_words, p_place.id) OR complaint_names_only(p_other_words, p_place.id);
END $$;

-- Her own open ticket of the same thing at the same place, or none.
CREATE OR REPLACE FUNCTION complaint_own(p_person bigint, p_ticket ticket)
RETURNS ticket
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v_newest CONSTANT integer := 30; -- of her reports are looked at
	v_place place;
	v ticket;
BEGIN
	IF NOT EXISTS (SELECT FROM report WHERE contact_id = p_person) THEN
		RETURN NULL;
	ELSIF p_ticket.place_id IS NOT NULL THEN
		SELECT * INTO v_place FROM place WHERE id = p_ticket.place_id;
	END IF;
	FOR v IN
		SELECT t.* FROM (SELECT ticket_id FROM report WHERE contact_id = p_person ORDER BY id DESC LIMIT v_newest) m
			JOIN ticket t ON t.id = m.ticket_id
		WHERE t.category = p_ticket.category AND t.state IN ('open', 'assigned', 'in_progress')
			AND t.service = 'complaint' AND NOT t.restricted AND t.place_id IS NOT DISTINCT FROM p_ticket.place_id
		ORDER BY t.id DESC
	LOOP
		IF v_place.id IS NULL AND fold(v.place) = fold(p_ticket.place)
				OR v_place.id IS NOT NULL AND complaint_is_there(v_place, p_ticket.place, v.place) THEN
			RETURN v;
		END IF;
	END LOOP;
	RETURN NULL;
END $$;

-- Another's open ticket of the same thing near by, the nearest and newest, or none.  By words alone nothing is near, but for
-- equal words in one zone.
CREATE OR REPLACE FUNCTION complaint_like(p_ticket ticket)
RETURNS ticket
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v_since timestamptz := city_now() - make_interval(days => setting_int('join_days', 14));
	v_metres double precision := setting_int('join_metres', 200);
	v_degrees double precision := v_metres / 111000;
	v_newest CONSTANT integer := 20; -- of one place are looked at
	v_place place;
	v ticket;
BEGIN
	IF p_ticket.place_id IS NULL AND p_ticket.zone_id IS NULL THEN
		RETURN NULL;
	END IF;
	SELECT * INTO v_place FROM place WHERE id = p_ticket.place_id;
	IF v_place.id IS NULL THEN
		SELECT t.* INTO v FROM (SELECT * FROM ticket
			WHERE category = p_ticket.category AND opened_at > v_since AND state IN ('open', 'assigned', 'in_progress')
			ORDER BY opened_at DESC LIMIT v_newest) t
		WHERE t.service = 'complaint' AND NOT t.restricted AND t.zone_id = p_ticket.zone_id AND t.place_id IS NULL
			AND fold(t.place) = fold(p_ticket.place)
		ORDER BY t.opened_at DESC LIMIT 1;
		RETURN v;
	END IF;
	SELECT t.* INTO v FROM (SELECT * FROM ticket
		WHERE place_id = v_place.id AND category = p_ticket.category AND opened_at > v_since
			AND state IN ('open', 'assigned', 'in_progress') AND service = 'complaint' AND NOT restricted
		ORDER BY opened_at DESC LIMIT v_newest) t
	WHERE complaint_is_there(v_place, p_ticket.place, t.place)
	ORDER BY t.opened_at DESC LIMIT 1;
	IF v.id IS NOT NULL OR place_width(v_place.kind) >= 3 OR v_place.lat IS NULL THEN
		RETURN v;
	END IF;
	SELECT t.* INTO v FROM place p, LATERAL (SELECT * FROM ticket
		WHERE place_id = p.id AND category = p_ticket.category AND opened_at > v_since
			AND state IN ('open', 'assigned', 'in_progress') AND service = 'complaint' AND NOT restricted
		ORDER BY opened_at DESC LIMIT 1) t
	WHERE p.lat BETWEEN v_place.lat - v_degrees AND v_place.lat + v_degrees
		AND p.long BETWEEN v_place.long - v_degrees / cosd(least(abs(v_place.lat), 89))
		AND v_place.long + v_degrees / cosd(least(abs(v_place.lat), 89))
		AND place_width(p.kind) < 3 AND p.id <> v_place.id
		AND metres_between(v_place.lat, v_place.long, p.lat, p.long) <= v_metres
	ORDER BY metres_between(v_place.lat, v_place.long, p.lat, p.long), t.opened_at DESC LIMIT 1;
	RETURN v;
END $$;

-- Her ticket was the same as another: her reports are that one's.  Hers goes when nobody has seen it, its reference then
-- is the other's too; else it is closed as its duplicate.
CREATE OR REPLACE FUNCTION complaint_join(p_mine ticket, p_other ticket)
RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	v_told boolean := setting_list('digest_times', '') <> '{}'
		AND NOT EXISTS (SELECT FROM notice WHERE ticket_id = p_mine.id);
BEGIN
	UPDATE report SET ticket_id = p_other.id WHERE ticket_id = p_mine.id;
	IF p_mine.state = 'open' AND NOT v_told
			AND (SELECT count(*) FROM event WHERE ticket_id = p_mine.id) = 1 THEN
		BEGIN
			DELETE FROM notice WHERE ticket_id = p_mine.id;
			UPDATE tray SET ticket_id = p_other.id WHERE ticket_id = p_mine.id;
			DELETE FROM event WHERE ticket_id = p_mine.id;
			DELETE FROM ticket WHERE id = p_mine.id;
			INSERT INTO ticket_alias (reference, ticket_id) VALUES (p_mine.reference, p_other.id);
			RETURN;
		EXCEPTION WHEN foreign_key_violation THEN
			NULL; -- something else is about it: it stays
		END;
	END IF;
	INSERT INTO event (ticket_id, what, actor, note, at)
	VALUES (p_other.id, 'merged', 'citizen', p_mine.reference, city_now());
	PERFORM ticket_change(p_mine.id, 'duplicate', 'citizen', p_other.reference);
END $$;

-- What is said ------------------------------------------------------------------------------------

CREATE OR REPLACE FUNCTION complaint_said(p_outcome text, p_ticket ticket)
RETURNS text[]
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v_reports text := '1';
BEGIN
	IF p_outcome IN ('joined', 'again') THEN
		v_reports := (SELECT count(DISTINCT contact_id) FROM report WHERE ticket_id = p_ticket.id);
	END IF;
	RETURN ARRAY[p_outcome, 'reference', p_ticket.reference, 'category', '@category_' || p_ticket.category,
		'place', coalesce(p_ticket.place, ''), 'since', to_char(p_ticket.opened_at, 'DD/MM'), 'reports', v_reports];
END $$;

-- Ask one thing about her ticket.  p_offered: what the answer chooses from.
CREATE OR REPLACE FUNCTION complaint_ask(p_contact bigint, p_message bigint, p_field text, p_category text, p_offered text)
RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	PERFORM session_ask(p_contact, 'complaint', p_field,
		concat_ws(E'\x1f', 'category', p_category, 'offered', p_offered), p_message);
END $$;

-- Answers -----------------------------------------------------------------------------------------

-- The place that an answer chooses: by its number, or by its name.
CREATE OR REPLACE FUNCTION complaint_chosen(p_answer text, p_choices text[])
RETURNS TABLE (place_id bigint, name text, zone_id integer)
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v_number text := fold(p_answer);
	v_choice text := CASE WHEN v_number ~ '^[0-9]$' THEN p_choices[v_number::integer] END;
BEGIN
	IF v_choice LIKE 'z%' THEN
		RETURN QUERY SELECT NULL::bigint, z.name, z.id FROM zone z WHERE z.id = substr(v_choice, 2)::integer;
	ELSIF v_choice IS NOT NULL THEN
		RETURN QUERY SELECT p.id, p.name, p.zone_id FROM place p WHERE p.id = v_choice::bigint;
	ELSIF v_number !~ '^[0-9 ]*$' THEN
		RETURN QUERY SELECT g.place_id, g.name, g.zone_id FROM place_guess(p_answer) g
			ORDER BY coalesce(g.place_id::text, 'z' || g.zone_id) = ANY (p_choices) DESC, g.similarity DESC LIMIT 1;
	END IF;
END $$;

-- Where it is, she says now.
CREATE OR REPLACE FUNCTION complaint_located(p_ticket ticket, p_answer text, p_choices text[])
RETURNS text[]
LANGUAGE plpgsql AS $$
DECLARE
	v record;
	v_ticket ticket := p_ticket;
BEGIN
	SELECT * INTO v FROM complaint_chosen(p_answer, p_choices);
	UPDATE ticket SET place_id = coalesce(v.place_id, place_id), zone_id = coalesce(v.zone_id, zone_id),
		place = CASE WHEN v.name IS NOT NULL THEN v.name WHEN fold(p_answer) ~ '^[0-9 ]*$' THEN place
			WHEN length(fold(p_answer)) <= 3 THEN place ELSE concat_ws(', ', place, p_answer) END
	WHERE id = p_ticket.id RETURNING * INTO v_ticket;
	RETURN complaint_said('created', v_ticket);
END $$;

-- What she answered, or nothing, to what was asked about her ticket.
CREATE OR REPLACE FUNCTION complaint_answered(p_offered text, p_message bigint, p_fields jsonb)
RETURNS text[]
LANGUAGE plpgsql AS $$
DECLARE
	v_offered text[] := string_to_array(p_offered, ' ');
	v_answer bigint := coalesce(p_fields ->> 'answer', p_fields ->> 'restated')::bigint;
	v_mine ticket;
	v_other ticket;
BEGIN
	IF v_answer IS NULL THEN
		RETURN ARRAY['kept']; -- she has its reference
	END IF;
	SELECT * INTO v_mine FROM ticket WHERE reference = v_offered[2] FOR NO KEY UPDATE;
	SELECT * INTO v_other FROM ticket WHERE v_offered[1] = 'same' AND reference = v_offered[3] FOR NO KEY UPDATE;
	IF v_mine.id IS NULL THEN
		RETURN ARRAY['kept'];
	END IF;
	UPDATE report SET words = concat_ws(E'\n', words, (SELECT body FROM message WHERE id = v_answer))
	WHERE message_id = p_message AND ticket_id = v_mine.id;
	IF v_offered[1] = 'where' THEN
		RETURN complaint_located(v_mine, coalesce(p_fields ->> 'place', ''), v_offered[3:]);
	ELSIF p_fields ->> 'same' = 'yes' AND ticket_is_open(v_mine.state) AND ticket_is_open(v_other.state) THEN
		PERFORM complaint_join(v_mine, v_other);
		v_other.place := v_mine.place; -- in her own words
		RETURN complaint_said('joined', v_other);
	END IF;
	RETURN complaint_said('created', v_mine);
END $$;

-- Filing ------------------------------------------------------------------------------------------

-- One more report of hers about what is open.
CREATE OR REPLACE FUNCTION complaint_again(p_ticket ticket, p_words text, p_message bigint, p_person bigint,
	p_sender bigint)
RETURNS text[]
LANGUAGE plpgsql AS $$
BEGIN
	PERFORM report_add(p_ticket, p_words, p_message, p_person, p_sender);
	RETURN complaint_said('again', p_ticket);
END $$;

-- She was asked where, and said all of it again: one ticket, two reports.
CREATE OR REPLACE FUNCTION complaint_restated(p_ticket ticket, p_person bigint, p_message bigint)
RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO report (ticket_id, contact_id, message_id, category, place, words, at)
	SELECT p_ticket.id, p_person, m.id, p_ticket.category, p_ticket.place, m.body, m.at
	FROM message m WHERE m.id = p_message;
END $$;

-- The first thing that is to be asked about a new ticket: which place, or whether it is the same as another.  NULL: nothing.
CREATE OR REPLACE FUNCTION complaint_question(p_ticket ticket, p_places text[], p_names text[], p_other ticket,
	p_message bigint, p_contact bigint)
RETURNS text[]
LANGUAGE plpgsql AS $$
DECLARE
	v_width CONSTANT integer := 70; -- letters of choices that one SMS has room for
BEGIN
	IF cardinality(p_places) > 0 THEN
		PERFORM complaint_ask(p_contact, p_message, 'place', p_ticket.category,
			concat_ws(' ', 'where', p_ticket.reference, array_to_string(p_places[1:4], ' ')));
		RETURN complaint_said('where', p_ticket) || ARRAY['choices',
			(SELECT string_agg(n || ' ' || name, ', ' ORDER BY n)
			FROM (SELECT *, sum(length(name) + 4) OVER (ORDER BY n) AS width
				FROM unnest(p_names[1:4]) WITH ORDINALITY AS c(name, n)) c
			WHERE n <= 2 OR width <= v_width),
			'ask', 'place'];
	ELSIF p_other.id IS NOT NULL THEN
		PERFORM complaint_ask(p_contact, p_message, 'same', p_ticket.category,
			concat_ws(' ', 'same', p_ticket.reference, p_other.reference));
		p_ticket.opened_at := p_other.opened_at;
		RETURN complaint_said('same', p_ticket) || ARRAY['ask', 'same'];
	END IF;
	RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION service_complaint(p_message bigint, p_contact bigint, p_fields jsonb)
RETURNS text[]
LANGUAGE plpgsql AS $$
DECLARE
	v_said_category text := coalesce(p_fields ->> 'category', '');
	v_final boolean := coalesce((p_fields ->> 'final')::boolean, false);
	v_person bigint := report_person(p_contact, p_fields);
	v_words text := form_words(p_message, p_fields - 'restated'); -- a report of its own
	v_zone record := form_zone(p_fields);
	v_place text := coalesce(nullif(p_fields ->> 'place', ''), v_zone.name);
	v_sure CONSTANT real := 0.5; -- a name that is less like what she wrote is asked about
	v_doubt boolean;
	v_places text[] := '{}';
	v_names text[] := '{}';
	v_zones integer[] := '{}';
	v_guess record;
	v_other ticket;
	v ticket;
	v_question text[];
BEGIN
	IF p_fields ? 'offered' THEN
		RETURN complaint_answered(p_fields ->> 'offered', p_message, p_fields);
	ELSIF complaint_is_restricted(v_said_category) THEN
		RETURN complaint_restricted(v_said_category, v_place, v_words, p_message, v_person, p_contact);
	END IF;
	v.service := 'complaint';
	v.category := coalesce(nullif(v_said_category, ''), 'other');
	v.place := v_place;
	v.incomplete := v_said_category = '' OR v_place IS NULL;
	FOR v_guess IN SELECT * FROM complaint_places(v_place, v_zone.id, v.category, coalesce(v_words, '')) LOOP
		v_places := v_places || coalesce(v_guess.place_id::text, 'z' || v_guess.zone_id);
		v_names := v_names || v_guess.name;
		v_zones := v_zones || v_guess.zone_id;
		v.place_id := v_guess.place_id;
	END LOOP;
	v.zone_id := coalesce(CASE WHEN v_zones[1] = ALL (v_zones) THEN v_zones[1] END, v_zone.id);
	v_doubt := cardinality(v_places) > 1 OR v_guess.similarity < v_sure;
	IF v_doubt THEN
		v.place_id := NULL;
	ELSIF v_guess.similarity < 1 THEN
		v.place := complaint_place_text(v_place, v_guess.name);
	END IF;
	IF NOT v.incomplete AND v.category <> 'other' THEN
		v_other := complaint_own(v_person, v);
		IF v_other.id IS NOT NULL THEN
			v_other.place := v.place; -- as she says it
			RETURN complaint_again(v_other, v_words, p_message, v_person, p_contact);
		ELSIF NOT v_final THEN
			v_other := complaint_like(v);
		END IF;
	END IF;
	v := ticket_open(v, v_words, p_message, v_person, p_contact);
	IF p_fields ? 'restated' THEN
		PERFORM complaint_restated(v, v_person, (p_fields ->> 'restated')::bigint);
	END IF;
	IF NOT v_final AND NOT v.incomplete THEN
		v_question := complaint_question(v, CASE WHEN v_doubt THEN v_places ELSE '{}' END, v_names, v_other, p_message, p_contact);
	END IF;
	IF v.incomplete THEN
		RETURN complaint_said('incomplete', v) || ARRAY['when', office_when()];
	END IF;
	RETURN coalesce(v_question, complaint_said('created', v));
END $$;
