-- SPDX-License-Identifier: GPL-3.0-or-later
-- tickets: what every service that files shares.

-- The p_n-th of 4^p_half texts of p_half * 2 / 5 characters of A-Z and 2-9 without O, I, 0 and 1, scattered so that
-- neighbours look unlike.  A four-round Feistel permutation under the key: no two are ever equal.
--   p_half  bits of each half: 10, 15 or 20 for 4, 6 or 8 characters
CREATE OR REPLACE FUNCTION reference_scatter(p_n bigint, p_half integer, p_key bigint) RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v_alphabet CONSTANT text := 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';
	v_mask CONSTANT bigint := (1::bigint << p_half) - 1;
	v_left bigint := p_n >> p_half;
	v_right bigint := p_n & v_mask;
	v_n bigint;
	v_text text := '';
BEGIN
	FOR i IN 1..4 BY 2 LOOP -- two rounds, after which left and right are where they were
		v_left := v_left # (hashint8extended(v_right, p_key + i) & v_mask);
		v_right := v_right # (hashint8extended(v_left, p_key + i + 1) & v_mask);
	END LOOP;
	v_n := (v_left << p_half) | v_right;
	FOR i IN 0..p_half * 2 / 5 - 1 LOOP
		v_text := v_text || substr(v_alphabet, (v_n >> 5 * i & 31)::integer + 1, 1);
	END LOOP;
	RETURN v_text;
END $$;

-- The next ticket's reference: 4 characters (later more).  None is what people write for something else: a word, a number,
-- N297 (number 297), KN25 (a street), 20KG, 3RD.  So letters and digits, which change more than once.
CREATE OR REPLACE FUNCTION ticket_reference() RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
	v_key bigint := (SELECT value FROM secret WHERE name = 'reference');
	v_n bigint;
	v_text text;
BEGIN
	LOOP
		v_n := nextval('ticket_number');
		IF v_n < 1048576 THEN
			v_text := reference_scatter(v_n, 10, v_key);
		ELSIF v_n < 1048576 + 1073741824 THEN
			v_text := reference_scatter(v_n - 1048576, 15, v_key);
		ELSE
			v_text := reference_scatter(v_n - 1048576 - 1073741824, 20, v_key);
		END IF;
		EXIT WHEN v_text ~ '[A-Z][2-9]' AND v_text ~ '[2-9][A-Z]';
	END LOOP;
	RETURN v_text;
END $$;

-- When a ticket opened at p_at, or now, is due: office days by its kind, else by its category.  In the path of every
-- report: one query for all settings.
DROP FUNCTION IF EXISTS ticket_due(text, text);
CREATE OR REPLACE FUNCTION ticket_due(p_category text, p_kind text, p_at timestamptz DEFAULT NULL)
RETURNS timestamptz
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v_at timestamptz := coalesce(p_at, city_now());
	v_days integer;
	v_rest text;
	v_closes time;
	v_holidays date[];
BEGIN
	SELECT coalesce((SELECT value FROM setting WHERE name = 'due_days.' || p_kind),
			(SELECT value FROM setting WHERE name = 'due_days.' || p_category), '5'),
		coalesce((SELECT value FROM setting WHERE name = 'rest_days'), 'saturday sunday'),
		coalesce((SELECT split_part(value, ' ', 2) FROM setting WHERE name = 'office_hours'), '16:00'),
		ARRAY(SELECT day FROM holiday WHERE day >= v_at::date)
	INTO v_days, v_rest, v_closes, v_holidays;
	RETURN office_close(v_at, v_days, v_rest, v_closes, v_holidays);
END $$;

-- One person's report of a ticket, sent by herself or, p_helper, for her.  Words that are not given are the message's;
-- it comes now, unless its time is given.
DROP FUNCTION IF EXISTS report_add(ticket, text, bigint, bigint, bigint);
CREATE OR REPLACE FUNCTION report_add(p_ticket ticket, p_words text, p_message bigint, p_contact bigint,
	p_helper bigint DEFAULT NULL, p_at timestamptz DEFAULT NULL)
RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	v_words text := p_words;
BEGIN
	IF v_words IS NULL THEN
		v_words := (SELECT body FROM message WHERE id = p_message);
	END IF;
	INSERT INTO report (ticket_id, contact_id, helper_id, message_id, category, place, words, incomplete, at)
	VALUES (p_ticket.id, p_contact, nullif(p_helper, p_contact), p_message, p_ticket.category, p_ticket.place,
		v_words, p_ticket.incomplete, coalesce(p_at, city_now()));
END $$;

-- Open a ticket with its first report and event.  Of p_ticket count service, category, kind, place, place_id, container,
-- zone_id, crew_id, incomplete, urgent, restricted; what is NULL is found, or is as the table has it: the zone by the
-- container or the place, the department by the category, the crew by the zone.  Returns it as it was stored.
CREATE OR REPLACE FUNCTION ticket_open(p_ticket ticket, p_words text, p_message bigint, p_contact bigint,
	p_helper bigint DEFAULT NULL)
RETURNS ticket
LANGUAGE plpgsql AS $$
DECLARE
	v ticket := p_ticket;
BEGIN
	v.opened_at := city_now();
	v.restricted := coalesce(v.restricted, false);
	IF v.zone_id IS NULL AND v.container IS NOT NULL THEN
		v.zone_id := (SELECT zone_id FROM container WHERE number = v.container);
	END IF;
	IF v.zone_id IS NULL AND v.place_id IS NOT NULL THEN
		v.zone_id := (SELECT zone_id FROM place WHERE id = v.place_id);
	END IF;
	IF v.department_id IS NULL THEN
		v.department_id := (SELECT id FROM department WHERE v.category = ANY (categories) ORDER BY id LIMIT 1);
	END IF;
	IF v.crew_id IS NULL AND v.service = 'skip' THEN
		v.crew_id := crew_for(v.container, v.zone_id);
	END IF;
	IF NOT v.restricted THEN
		v.due_at := ticket_due(v.category, v.kind, v.opened_at);
	END IF;
	v.reference := ticket_reference();
	INSERT INTO ticket (reference, service, category, kind, place, place_id, container, zone_id, crew_id, department_id,
		incomplete, urgent, restricted, opened_at, changed_at, due_at)
	VALUES (v.reference, v.service, v.category, v.kind, v.place, v.place_id, v.container, v.zone_id, v.crew_id,
		v.department_id, coalesce(v.incomplete, false), coalesce(v.urgent, false), v.restricted, v.opened_at,
		v.opened_at, v.due_at)
	RETURNING * INTO v;
	PERFORM report_add(v, p_words, p_message, p_contact, p_helper, v.opened_at);
	INSERT INTO event (ticket_id, what, actor, at) VALUES (v.id, 'opened', 'citizen', v.opened_at);
	PERFORM department_news(v);
	PERFORM ticket_danger(v);
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
	v_other boolean; -- spoken to in another language than the register's
BEGIN
	IF coalesce(p_phone, '') = '' THEN
		RETURN NULL;
	END IF;
	SELECT id, NOT language_chosen AND p_language <> '' AND language IS DISTINCT FROM p_language
	INTO v_contact, v_other FROM contact WHERE number = p_phone;
	IF v_contact IS NULL THEN
		v_contact := contact_of(p_phone);
		v_other := p_language <> '';
	END IF;
	IF v_other THEN
		UPDATE contact SET language = p_language WHERE id = v_contact AND NOT language_chosen;
	END IF;
	RETURN v_contact;
END $$;

-- The phone of the department of a ticket, as a contact.
CREATE OR REPLACE FUNCTION department_contact(p_department integer)
RETURNS bigint
LANGUAGE plpgsql AS $$
BEGIN
	RETURN (SELECT phone_contact(phone, language) FROM department WHERE id = p_department);
END $$;

-- The crew of a zone, else of the zones around it.
CREATE OR REPLACE FUNCTION zone_crew(p_zone integer)
RETURNS integer
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v_zone integer := p_zone;
	v_crew integer;
BEGIN
	FOR i IN 1..10 LOOP
		EXIT WHEN v_zone IS NULL;
		SELECT (SELECT id FROM crew WHERE zone_id = z.id ORDER BY id LIMIT 1), z.parent_id INTO v_crew, v_zone
		FROM zone z WHERE z.id = v_zone;
		EXIT WHEN v_crew IS NOT NULL;
	END LOOP;
	RETURN v_crew;
END $$;

-- Whose job it is: the container's own crew's, else the crew's of its zone, else of the zones around it.
CREATE OR REPLACE FUNCTION crew_for(p_container integer, p_zone integer)
RETURNS integer
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v_crew integer;
	v_zone integer := p_zone;
BEGIN
	IF p_container IS NOT NULL THEN
		SELECT crew_id, coalesce(p_zone, zone_id) INTO v_crew, v_zone FROM container WHERE number = p_container;
		IF NOT FOUND THEN
			v_zone := p_zone;
		END IF;
	END IF;
	RETURN coalesce(v_crew, zone_crew(v_zone));
END $$;

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
	WHERE id = p_ticket RETURNING * INTO v_ticket;
	INSERT INTO event (ticket_id, what, actor, note, at)
	VALUES (p_ticket, CASE WHEN v_again THEN 'reopened' ELSE p_state END, p_actor, p_reason, v_now);
	PERFORM ticket_news(p_ticket, p_state);
	IF v_again THEN
		PERFORM ticket_danger(v_ticket);
	END IF;
	RETURN 'changed';
END $$;

-- The ticket of a reference: its own, or one that it was given before its ticket became another's; or NULL.
CREATE OR REPLACE FUNCTION ticket_by_reference(p_reference text)
RETURNS bigint
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN coalesce((SELECT id FROM ticket WHERE reference = p_reference),
		(SELECT ticket_id FROM ticket_alias WHERE reference = p_reference));
END $$;

-- The ticket that this one was closed as a duplicate of, and so on; itself, when it was not.
CREATE OR REPLACE FUNCTION ticket_root(p_ticket bigint)
RETURNS bigint
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v_root bigint := p_ticket;
	v_next bigint;
BEGIN
	FOR i IN 1..10 LOOP
		v_next := (SELECT ticket_by_reference(reason) FROM ticket WHERE id = v_root AND state = 'duplicate');
		EXIT WHEN v_next IS NULL;
		v_root := v_next;
	END LOOP;
	RETURN v_root;
END $$;
