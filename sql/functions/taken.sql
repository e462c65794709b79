-- SPDX-License-Identifier: GPL-3.0-or-later
-- taken: a duty officer has it.  What that means is in 92-duty.sql; here is what she hears.

CREATE OR REPLACE FUNCTION service_taken(p_message bigint, p_contact bigint, p_fields jsonb)
RETURNS text[]
LANGUAGE plpgsql AS $$
DECLARE
	v record := duty_take(p_contact, p_fields ->> 'reference');
	v_ticket ticket;
BEGIN
	IF v.outcome = 'taken' AND v.ticket IS NULL THEN
		RETURN ARRAY['alert', 'reference', v.name];
	ELSIF v.outcome <> 'taken' THEN
		RETURN ARRAY[v.outcome, 'reference', coalesce(v.name, ''), 'text', coalesce(v.name, ''),
			'officer', coalesce(v.officer, ''), 'since', coalesce(to_char(v.since, 'HH24:MI'), '')];
	END IF;
	SELECT * INTO v_ticket FROM ticket WHERE id = v.ticket;
	RETURN ARRAY['sos', 'reference', v.name,
		'phone', coalesce((SELECT c.number FROM report r JOIN contact c ON c.id = r.contact_id
			WHERE r.ticket_id = v_ticket.id AND c.kind = 'e164' ORDER BY r.id LIMIT 1), '-'),
		'place', coalesce(nullif(v_ticket.place, ''), ticket_where(v_ticket)),
		'people', CASE WHEN v_ticket.people > 0
			THEN array_to_string(ARRAY['@taken_people', 'people', v_ticket.people::text], E'\x1e') ELSE '' END];
END $$;
