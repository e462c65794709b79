-- SPDX-License-Identifier: GPL-3.0-or-later
-- facts: several things in one SMS.  Each is filed by its own service, and said in one reply.

-- A value of texts that is a text itself, with values of its own.
CREATE OR REPLACE FUNCTION facts_item(p_parts text[])
RETURNS text
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
	RETURN array_to_string(p_parts, E'\x1e');
END $$;

-- What the reply says of one of them, from its service's own outcome; NULL: nothing.
CREATE OR REPLACE FUNCTION facts_said(p_outcome text, p_values jsonb)
RETURNS text
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
	v_skip text[] := ARRAY['reference', p_values ->> 'reference', 'container', p_values ->> 'container',
		'kind', p_values ->> 'kind'];
BEGIN
	IF p_values ->> 'reference' IS NULL THEN
		RETURN NULL; -- what few may read
	ELSIF p_values ? 'container' THEN
		RETURN facts_item(CASE WHEN p_outcome = 'hazardous' THEN '@facts_danger'
			WHEN (p_values ->> 'reports')::bigint > 1 THEN '@facts_skip_many' ELSE '@facts_skip' END || v_skip
			|| ARRAY['reports', p_values ->> 'reports']);
	END IF;
	RETURN facts_item(ARRAY['@facts_place', 'reference', p_values ->> 'reference',
		'kind', coalesce(p_values ->> 'kind', p_values ->> 'category'), 'place', coalesce(p_values ->> 'place', '')]);
END $$;

-- File one: its service, then name, value, ...  Returns what is said of it; p_unknown becomes the number of a container
-- that the city does not know, of which nothing is filed.
CREATE OR REPLACE FUNCTION facts_file(p_fact text[], p_common jsonb, p_message bigint, p_contact bigint, OUT said text,
	OUT unknown text)
LANGUAGE plpgsql AS $$
DECLARE
	v_fields jsonb := jsonb_object(p_fact[2:]) || p_common;
	v_outcome text[];
BEGIN
	IF p_fact[1] = 'skip' AND NOT EXISTS (SELECT FROM container WHERE number = (v_fields ->> 'container')::integer) THEN
		unknown := v_fields ->> 'container';
		said := facts_item(ARRAY['@facts_unknown', 'container', unknown]);
		RETURN;
	ELSIF p_fact[1] = 'skip' THEN
		v_outcome := service_skip(p_message, p_contact, v_fields);
	ELSE
		v_outcome := service_complaint(p_message, p_contact, v_fields);
	END IF;
	said := facts_said(v_outcome[1], jsonb_object(v_outcome[2:]));
END $$;

CREATE OR REPLACE FUNCTION service_facts(p_message bigint, p_contact bigint, p_fields jsonb)
RETURNS text[]
LANGUAGE plpgsql AS $$
DECLARE
	v_common jsonb := p_fields - ARRAY['one', 'two', 'three', 'four', 'five', 'rest'] || '{"final": true}';
	v_rest text := p_fields ->> 'rest';
	v_unfiled text[] := '{}';
	v_said text[] := '{}';
	v_fact text;
	v record;
BEGIN
	FOREACH v_fact IN ARRAY ARRAY[p_fields ->> 'one', p_fields ->> 'two', p_fields ->> 'three', p_fields ->> 'four',
			p_fields ->> 'five'] LOOP
		CONTINUE WHEN v_fact IS NULL;
		SELECT * INTO v FROM facts_file(string_to_array(v_fact, E'\x1e'), v_common, p_message, p_contact);
		v_said := v_said || v.said;
		v_unfiled := v_unfiled || v.unknown;
	END LOOP;
	v_said := array_remove(v_said, NULL);
	v_unfiled := array_remove(v_unfiled, NULL);
	IF v_rest IS NOT NULL OR v_unfiled <> '{}' THEN
		PERFORM tray_add('incomplete', p_contact, p_message, concat_ws('; ', 'several things in one message',
			'no such container: ' || nullif(array_to_string(v_unfiled, ' '), ''),
			CASE WHEN v_rest = '-' THEN 'not all of it was understood' ELSE 'not filed: ' || v_rest END));
		RETURN ARRAY[CASE WHEN v_rest <> '-' THEN 'filed_beyond' ELSE 'filed_rest' END,
			'text', array_to_string(v_said, E'\x1d'), 'rest', replace(v_rest, ' ', ', '), 'when', office_when()];
	END IF;
	RETURN ARRAY['filed', 'text', array_to_string(v_said, E'\x1d')];
END $$;
