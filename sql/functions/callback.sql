-- SPDX-License-Identifier: GPL-3.0-or-later
-- callback: she rang, or sent her operator's "please call me": beeping is the free channel.  A person calls
-- back; she is told so once a day.

CREATE OR REPLACE FUNCTION service_callback(p_message bigint, p_contact bigint, p_fields jsonb)
RETURNS text[]
LANGUAGE plpgsql AS $$
DECLARE
	v_now timestamptz := city_now();
BEGIN
	IF NOT EXISTS (SELECT FROM tray WHERE kind = 'callback' AND contact_id = p_contact AND done_at IS NULL) THEN
		INSERT INTO tray (kind, contact_id, message_id, at) VALUES ('callback', p_contact, p_message, v_now);
	END IF;
	UPDATE contact SET callback_at = v_now
	WHERE id = p_contact AND callback_at <= v_now - interval '1 day';
	RETURN ARRAY[CASE WHEN FOUND THEN 'noted' ELSE 'again' END];
END $$;
