-- SPDX-License-Identifier: GPL-3.0-or-later
-- stop: by itself no more reminders and nothing in bulk; with `news` no more news of her own tickets; with `warnings` no
-- more warnings of danger.  What waits to be said of it is not said.  Answers to what she sends go on.

CREATE OR REPLACE FUNCTION service_stop(p_message bigint, p_contact bigint, p_fields jsonb)
RETURNS text[]
LANGUAGE plpgsql AS $$
BEGIN
	CASE p_fields ->> 'what'
	WHEN 'news' THEN
		UPDATE contact SET news_stopped = true WHERE id = p_contact;
		PERFORM news_unsay_to(p_contact);
		RETURN ARRAY['news'];
	WHEN 'warnings' THEN
		UPDATE contact SET warnings_stopped = true WHERE id = p_contact;
		DELETE FROM notice WHERE contact_id = p_contact AND service = 'alert';
		RETURN ARRAY['warnings'];
	ELSE
		UPDATE contact SET stopped = true WHERE id = p_contact;
		DELETE FROM notice WHERE contact_id = p_contact AND priority >= 5;
		RETURN ARRAY['stopped'];
	END CASE;
END $$;
