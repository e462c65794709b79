-- SPDX-License-Identifier: GPL-3.0-or-later
-- pickup: collection at the door on demand.  A ticket for the crew of her zone, due on the next office day, which she
-- hears; the crew closes it as any job, by its reference.

-- What she has asked for already and is not fetched yet.
CREATE OR REPLACE FUNCTION pickup_open(p_person bigint)
RETURNS ticket
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN (SELECT t FROM ticket t JOIN report r ON r.ticket_id = t.id
		WHERE r.contact_id = p_person AND t.service = 'pickup' AND ticket_is_open(t.state)
		ORDER BY t.id DESC LIMIT 1);
END $$;

-- Open the ticket.  Where no crew goes, or nobody knows where it is, a person reads it.
CREATE OR REPLACE FUNCTION pickup_plan(p_kind text, p_place text, p_words text, p_message bigint, p_person bigint,
	p_sender bigint)
RETURNS ticket
LANGUAGE plpgsql AS $$
DECLARE
	v ticket;
BEGIN
	v.service := 'pickup';
	v.category := 'waste';
	v.kind := p_kind;
	v.place := p_place;
	v.incomplete := p_place IS NULL;
	SELECT g.place_id, g.zone_id INTO v.place_id, v.zone_id FROM place_guess(p_place) g LIMIT 1;
	v.crew_id := crew_for(NULL, v.zone_id);
	v := ticket_open(v, p_words, p_message, p_person, p_sender);
	UPDATE ticket SET due_at = office_add(opened_at, setting_int('due_days.' || kind, 1)) WHERE id = v.id RETURNING * INTO v;
	IF v.crew_id IS NULL THEN
		INSERT INTO tray (kind, contact_id, message_id, ticket_id, note, at)
		VALUES ('incomplete', p_person, p_message, v.id, CASE WHEN p_place IS NULL THEN 'no place was said'
			ELSE 'no crew goes there: say who and when' END, v.opened_at);
	ELSE
		PERFORM ticket_job(v.id);
	END IF;
	RETURN v;
END $$;

CREATE OR REPLACE FUNCTION service_pickup(p_message bigint, p_contact bigint, p_fields jsonb)
RETURNS text[]
LANGUAGE plpgsql AS $$
DECLARE
	v_kind text := coalesce(nullif(p_fields ->> 'what', 'other'), 'recyclables');
	v_place text := nullif(trim(p_fields ->> 'place'), '');
	v_words text := form_words(p_message, p_fields);
	v_person bigint := report_person(p_contact, p_fields);
	v_ticket ticket := pickup_open(v_person);
	v_outcome text := 'again';
BEGIN
	IF v_ticket.id IS NOT NULL THEN
		PERFORM report_add(v_ticket, v_words, p_message, v_person, p_contact);
	ELSE
		v_ticket := pickup_plan(v_kind, v_place, v_words, p_message, v_person, p_contact);
		v_outcome := CASE WHEN v_place IS NULL THEN 'incomplete' WHEN v_ticket.crew_id IS NULL THEN 'noted'
			ELSE 'planned' END;
	END IF;
	RETURN ARRAY[v_outcome, 'reference', v_ticket.reference, 'kind', '@kind_' || v_ticket.kind,
		'place', coalesce(v_ticket.place, ''), 'day', to_char(v_ticket.due_at, 'DD/MM')]
		|| CASE WHEN v_outcome IN ('incomplete', 'noted') THEN ARRAY['when', office_when()] ELSE '{}' END;
END $$;
