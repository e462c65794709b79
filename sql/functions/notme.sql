-- SPDX-License-Identifier: GPL-3.0-or-later
-- notme: this phone is no taxpayer's.  From now on it hears nothing of any, and what waits to be said to it is not said.

-- What waits to be said of taxes to a phone that is no taxpayer's any more, as a notice or in the queue, is not said.
CREATE OR REPLACE FUNCTION number_unsay(p_contact bigint)
RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	IF EXISTS (SELECT FROM taxpayer_number WHERE contact_id = p_contact) THEN
		RETURN;
	END IF;
	DELETE FROM notice WHERE contact_id = p_contact AND (service IN ('number', 'remind')
		OR service = 'payment' AND starts_with(text_key, 'receipt_'));
	PERFORM reminders_drop(p_contact, 'unlinked');
	PERFORM reminder_unqueue(m.id) FROM message m WHERE m.contact_id = p_contact AND m.direction = 'out'
		AND m.state = 'queued' AND m.service IN ('payment', 'number') AND m.reply_to IS NULL;
END $$;

-- It is nobody's registered phone any more.  p_actor: "citizen", or the person at the keyboard.  To how many it was.
CREATE OR REPLACE FUNCTION number_not_mine(p_contact bigint, p_actor text, p_reason text)
RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
	v_taxpayers bigint[] := ARRAY(SELECT taxpayer_id FROM taxpayer_number WHERE contact_id = p_contact);
	v_count integer := taxpayer_unlink(p_contact);
BEGIN
	DELETE FROM taxpayer_change WHERE old_contact_id = p_contact AND taxpayer_id = ANY (v_taxpayers);
	IF v_count > 0 THEN
		PERFORM number_unsay(p_contact);
	END IF;
	PERFORM audit_add(p_actor, 'number unlinked', 'taxpayer ' || t.reference, p_reason)
	FROM taxpayer t WHERE t.id = ANY (v_taxpayers);
	RETURN v_count;
END $$;

CREATE OR REPLACE FUNCTION service_notme(p_message bigint, p_contact bigint, p_fields jsonb)
RETURNS text[]
LANGUAGE plpgsql AS $$
BEGIN
	RETURN ARRAY[CASE WHEN number_not_mine(p_contact, 'citizen', 'not me') > 0 THEN 'done' ELSE 'none' END];
END $$;
