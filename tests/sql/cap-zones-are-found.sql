-- SPDX-License-Identifier: GPL-3.0-or-later
-- The zones that a CAP message's areas mean: by code, by name, by shape, in this order; each once.

\ir lib/alert-city.sql

INSERT INTO zone (name) VALUES ('Far'), ('Plain');
UPDATE zone SET outline = '((30,-2),(30.1,-2),(30.1,-1.9),(30,-1.9))' WHERE name = 'Nyarugenge';
UPDATE zone SET outline = '((30,-2),(30.05,-2),(30.05,-1.9),(30,-1.9))' WHERE name = 'Kimisagara';
UPDATE zone SET outline = '((40,-2),(40.1,-2),(40.1,-1.9),(40,-1.9))' WHERE name = 'Far';
INSERT INTO place (name, zone_id, lat, long, aliases) SELECT 'Plain market', id, -1.95, 35, '{RW-0104,Marché de Plain}' FROM zone WHERE name = 'Plain';

CREATE FUNCTION pg_temp.names(p_areas jsonb) RETURNS text LANGUAGE sql AS $$
	SELECT coalesce(string_agg(z.name, '+' ORDER BY u.n), '') FROM unnest(cap_zones(p_areas)) WITH ORDINALITY AS u(id, n)
	JOIN zone z ON z.id = u.id
$$;
CREATE FUNCTION pg_temp.area(p_description text, p_codes text[] DEFAULT '{}', p_shapes text[] DEFAULT '{}') RETURNS jsonb LANGUAGE sql AS $$
	SELECT jsonb_build_array(jsonb_build_object('description', p_description, 'geocodes', to_jsonb(p_codes), 'shapes', to_jsonb(p_shapes)))
$$;

DO $$
DECLARE
	v record;
BEGIN
	FOR v IN SELECT * FROM (VALUES
		(1, pg_temp.area('somewhere'), ''),
		(2, pg_temp.area('somewhere', '{006037}'), ''),
		(3, pg_temp.area('somewhere', '{-,""}'), ''),
		-- By code: a zone's name, a place's other name; codes go before what the area is called.
		(10, pg_temp.area('somewhere', '{kimisagara}'), 'Kimisagara'),
		(11, pg_temp.area('somewhere', '{006037,rw-0104}'), 'Plain'),
		(12, pg_temp.area('Gitega', '{RW-0104}', '{"((40,-2),(40.1,-2),(40.1,-1.9))"}'), 'Plain'),
		-- By name.
		(20, pg_temp.area('GITEGA'), 'Gitega'),
		(21, pg_temp.area('Gitega; Kimisagara'), 'Gitega+Kimisagara'),
		(22, pg_temp.area('Quartier de Gitega et alentours, Far'), 'Gitega+Far'),
		(23, pg_temp.area('Marché de Plain'), 'Plain'),
		(24, pg_temp.area('Farther away'), ''),
		-- What stands behind a part of it only says where that is.
		(25, pg_temp.area('Kimisagara, Nyarugenge'), 'Kimisagara'),
		(26, pg_temp.area('Nyarugenge, Kimisagara'), 'Nyarugenge+Kimisagara'),
		(27, pg_temp.area('Katabaro in Kimisagara, Nyarugenge / Far'), 'Katabaro+Far'),
		-- By shape: outlines that it touches, the smaller zone before the one around it; places where there is no outline.
		(30, pg_temp.area('x', '{}', '{"((30.02,-1.96),(30.03,-1.96),(30.03,-1.95))"}'), 'Kimisagara'),
		(31, pg_temp.area('x', '{}', '{"((30.07,-1.96),(30.08,-1.96),(30.08,-1.95))"}'), 'Nyarugenge'),
		(32, pg_temp.area('x', '{}', '{"((34.9,-2),(35.1,-2),(35.1,-1.9),(34.9,-1.9))"}'), 'Plain'),
		(33, pg_temp.area('x', '{}', '{"((0,0),(1,0),(1,1))"}'), ''),
		(34, pg_temp.area('x', '{}', '{"((29,-3),(41,-3),(41,-1),(29,-1))"}'), 'Kimisagara+Far+Plain'),
		-- Areas each by itself, together once.
		(40, pg_temp.area('Gitega') || pg_temp.area('x', '{gitega,far}') || pg_temp.area('nowhere'), 'Gitega+Far')
	) AS t(n, areas, names) LOOP
		ASSERT pg_temp.names(v.areas) = v.names, format('%s: %s', v.n, pg_temp.names(v.areas));
	END LOOP;
	ASSERT cap_zones('[]') = '{}', 'no area';
END $$;
