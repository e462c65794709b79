-- SPDX-License-Identifier: GPL-3.0-or-later
-- erase: forget this person.  It is asked once whether she is sure.  YES as the whole of the very next message is, or the
-- same word again; anything else leaves all as it is.

-- The message that asked for it, if this one confirms it; NULL: it is the first, or too late, or something was sent between.
CREATE OR REPLACE FUNCTION erase_asked_by(p_message bigint, p_contact bigint, p_fields jsonb)
RETURNS bigint
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v_last message; -- that she sent before her word
	v_open session;
BEGIN
	SELECT * INTO v_last FROM message
	WHERE contact_id = p_contact AND direction = 'in' AND id < coalesce((p_fields ->> 'answer')::bigint, p_message)
	ORDER BY id DESC LIMIT 1;
	SELECT * INTO v_open FROM session WHERE contact_id = p_contact;
	RETURN CASE
		WHEN p_fields ? 'answer' THEN
			CASE WHEN p_fields ->> 'sure' = 'yes' AND v_last.id = p_message THEN p_message END
		WHEN v_open.service = 'erase' THEN
			CASE WHEN v_last.id = v_open.message_id THEN v_last.id END
		-- Another service's question is open: this one was not, and the word alone counts.
		WHEN v_open.service IS NOT NULL AND v_last.service = 'erase'
			AND v_last.at > city_now() - make_interval(mins => setting_int('question_timeout_min', 15)) THEN v_last.id
	END;
END $$;

CREATE OR REPLACE FUNCTION service_erase(p_message bigint, p_contact bigint, p_fields jsonb)
RETURNS text[]
LANGUAGE plpgsql AS $$
DECLARE
	v contact;
BEGIN
	IF p_fields ? 'final' AND NOT p_fields ? 'answer' AND (NOT EXISTS (SELECT FROM session WHERE contact_id = p_contact)
			OR EXISTS (SELECT FROM message WHERE contact_id = p_contact AND direction = 'in' AND id > p_message)) THEN
		RETURN ARRAY['unanswered']; -- nobody answered, or another form pushed the question out
	END IF;
	IF erase_asked_by(p_message, p_contact, p_fields) IS NULL THEN
		IF p_fields ? 'answer' THEN
			RETURN ARRAY['nothing'];
		ELSIF p_fields ? 'final' AND EXISTS (SELECT FROM session WHERE contact_id = p_contact AND service <> 'erase') THEN
			RETURN ARRAY['again'];
		END IF;
		PERFORM session_ask(p_contact, 'erase', 'sure', '', p_message);
		RETURN ARRAY['ask', 'ask', 'sure'];
	END IF;
	SELECT * INTO v FROM contact WHERE id = p_contact;
	PERFORM person_erase(p_contact);
	PERFORM audit_add('citizen', 'person erased', 'contact ' || p_contact, NULL);
	RETURN ARRAY['done', 'recipient', person_farewell(v)::text];
END $$;
