-- SPDX-License-Identifier: GPL-3.0-or-later
-- tickets: what every service that files shares.

-- The next ticket's reference: 5 characters (later more) of A-Z and 2-9 without O, I, 0 and 1, scattered so that
-- neighbours look unlike, each with a letter and a digit so that none is a word or a number.  A four-round
-- Feistel permutation of the sequence under the database's own key: no two are ever equal.
CREATE OR REPLACE FUNCTION ticket_reference() RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
	v_key bigint := (SELECT value FROM secret WHERE name = 'reference');
	v_alphabet CONSTANT text := 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';
	v_n bigint;
	v_half integer; -- bits of each Feistel half
	v_length integer;
	v_left bigint;
	v_right bigint;
	v_swap bigint;
	v_text text;
BEGIN
	LOOP
		v_n := nextval('ticket_number');
		-- 4 characters hold 20 bits, 6 hold 30, 8 hold 40: even, so that the halves are equal.
		IF v_n < 1048576 THEN
			v_half := 10; v_length := 4;
		ELSIF v_n < 1048576 + 1073741824 THEN
			v_half := 15; v_length := 6; v_n := v_n - 1048576;
		ELSE
			v_half := 20; v_length := 8; v_n := v_n - 1048576 - 1073741824;
		END IF;
		v_left := v_n >> v_half;
		v_right := v_n & ((1::bigint << v_half) - 1);
		FOR i IN 1..4 LOOP
			v_swap := v_right;
			v_right := v_left # (hashint8extended(v_right, v_key + i) & ((1::bigint << v_half) - 1));
			v_left := v_swap;
		END LOOP;
		v_n := (v_left << v_half) | v_right;
		v_text := '';
		FOR i IN 1..v_length LOOP
			v_text := v_text || substr(v_alphabet, (v_n & 31)::integer + 1, 1);
			v_n := v_n >> 5;
		END LOOP;
		EXIT WHEN v_text ~ '[A-Z]' AND v_text ~ '[2-9]';
	END LOOP;
	RETURN v_text;
END $$;

-- When a ticket opened now is due: office days by its kind, else by its category.
CREATE OR REPLACE FUNCTION ticket_due(p_category text, p_kind text)
RETURNS timestamptz
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN office_add(city_now(), coalesce((SELECT value::integer FROM setting WHERE name = 'due_days.' || p_kind),
		(SELECT value::integer FROM setting WHERE name = 'due_days.' || p_category), 5));
END $$;

-- One person's report of a ticket, sent by herself or, p_helper, for her.  Words that are not given are the message's.
CREATE OR REPLACE FUNCTION report_add(p_ticket ticket, p_words text, p_message bigint, p_contact bigint,
	p_helper bigint DEFAULT NULL)
RETURNS void
LANGUAGE sql AS $$
	INSERT INTO report (ticket_id, contact_id, helper_id, message_id, category, place, words, incomplete, at)
	VALUES (p_ticket.id, p_contact, nullif(p_helper, p_contact), p_message, p_ticket.category, p_ticket.place,
		coalesce(p_words, (SELECT body FROM message WHERE id = p_message)), p_ticket.incomplete, city_now())
$$;

-- Open a ticket with its first report and event.  Of p_ticket count service, category, kind, place, place_id, container,
-- zone_id, incomplete, urgent, restricted; what is NULL is found, or is as the table has it: the zone by the container
-- or the place, the department by the category, the crew by the zone.  Returns it as it was stored.
CREATE OR REPLACE FUNCTION ticket_open(p_ticket ticket, p_words text, p_message bigint, p_contact bigint,
	p_helper bigint DEFAULT NULL)
RETURNS ticket
LANGUAGE plpgsql AS $$
DECLARE
	v_now timestamptz := city_now();
	v ticket := p_ticket;
BEGIN
	v.restricted := coalesce(v.restricted, false);
	v.zone_id := coalesce(v.zone_id, (SELECT zone_id FROM container WHERE number = v.container),
		(SELECT zone_id FROM place WHERE id = v.place_id));
	v.department_id := coalesce(v.department_id,
		(SELECT id FROM department WHERE v.category = ANY (categories) ORDER BY id LIMIT 1));
	INSERT INTO ticket (reference, service, category, kind, place, place_id, container, zone_id, crew_id, department_id,
		incomplete, urgent, restricted, opened_at, changed_at, due_at)
	VALUES (ticket_reference(), v.service, v.category, v.kind, v.place, v.place_id, v.container, v.zone_id,
		CASE WHEN v.service = 'skip' THEN crew_for(v.container, v.zone_id) END, v.department_id,
		coalesce(v.incomplete, false), coalesce(v.urgent, false), v.restricted, v_now, v_now,
		CASE WHEN NOT v.restricted THEN ticket_due(v.category, v.kind) END)
	RETURNING * INTO v;
	PERFORM report_add(v, p_words, p_message, p_contact, p_helper);
	INSERT INTO event (ticket_id, what, actor, at) VALUES (v.id, 'opened', 'citizen', v_now);
	PERFORM department_news(v);
	RETURN v;
END $$;

-- The same for what has no more to say of it; returns its reference.
CREATE OR REPLACE FUNCTION ticket_open(p_service text, p_category text, p_place text, p_words text,
	p_incomplete boolean, p_message bigint, p_contact bigint)
RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
	v ticket;
BEGIN
	v.service := p_service;
	v.category := p_category;
	v.place := p_place;
	v.incomplete := p_incomplete;
	v := ticket_open(v, p_words, p_message, p_contact);
	RETURN v.reference;
END $$;

-- Who is told and who does it ---------------------------------------------------------------------

-- The contact behind a phone of the city's own, a crew's or a department's, or NULL when it has none.  Until it says
-- otherwise it is spoken to in the language that the register gives.
CREATE OR REPLACE FUNCTION phone_contact(p_phone text, p_language text)
RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
	v_contact bigint;
BEGIN
	IF coalesce(p_phone, '') = '' THEN
		RETURN NULL;
	END IF;
	v_contact := contact_of(p_phone);
	UPDATE contact SET language = p_language
	WHERE id = v_contact AND NOT language_chosen AND p_language <> '' AND language IS DISTINCT FROM p_language;
	RETURN v_contact;
END $$;

-- The phone of the department of a ticket, as a contact.
CREATE OR REPLACE FUNCTION department_contact(p_department integer)
RETURNS bigint
LANGUAGE sql AS $$
	SELECT phone_contact(phone, language) FROM department WHERE id = p_department
$$;

-- Whose job it is: the container's own crew's, else the crew's of its zone, else of the zones around it.
CREATE OR REPLACE FUNCTION crew_for(p_container integer, p_zone integer)
RETURNS integer
LANGUAGE sql STABLE AS $$
	WITH RECURSIVE around (zone_id, level) AS (
		SELECT coalesce(p_zone, (SELECT zone_id FROM container WHERE number = p_container)), 1
		UNION ALL
		SELECT z.parent_id, level + 1 FROM around a JOIN zone z ON z.id = a.zone_id
		WHERE z.parent_id IS NOT NULL AND level < 10
	)
	SELECT coalesce((SELECT crew_id FROM container WHERE number = p_container),
		(SELECT w.id FROM around a JOIN crew w ON w.zone_id = a.zone_id ORDER BY a.level, w.id LIMIT 1))
$$;

CREATE OR REPLACE FUNCTION ticket_is_open(p_state text)
RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
	SELECT p_state IN ('open', 'assigned', 'in_progress')
$$;

-- Changes --------------------------------------------------------------------------------------------

-- Every change of a ticket's state: the event, the reason, the day that it was closed, and the news of it.  'changed';
-- 'same' when it was in that state; 'unknown' when there is no such ticket; 'taken' when it would be opened again, but
-- another ticket of the same container and kind is open meanwhile: nothing is written.
CREATE OR REPLACE FUNCTION ticket_change(p_ticket bigint, p_state text, p_actor text, p_reason text)
RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
	v_now timestamptz := city_now();
	v_ticket ticket;
	v_opens boolean := ticket_is_open(p_state);
	v_again boolean;
BEGIN
	SELECT * INTO v_ticket FROM ticket WHERE id = p_ticket FOR NO KEY UPDATE;
	IF NOT FOUND THEN
		RETURN 'unknown';
	ELSIF v_ticket.state = p_state THEN
		RETURN 'same';
	END IF;
	v_again := v_opens AND NOT ticket_is_open(v_ticket.state);
	IF v_again AND EXISTS (SELECT FROM ticket t WHERE t.container = v_ticket.container AND t.kind = v_ticket.kind
			AND t.id <> p_ticket AND t.state IN ('open', 'assigned', 'in_progress')) THEN
		RETURN 'taken';
	END IF;
	UPDATE ticket SET state = p_state, changed_at = v_now, reason = CASE WHEN NOT v_opens THEN p_reason END,
		closed_at = CASE WHEN NOT v_opens THEN v_now END, reopened = reopened + v_again::integer,
		due_at = CASE WHEN v_again THEN ticket_due(category, kind) ELSE due_at END,
		reminded_at = CASE WHEN NOT v_again THEN reminded_at END,
		escalated_at = CASE WHEN NOT v_again THEN escalated_at END
	WHERE id = p_ticket;
	INSERT INTO event (ticket_id, what, actor, note, at)
	VALUES (p_ticket, CASE WHEN v_again THEN 'reopened' ELSE p_state END, p_actor, p_reason, v_now);
	PERFORM ticket_news(p_ticket, p_state);
	RETURN 'changed';
END $$;
