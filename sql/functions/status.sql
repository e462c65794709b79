-- SPDX-License-Identifier: GPL-3.0-or-later
-- status: how a ticket stands.  A stranger learns its state and day, never words, place or number.

CREATE OR REPLACE FUNCTION service_status(p_message bigint, p_contact bigint, p_fields jsonb)
RETURNS text[]
LANGUAGE plpgsql AS $$
DECLARE
	v_reference text := coalesce(p_fields ->> 'reference', '');
	v_ticket ticket;
BEGIN
	IF v_reference <> '' THEN
		SELECT * INTO v_ticket FROM ticket t WHERE t.reference = v_reference;
		IF NOT FOUND THEN
			RETURN ARRAY['unknown', 'reference', v_reference];
		END IF;
	ELSE
		SELECT t.* INTO v_ticket FROM report r JOIN ticket t ON t.id = r.ticket_id
		WHERE r.contact_id = p_contact ORDER BY r.id DESC LIMIT 1;
		IF NOT FOUND THEN
			RETURN ARRAY['none'];
		END IF;
	END IF;
	IF EXISTS (SELECT FROM report r WHERE r.ticket_id = v_ticket.id AND r.contact_id = p_contact) THEN
		RETURN ARRAY['own', 'reference', v_ticket.reference, 'category', '@category_' || v_ticket.category,
			'place', coalesce(v_ticket.place, ''), 'state', '@state_' || v_ticket.state,
			'since', to_char(v_ticket.changed_at, 'DD/MM')];
	END IF;
	RETURN ARRAY['stranger', 'reference', v_ticket.reference, 'state', '@state_' || v_ticket.state,
		'since', to_char(v_ticket.changed_at, 'DD/MM')];
END $$;
