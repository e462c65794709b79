-- SPDX-License-Identifier: GPL-3.0-or-later
-- question: what a citizen wants to know goes before a human, who answers in the same thread.

CREATE OR REPLACE FUNCTION service_question(p_message bigint, p_contact bigint, p_fields jsonb)
RETURNS text[]
LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO tray (kind, contact_id, message_id, at) VALUES ('question', p_contact, p_message, city_now());
	RETURN ARRAY['noted', 'when', to_char(office_reads(city_now()), 'DD/MM HH24:MI')];
END $$;
