-- SPDX-License-Identifier: GPL-3.0-or-later
-- language: the one in which she wants to be answered, from now on.

CREATE OR REPLACE FUNCTION service_language(p_message bigint, p_contact bigint, p_fields jsonb)
RETURNS text[]
LANGUAGE plpgsql AS $$
BEGIN
	IF coalesce(p_fields ->> 'language', '') = '' THEN
		RETURN ARRAY['unknown'];
	END IF;
	UPDATE contact SET language = p_fields ->> 'language', language_chosen = true WHERE id = p_contact;
	RETURN ARRAY['set'];
END $$;
