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
BEGIN
	v_reference := ticket_open('complaint', CASE v_category WHEN '' THEN 'other' ELSE v_category END,
		nullif(v_place, ''), p_fields ->> 'words', v_incomplete, p_message, p_contact);
	RETURN ARRAY[CASE WHEN v_incomplete THEN 'incomplete' ELSE 'created' END,
		'reference', v_reference,
		'category', CASE v_category WHEN '' THEN '@category_other' ELSE '@category_' || v_category END,
		'place', v_place];
END $$;
