-- SPDX-License-Identifier: GPL-3.0-or-later
-- help: the menu.

CREATE OR REPLACE FUNCTION service_help(p_message bigint, p_contact bigint, p_fields jsonb)
RETURNS text[]
LANGUAGE plpgsql AS $$
BEGIN
	RETURN ARRAY['menu'];
END $$;
