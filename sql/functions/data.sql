-- SPDX-License-Identifier: GPL-3.0-or-later
-- data: what is kept about the sender.  Whoever holds her phone may ask: confidential reports are among the messages,
-- but not among the reports that are counted.

CREATE OR REPLACE FUNCTION service_data(p_message bigint, p_contact bigint, p_fields jsonb)
RETURNS text[]
LANGUAGE plpgsql AS $$
DECLARE
	v_zones text := zone_names(subscription_zones(p_contact)); -- of which she is warned
BEGIN
	RETURN (SELECT ARRAY[CASE WHEN v_zones IS NULL THEN 'kept' ELSE 'kept_zones' END, 'text', coalesce(v_zones, ''),
		'messages', (SELECT count(*) FROM message WHERE contact_id = p_contact AND direction = 'in')::text,
		'reports', (SELECT count(*) FROM report r JOIN ticket t ON t.id = r.ticket_id
			WHERE r.contact_id = p_contact AND NOT t.restricted)::text,
		'since', to_char(created_at, 'DD/MM/YYYY')]
	FROM contact WHERE id = p_contact);
END $$;
