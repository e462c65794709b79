-- SPDX-License-Identifier: GPL-3.0-or-later
-- start: takes stop back.

CREATE OR REPLACE FUNCTION service_start(p_message bigint, p_contact bigint, p_fields jsonb)
RETURNS text[]
LANGUAGE plpgsql AS $$
BEGIN
	UPDATE contact SET stopped = false WHERE id = p_contact;
	RETURN ARRAY['started'];
END $$;
