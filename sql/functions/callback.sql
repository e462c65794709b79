-- SPDX-License-Identifier: GPL-3.0-or-later
-- callback: she rang, or sent her operator's "please call me": beeping is the free channel.  A person calls
-- back; she is told so once a day.

-- A message of the operator's names the caller in the field `number`: the answer then goes to her (the value `recipient`).
CREATE OR REPLACE FUNCTION service_callback(p_message bigint, p_contact bigint, p_fields jsonb)
RETURNS text[]
LANGUAGE plpgsql AS $$
DECLARE
	v_now timestamptz := city_now();
	v_caller bigint := p_contact;
	v_told boolean;
	v_menu CONSTANT boolean := (SELECT kind = 'ussd' FROM message WHERE id = p_message);
	v_waits boolean;
BEGIN
	IF p_fields ? 'number' THEN
		INSERT INTO contact (number, kind, created_at) VALUES (p_fields ->> 'number', 'e164', v_now)
		ON CONFLICT (number) DO NOTHING;
		SELECT id INTO v_caller FROM contact WHERE number = p_fields ->> 'number';
	END IF;
	v_waits := EXISTS (SELECT FROM tray WHERE kind = 'callback' AND contact_id = v_caller AND done_at IS NULL);
	IF NOT v_waits THEN
		INSERT INTO tray (kind, contact_id, message_id, at) VALUES ('callback', v_caller, p_message, v_now);
	END IF;
	UPDATE contact SET callback_at = v_now WHERE id = v_caller
		AND (callback_at <= v_now - interval '1 day' OR callback_at > v_now);
	v_told := NOT FOUND;
	RETURN ARRAY[CASE WHEN v_menu THEN CASE WHEN v_waits THEN 'asked_again' ELSE 'asked' END
		WHEN v_told THEN 'again' ELSE 'noted' END, 'recipient', v_caller::text, 'when', office_when()];
END $$;
