-- SPDX-License-Identifier: GPL-3.0-or-later
-- start: takes a stop back; by itself every one.

CREATE OR REPLACE FUNCTION service_start(p_message bigint, p_contact bigint, p_fields jsonb)
RETURNS text[]
LANGUAGE plpgsql AS $$
BEGIN
	CASE p_fields ->> 'what'
	WHEN 'news' THEN
		UPDATE contact SET news_stopped = false WHERE id = p_contact;
		RETURN ARRAY['news'];
	WHEN 'warnings' THEN
		UPDATE contact SET warnings_stopped = false WHERE id = p_contact;
		RETURN ARRAY['warnings'];
	ELSE
		UPDATE contact SET stopped = false, news_stopped = false, warnings_stopped = false WHERE id = p_contact;
		RETURN ARRAY['started'];
	END CASE;
END $$;
