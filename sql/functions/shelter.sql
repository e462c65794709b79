-- SPDX-License-Identifier: GPL-3.0-or-later
-- shelter: where to go: the open shelters nearest to somebody.

-- Steps in the tree of zones from one to another: 0 is the same, 1 the one around it or within it.  NULL: another tree.
CREATE OR REPLACE FUNCTION zone_steps(p_from integer, p_to integer)
RETURNS integer
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v_from integer[] := zone_around(p_from);
	v_to integer[] := zone_around(p_to);
BEGIN
	RETURN (SELECT min(f.n + t.n - 2) FROM unnest(v_from) WITH ORDINALITY AS f(zone, n)
		JOIN unnest(v_to) WITH ORDINALITY AS t(zone, n) ON t.zone = f.zone);
END $$;

-- Where a zone is: the middle of the place of its name, or of its outline.
CREATE OR REPLACE FUNCTION zone_middle(p_zone integer, OUT lat double precision, OUT long double precision)
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v zone;
BEGIN
	SELECT * INTO v FROM zone WHERE id = p_zone;
	SELECT p.lat, p.long INTO lat, long FROM place_name n JOIN place p ON p.id = n.place_id
	WHERE n.folded = fold(v.name) AND p.zone_id = p_zone AND p.lat IS NOT NULL ORDER BY place_width(p.kind) DESC LIMIT 1;
	IF lat IS NULL AND v.outline IS NOT NULL THEN
		long := (v.outline::point)[0];
		lat := (v.outline::point)[1];
	END IF;
END $$;

-- The nearest open ones to a zone, and to a point in it where that is known: by the way as the crow flies where both are
-- known, else by the tree, a step of which counts as so many metres.
CREATE OR REPLACE FUNCTION shelter_near(p_zone integer, p_lat double precision, p_long double precision)
RETURNS SETOF shelter
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v_step_m CONSTANT double precision := 2000;
	v_most CONSTANT integer := 3;
BEGIN
	RETURN QUERY
	SELECT s.* FROM shelter s, LATERAL (SELECT metres_between(p_lat, p_long, s.lat, s.long) AS metres,
		zone_steps(p_zone, s.zone_id) AS steps) d
	WHERE s.open AND (d.metres IS NOT NULL OR d.steps IS NOT NULL)
	ORDER BY coalesce(d.metres, d.steps * v_step_m), d.steps NULLS LAST, s.capacity DESC NULLS LAST, s.name LIMIT v_most;
END $$;

CREATE OR REPLACE FUNCTION shelter_said(p_name text, p_zone integer, p_lat double precision, p_long double precision)
RETURNS text[]
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v_text text;
BEGIN
	SELECT string_agg(array_to_string(ARRAY['@shelter_item' || CASE WHEN s.capacity > 0 THEN '_room' ELSE '' END, 'name', s.name,
		'place', coalesce(s.place, z.name), 'count', coalesce(s.capacity::text, '')], E'\x1e'), E'\x1d' ORDER BY s.n)
	INTO v_text
	FROM (SELECT *, row_number() OVER () AS n FROM shelter_near(p_zone, p_lat, p_long)) s JOIN zone z ON z.id = s.zone_id;
	RETURN CASE WHEN v_text IS NULL THEN ARRAY['none'] ELSE ARRAY['near', 'place', p_name, 'text', v_text] END;
END $$;

CREATE OR REPLACE FUNCTION service_shelter(p_message bigint, p_contact bigint, p_fields jsonb)
RETURNS text[]
LANGUAGE plpgsql AS $$
DECLARE
	v_final boolean := coalesce((p_fields ->> 'final')::boolean, false);
	v_mine integer[] := subscription_zones(p_contact);
	v_zone integer;
	v_guess record;
	v_middle record;
	v_said text[];
	v record;
BEGIN
	IF NOT EXISTS (SELECT FROM shelter WHERE open) THEN
		RETURN ARRAY['none'];
	END IF;
	SELECT * INTO v_guess FROM place_guess(p_fields ->> 'place') LIMIT 1;
	IF v_guess.similarity = 1 AND v_guess.zone_id IS NOT NULL AND v_guess.lat IS NOT NULL THEN
		RETURN shelter_said(v_guess.name, v_guess.zone_id, v_guess.lat, v_guess.long);
	END IF;
	SELECT * INTO v FROM zone_asked(p_message, p_fields);
	v_zone := coalesce(v.zones[1], CASE WHEN v.unknown = '{}' THEN v_mine[1] END);
	IF v_zone IS NOT NULL THEN
		SELECT * INTO v_middle FROM zone_middle(v_zone);
		RETURN shelter_said((SELECT name FROM zone WHERE id = v_zone), v_zone, v_middle.lat, v_middle.long);
	END IF;
	v_said := CASE WHEN v.unknown <> '{}' THEN zone_unknown_said(v.unknown) ELSE ARRAY['which'] END;
	IF NOT v_final THEN
		PERFORM session_ask(p_contact, 'shelter', 'place', '', p_message);
		v_said := v_said || ARRAY['ask', 'place'];
	END IF;
	RETURN v_said;
END $$;
