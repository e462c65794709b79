-- SPDX-License-Identifier: GPL-3.0-or-later
-- question: something that a citizen wants to know.  The gateway brings in the field `text` the name of the city's own
-- answer, if it has one; it goes out at once, and the question is kept as one that was answered.  Any other waits for a
-- human, each one by itself.

CREATE OR REPLACE FUNCTION service_question(p_message bigint, p_contact bigint, p_fields jsonb)
RETURNS text[]
LANGUAGE plpgsql AS $$
DECLARE
	v_now timestamptz := city_now();
	v_answer text := p_fields ->> 'text';
BEGIN
	IF v_answer LIKE '@answer\_%' THEN
		INSERT INTO tray (kind, contact_id, message_id, note, at, done_at, done_by)
		VALUES ('question', p_contact, p_message, substr(v_answer, 2), v_now, v_now, 'answers');
		RETURN ARRAY['answered', 'text', v_answer];
	END IF;
	PERFORM tray_add('question', p_contact, p_message, NULL);
	RETURN ARRAY['noted', 'when', office_when()];
END $$;
