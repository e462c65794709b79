-- SPDX-License-Identifier: GPL-3.0-or-later
-- complaint: what a citizen reports becomes a ticket, complete or marked incomplete, never nothing.

CREATE OR REPLACE FUNCTION service_complaint(p_message bigint, p_contact bigint, p_fields jsonb)
RETURNS text[]
LANGUAGE plpgsql AS $$
DECLARE
	v_category text := coalesce(p_fields ->> 'category', '');
	v_place text := coalesce(p_fields ->> 'place', '');
	v_incomplete boolean := v_category = '' OR v_place = '';
	v_reference text;
	v_words text := p_fields ->> 'words';
BEGIN
	-- What she answered may say more than was asked.
	IF p_fields ? 'answer' THEN
		SELECT q.body || E'\n' || a.body INTO v_words FROM message q, message a
		WHERE q.id = p_message AND a.id = (p_fields ->> 'answer')::bigint;
	END IF;
	v_reference := ticket_open('complaint', CASE v_category WHEN '' THEN 'other' ELSE v_category END,
		nullif(v_place, ''), v_words, v_incomplete, p_message, p_contact);
	-- She was asked where, and said all of it again: one ticket, two reports.
	IF p_fields ? 'restated' THEN
		INSERT INTO report (ticket_id, contact_id, message_id, category, place, words, at)
		SELECT t.id, p_contact, m.id, t.category, t.place, m.body, m.at
		FROM ticket t, message m
		WHERE t.reference = v_reference AND m.id = (p_fields ->> 'restated')::bigint;
	END IF;
	RETURN ARRAY[CASE WHEN v_incomplete THEN 'incomplete' ELSE 'created' END,
		'reference', v_reference,
		'category', CASE v_category WHEN '' THEN '@category_other' ELSE '@category_' || v_category END,
		'place', v_place];
END $$;
