-- SPDX-License-Identifier: GPL-3.0-or-later
-- Shelters by the way as the crow flies where it is known, else by the tree of zones; closed ones and those of another tree
-- are none.

INSERT INTO zone (name) VALUES ('City'), ('East'), ('West'), ('East Low'), ('Elsewhere');
UPDATE zone SET parent_id = 1 WHERE id IN (2, 3);
UPDATE zone SET parent_id = 2 WHERE id = 4;
UPDATE zone SET outline = '((30.0,-2.0),(30.2,-2.0),(30.2,-1.8),(30.0,-1.8))' WHERE id = 3;
INSERT INTO place (name, kind, zone_id, lat, long) VALUES ('East Low', 'quarter', 4, -1.90, 30.40);

CREATE FUNCTION pg_temp.near(p_zone integer) RETURNS text LANGUAGE sql AS $$
	SELECT coalesce(string_agg(s.name, ',' ORDER BY s.n), '')
	FROM (SELECT *, row_number() OVER () AS n FROM zone_middle(p_zone) m, shelter_near(p_zone, m.lat, m.long)) s
$$;

DO $$
BEGIN
	ASSERT pg_temp.near(4) = '', 'none';
	INSERT INTO shelter (name, zone_id, capacity, open) VALUES ('own', 4, 10, true), ('shut', 4, 900, false),
		('around', 2, 10, true), ('sister', 3, 10, true), ('city', 1, 10, true), ('other tree', 5, 10, true);
	ASSERT pg_temp.near(4) = 'own,around,city', pg_temp.near(4);
	ASSERT pg_temp.near(5) = 'other tree', pg_temp.near(5);
	UPDATE shelter SET capacity = 50 WHERE name = 'sister';
	ASSERT pg_temp.near(1) = 'city,sister,around', 'of equals the larger: ' || pg_temp.near(1);
	-- The zone's tree says that West is far; it lies next door.
	UPDATE shelter SET lat = -1.9005, long = 30.40 WHERE name = 'sister';
	ASSERT pg_temp.near(4) = 'own,sister,around', pg_temp.near(4);
	UPDATE shelter SET lat = -1.95, long = 30.40 WHERE name = 'own';
	ASSERT pg_temp.near(4) = 'sister,around,city', 'its own is five kilometres off: ' || pg_temp.near(4);
	ASSERT (SELECT lat BETWEEN -1.91 AND -1.89 AND long BETWEEN 30.09 AND 30.11 FROM zone_middle(3)), 'of an outline';
END $$;
