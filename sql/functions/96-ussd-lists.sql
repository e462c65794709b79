-- SPDX-License-Identifier: GPL-3.0-or-later
-- ussd-lists: what a USSD menu offers that only the city's registers know: districts and their quarters, the containers of a
-- quarter, a citizen's own tickets and warnings.
--
-- Names are compared folded, with what somebody keyed of them, at their beginning and at that of each of their words.

-- Are screens of this language in letters that the GSM alphabet does not have, so that they hold 70 characters?
CREATE OR REPLACE FUNCTION ussd_is_narrow(p_language text)
RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT p_language = ANY ('{am,ar,fa,ti,ur,zgh}'::text[])
$$;

-- Where a container stands, as a screen has room for it; a narrow one for the words that tell this place from others: no
-- "avenue", and 12 letters, or one word.
CREATE OR REPLACE FUNCTION ussd_place(p_place text, p_narrow boolean)
RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
	v_most CONSTANT integer := 12;
	v_words text[];
	v text;
BEGIN
	IF p_place IS NULL OR NOT p_narrow OR length(p_place) <= v_most THEN
		RETURN p_place;
	END IF;
	v_words := string_to_array(p_place, ' ');
	v_words := coalesce(nullif(ARRAY(SELECT w FROM unnest(v_words) WITH ORDINALITY AS u(w, n)
		WHERE fold(w) <> '' AND NOT place_common(fold(w)) ORDER BY n), '{}'), v_words);
	v := v_words[1];
	FOR i IN 2..cardinality(v_words) LOOP
		EXIT WHEN length(v) + 1 + length(v_words[i]) > v_most;
		v := v || ' ' || v_words[i];
	END LOOP;
	RETURN v;
END $$;

-- Zones that are a district's leaves, or that leaf itself; of no district all there are.
CREATE OR REPLACE FUNCTION ussd_quarters(p_district integer)
RETURNS SETOF integer
LANGUAGE plpgsql STABLE AS $$
BEGIN
	IF p_district IS NULL THEN
		RETURN QUERY SELECT z.id FROM zone z WHERE NOT EXISTS (SELECT FROM zone c WHERE c.parent_id = z.id);
		RETURN;
	END IF;
	RETURN QUERY
	WITH RECURSIVE within (id) AS (
		SELECT p_district
		UNION
		SELECT z.id FROM within w JOIN zone z ON z.parent_id = w.id
	)
	SELECT w.id FROM within w WHERE NOT EXISTS (SELECT FROM zone c WHERE c.parent_id = w.id);
END $$;

-- These zones, by name; with letters those that begin so, or one of their words does: the whole name first, then its
-- beginning, then other words and other names.  A zone's other names are those of the place that is the zone itself.
CREATE OR REPLACE FUNCTION ussd_zone_rows(p_zones integer[], p_letters text, p_offset integer, p_limit integer)
RETURNS TABLE (value text, label text)
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v_like text := '% ' || p_letters || '%'; -- folded: it has no sign that LIKE knows
BEGIN
	IF p_letters IS NULL THEN
		RETURN QUERY SELECT z.id::text, z.name FROM zone z LEFT JOIN place_name n ON n.zone_id = z.id
			WHERE z.id = ANY (p_zones) ORDER BY n.folded, z.name OFFSET p_offset LIMIT p_limit;
		RETURN;
	END IF;
	RETURN QUERY
	SELECT z.id::text, z.name
	FROM (SELECT n.zone_id FROM place_name n WHERE n.zone_id IS NOT NULL AND ' ' || n.folded LIKE v_like
		UNION
		SELECT p.zone_id FROM place_name n JOIN place p ON p.id = n.place_id JOIN zone o ON o.id = p.zone_id AND o.name = p.name
		WHERE ' ' || n.folded LIKE v_like) f
	JOIN zone z ON z.id = f.zone_id LEFT JOIN place_name n ON n.zone_id = z.id
	WHERE z.id = ANY (p_zones)
	ORDER BY n.folded = p_letters DESC NULLS LAST, starts_with(n.folded, p_letters) DESC NULLS LAST, n.folded, z.name
	OFFSET p_offset LIMIT p_limit;
END $$;

-- Containers of a zone, or the one of a number; without a place of its own it is in its zone.
DROP FUNCTION IF EXISTS ussd_container_rows;
CREATE FUNCTION ussd_container_rows(p_zone integer, p_number integer, p_letters text, p_narrow boolean, p_offset integer,
	p_limit integer)
RETURNS TABLE (value text, label text)
LANGUAGE plpgsql STABLE AS $$
BEGIN
	IF p_number IS NOT NULL THEN
		RETURN QUERY SELECT c.number::text, concat_ws(' ', c.number, ussd_place(coalesce(c.place, z.name), p_narrow))
			FROM container c LEFT JOIN zone z ON z.id = c.zone_id WHERE c.number = p_number;
		RETURN;
	END IF;
	RETURN QUERY SELECT c.number::text, concat_ws(' ', c.number, ussd_place(c.place, p_narrow)) FROM container c
		WHERE c.zone_id = p_zone
			AND (p_letters IS NULL OR concat_ws(' ', '', c.number, fold(c.place)) LIKE '% ' || p_letters || '%')
		ORDER BY c.number OFFSET p_offset LIMIT p_limit;
END $$;

-- A citizen's own tickets: those that are open, then the others, the newest first.  What few may read is in no list: phones
-- are shared.
CREATE OR REPLACE FUNCTION ussd_ticket_rows(p_contact bigint, p_letters text, p_offset integer, p_limit integer)
RETURNS TABLE (value text, label text)
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v_newest CONSTANT integer := 40; -- of her reports are looked at
BEGIN
	RETURN QUERY
	SELECT t.reference, concat_ws(' ', t.reference, t.container, ticket_where_to(t, p_contact))
	FROM (SELECT DISTINCT m.ticket_id FROM (
			SELECT ticket_id FROM report WHERE contact_id = p_contact ORDER BY id DESC LIMIT v_newest) m) r
		JOIN ticket t ON t.id = r.ticket_id
	WHERE NOT t.restricted AND (p_letters IS NULL OR starts_with(fold(t.reference), p_letters))
	ORDER BY t.state IN ('open', 'assigned', 'in_progress') DESC, t.id DESC
	OFFSET p_offset LIMIT p_limit;
END $$;

-- Rows of a source, in its order, from p_offset on, p_limit at most:
--   districts     the zones within none, where there are any within them; p_within: nothing
--   quarters      the zones that hold no other, of a district (p_within), or of all
--   zones         all of both
--   containers    of the quarter p_within: number and place
--   container     the one of the number p_letters
--   my_tickets    the contact's own, also by the beginning of the reference
--   my_warnings   the zones for which she is warned
--   in_force      the zones that warnings in force name, those for which she is warned first
--   p_letters     what was keyed of a name, as written; "": all
--   p_language    of the screen: a narrow one has shorter names
-- A source that is none has no rows.
DROP FUNCTION IF EXISTS ussd_list;
CREATE FUNCTION ussd_list(p_source text, p_within text, p_letters text, p_contact bigint, p_language text, p_offset integer,
	p_limit integer)
RETURNS TABLE (value text, label text)
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v_within integer := CASE WHEN p_within ~ '^[0-9]{1,9}$' THEN p_within::integer END;
	v_letters text := fold(nullif(trim(p_letters), ''));
	v_narrow boolean := ussd_is_narrow(p_language);
	v_zones integer[];
BEGIN
	IF v_letters = '' THEN
		RETURN; -- only signs were keyed: no name begins so
	END IF;
	CASE p_source
	WHEN 'containers' THEN
		RETURN QUERY SELECT * FROM ussd_container_rows(v_within, NULL, v_letters, v_narrow, p_offset, p_limit);
		RETURN;
	WHEN 'container' THEN
		IF replace(v_letters, ' ', '') ~ '^[0-9]{1,9}$' AND p_offset = 0 THEN
			RETURN QUERY SELECT * FROM ussd_container_rows(NULL, replace(v_letters, ' ', '')::integer, NULL, v_narrow, 0,
				p_limit);
		END IF;
		RETURN;
	WHEN 'my_tickets' THEN
		RETURN QUERY SELECT * FROM ussd_ticket_rows(p_contact, replace(v_letters, ' ', ''), p_offset, p_limit);
		RETURN;
	WHEN 'in_force' THEN
		RETURN QUERY SELECT z.id::text, z.name FROM zone z
			WHERE z.id IN (SELECT unnest(a.zones) FROM info_in_force() a)
			ORDER BY zone_around(z.id) && subscription_zones(p_contact) DESC, z.name OFFSET p_offset LIMIT p_limit;
		RETURN;
	WHEN 'districts' THEN
		v_zones := ARRAY(SELECT z.id FROM zone z WHERE z.parent_id IS NULL AND EXISTS (SELECT FROM zone c WHERE c.parent_id IS NOT NULL));
	WHEN 'quarters' THEN
		v_zones := ARRAY(SELECT ussd_quarters(v_within));
	WHEN 'zones' THEN
		v_zones := ARRAY(SELECT z.id FROM zone z);
	WHEN 'my_warnings' THEN
		v_zones := ARRAY(SELECT s.zone_id FROM subscription s WHERE s.contact_id = p_contact);
	ELSE
		RETURN;
	END CASE;
	RETURN QUERY SELECT * FROM ussd_zone_rows(v_zones, v_letters, p_offset, p_limit);
END $$;
