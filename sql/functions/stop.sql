-- SPDX-License-Identifier: GPL-3.0-or-later
-- stop: no more reminders and nothing in bulk; answers and news of one's own tickets go on.

CREATE OR REPLACE FUNCTION service_stop(p_message bigint, p_contact bigint, p_fields jsonb)
RETURNS text[]
LANGUAGE plpgsql AS $$
BEGIN
	UPDATE contact SET stopped = true WHERE id = p_contact;
	RETURN ARRAY['stopped'];
END $$;
