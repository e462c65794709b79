-- SPDX-License-Identifier: GPL-3.0-or-later
-- observation: what people see of a danger that grows.  A ticket a place and kind, of the department that answers for drains,
-- roads or water, which is told at once; who sees the same within some hours joins it.

CREATE OR REPLACE FUNCTION observation_category(p_kind text)
RETURNS text
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
	RETURN CASE p_kind WHEN 'rising' THEN 'drain' WHEN 'road_cut' THEN 'road' ELSE 'water' END;
END $$;

-- The open one of that kind at that place, or, of words that are no place of the city's, in that zone by the same words.
CREATE OR REPLACE FUNCTION observation_like(p_ticket ticket)
RETURNS ticket
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v_while CONSTANT interval := '6 hours';
BEGIN
	RETURN (SELECT t FROM ticket t
		WHERE t.category = p_ticket.category AND t.state IN ('open', 'assigned', 'in_progress')
			AND t.opened_at > city_now() - v_while AND t.service = 'observation' AND t.kind = p_ticket.kind
			AND (t.place_id = p_ticket.place_id OR t.place_id IS NULL AND p_ticket.place_id IS NULL
				AND t.zone_id = p_ticket.zone_id AND fold(t.place) = fold(p_ticket.place))
		ORDER BY t.id DESC LIMIT 1);
END $$;

CREATE OR REPLACE FUNCTION observation_said(p_outcome text, p_ticket ticket)
RETURNS text[]
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN ARRAY[p_outcome, 'reference', p_ticket.reference, 'kind', '@kind_' || p_ticket.kind,
		'place', coalesce(p_ticket.place, ''), 'since', to_char(p_ticket.opened_at, 'HH24:MI'),
		'reports', (SELECT count(DISTINCT contact_id) FROM report WHERE ticket_id = p_ticket.id)::text]
		|| CASE p_outcome WHEN 'incomplete' THEN ARRAY['when', office_when()] ELSE '{}' END;
END $$;

CREATE OR REPLACE FUNCTION service_observation(p_message bigint, p_contact bigint, p_fields jsonb)
RETURNS text[]
LANGUAGE plpgsql AS $$
DECLARE
	v_person bigint := report_person(p_contact, p_fields);
	v_words text := form_words(p_message, p_fields);
	v_zone record := form_zone(p_fields);
	v_again boolean;
	v_other ticket;
	v ticket;
BEGIN
	v.service := 'observation';
	v.kind := p_fields ->> 'kind';
	v.category := observation_category(v.kind);
	v.urgent := true;
	v.zone_id := v_zone.id;
	v := sos_locate(v, coalesce(nullif(trim(p_fields ->> 'place'), ''), v_zone.name), NULL);
	v.incomplete := v.place IS NULL;
	v_other := observation_like(v);
	IF v_other.id IS NOT NULL THEN
		v_again := EXISTS (SELECT FROM report WHERE ticket_id = v_other.id AND contact_id = v_person);
		v_other.place := v.place; -- nobody reads another's words
		PERFORM report_add(v_other, v_words, p_message, v_person, p_contact);
		RETURN observation_said(CASE WHEN v_again THEN 'again' ELSE 'joined' END, v_other);
	END IF;
	v := ticket_open(v, v_words, p_message, v_person, p_contact);
	PERFORM ticket_job(v);
	IF v.zone_id IS NULL THEN
		INSERT INTO tray (kind, contact_id, message_id, ticket_id, note, at)
		VALUES ('incomplete', v_person, p_message, v.id, CASE WHEN v.place IS NULL THEN 'no place was said'
			ELSE 'no place that is known' END, v.opened_at);
	END IF;
	RETURN observation_said(CASE WHEN v.incomplete THEN 'incomplete' ELSE 'created' END, v);
END $$;
