-- SPDX-License-Identifier: GPL-3.0-or-later
-- status: how a ticket stands.  A stranger learns its state and day, never words, place or number.  Of a restricted
-- one its reporter learns that it was received; for anybody else it is not there.

-- Why a ticket is as it is: why it was refused, or which other it is the same as.
CREATE OR REPLACE FUNCTION status_why(p_ticket ticket)
RETURNS text[]
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
	RETURN CASE WHEN p_ticket.state IN ('refused', 'duplicate') AND p_ticket.reason <> ''
		THEN ARRAY['why', '@status_why', 'text', p_ticket.reason] ELSE ARRAY['why', ''] END;
END $$;

-- How many others of hers are open, where she did not name one.
CREATE OR REPLACE FUNCTION status_more(p_contact bigint, p_ticket bigint)
RETURNS text[]
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v_count bigint;
BEGIN
	SELECT count(DISTINCT t.id) INTO v_count FROM report r JOIN ticket t ON t.id = r.ticket_id
	WHERE r.contact_id = p_contact AND t.id <> p_ticket AND ticket_is_open(t.state) AND NOT t.restricted;
	RETURN CASE WHEN v_count > 0 THEN ARRAY['more', '@status_more', 'count', v_count::text]
		ELSE ARRAY['more', ''] END;
END $$;

CREATE OR REPLACE FUNCTION service_status(p_message bigint, p_contact bigint, p_fields jsonb)
RETURNS text[]
LANGUAGE plpgsql AS $$
DECLARE
	v_reference text := coalesce(p_fields ->> 'reference', '');
	v ticket;
	v_own boolean := true;
	v_values text[];
BEGIN
	IF v_reference <> '' THEN
		SELECT * INTO v FROM ticket t WHERE t.id = (SELECT ticket_by_reference(v_reference));
		v_own := EXISTS (SELECT FROM report r WHERE r.ticket_id = v.id AND r.contact_id = p_contact);
		IF v.id IS NULL OR v.restricted THEN
			RETURN ARRAY[CASE WHEN v_own THEN 'received' ELSE 'unknown' END, 'reference', v_reference];
		END IF;
	ELSE
		SELECT t.* INTO v FROM report r JOIN ticket t ON t.id = r.ticket_id
		WHERE r.contact_id = p_contact AND NOT t.restricted ORDER BY r.id DESC LIMIT 1;
		IF NOT FOUND THEN
			RETURN ARRAY['none'];
		END IF;
	END IF;
	v_values := ARRAY['reference', v.reference, 'state', '@state_' || v.state,
		'since', to_char(v.changed_at, 'DD/MM')];
	IF NOT v_own THEN
		RETURN ARRAY['stranger'] || v_values;
	END IF;
	RETURN ARRAY['own', 'what', ticket_what(v, p_contact)] || v_values || status_why(v)
		|| CASE WHEN v_reference = '' THEN status_more(p_contact, v.id) ELSE ARRAY['more', ''] END;
END $$;
