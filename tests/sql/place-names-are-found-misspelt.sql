-- SPDX-License-Identifier: GPL-3.0-or-later
-- The names of the demonstration city, each with one letter amiss, and names of other cities: the limits of likeness find
-- nine of ten of the first, and hardly one of the others.
\ir ../../sql/demo/demo.sql

-- One letter is another, is missing, is doubled, or is in the place of the next.
CREATE FUNCTION pg_temp.misspelt(t text, n integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	i integer := 2 + n % (length(t) - 2);
BEGIN
	WHILE substr(t, i, 1) !~ '[a-z]' LOOP
		i := i - 1;
	END LOOP;
	RETURN CASE n % 4 WHEN 0 THEN overlay(t PLACING CASE substr(t, i, 1) WHEN 'k' THEN 'c' ELSE 'k' END FROM i FOR 1)
		WHEN 1 THEN overlay(t PLACING '' FROM i FOR 1)
		WHEN 2 THEN overlay(t PLACING repeat(substr(t, i, 1), 2) FROM i FOR 1)
		ELSE left(t, i - 1) || substr(t, i + 1, 1) || substr(t, i, 1) || substr(t, i + 2) END;
END $$;

CREATE TEMP TABLE said AS
SELECT n.place_id, p.zone_id, n.folded, pg_temp.misspelt(n.folded, k) AS misspelt
FROM place_name n JOIN place p ON p.id = n.place_id, generate_series(1, 8) AS k
WHERE n.folded ~ '^[a-z ]+$' AND length(n.core) >= 5;

DO $$
DECLARE
	v_all integer;
	v_found integer; -- first, or among those that are asked about; or its zone is, where the larger place is said well
	v_nothing integer;
BEGIN
	SELECT count(*), count(*) FILTER (WHERE s.place_id = ANY (g.places) OR s.zone_id = g.zones[1]),
		count(*) FILTER (WHERE g.places IS NULL)
	INTO v_all, v_found, v_nothing
	FROM said s, LATERAL (SELECT array_agg(place_id) AS places, array_agg(zone_id) AS zones
		FROM place_guess('perto ' || s.misspelt)) g;
	ASSERT v_all > 2000, v_all;
	ASSERT v_found >= v_all * 0.93, format('%s of %s found', v_found, v_all);
	ASSERT v_nothing <= v_all * 0.07, format('%s of %s like nothing', v_nothing, v_all);
END $$;

-- What is no name of this city is none; what is like one a little is like it so little that it is asked about.
DO $$
DECLARE
	v text;
	v_like integer := 0;
BEGIN
	FOREACH v IN ARRAY ARRAY['avenue de la Paix', 'Airport Road', 'derrière l''école primaire', 'avenida Julius Nyerere',
		'chez maman Aline', 'près de la boulangerie', 'Ouagadougou', 'Gombe', 'rue de la République', 'minha casa', 'main road',
		'behind the mosque', 'Lusaka', 'Nouakchott', 'market', 'rua principal', 'in front of my house', 'Bambous', 'Kariakoo',
		'terminal de autocarros', 'Hamdallaye', 'Badalabougou', 'Makola market', 'Mombasa road', 'esquina da padaria', 'escola',
		'petrol station', 'Marrere', 'praia', 'Tevragh Zeina', 'Marché Total', 'Yopougon', 'Abobo', 'grand marché', 'Mathare',
		'Treichville', 'Westlands', 'Kampala road', 'Kawempe', 'Nakasero market', 'Cazenga', 'Sambizanga', 'Benguela', 'KN 9',
		'rue 2316', 'شارع النيل', 'سوق المدينة'] LOOP
		v_like := v_like + EXISTS (SELECT FROM place_guess(v))::integer;
		ASSERT NOT EXISTS (SELECT FROM place_guess(v) g WHERE g.similarity >= 0.5), v;
	END LOOP;
	ASSERT v_like <= 2, v_like;
END $$;

-- The words around a name.
CREATE FUNCTION pg_temp.first(p text) RETURNS text LANGUAGE sql AS $$
	SELECT name FROM place_guess(p) LIMIT 1
$$;
INSERT INTO zone (name) VALUES ('Quartier Neuf');
INSERT INTO place (name, kind, zone_id, lat, long) SELECT 'Lampadaire 0214', 'lamp_post', id, -25.95, 32.57 FROM zone
WHERE name = 'Mafalala';
INSERT INTO place (name, kind, zone_id) SELECT 'KN7-45', 'lamp_post', id FROM zone WHERE name = 'Gitega';
INSERT INTO place (name, kind, zone_id) SELECT 'Grande mosquée', 'landmark', id FROM zone WHERE name IN ('Mafalala', 'Remera');
DO $$
BEGIN
	ASSERT pg_temp.first('rue KN 5, Kimironko') = 'KN 5 Rd', 'the street, not the quarter';
	ASSERT pg_temp.first('kimironko market') = 'marché Kimironko', 'the longer name';
	ASSERT pg_temp.first('buraco na rua do mercado mavalan') = 'Mercado Mavalane', 'a letter is missing';
	ASSERT pg_temp.first('قرب سوق كيميرونكو') = 'marché Kimironko', 'by its alias';
	ASSERT pg_temp.first('pole 214') = 'Lampadaire 0214' AND pg_temp.first('lampadaire n° ٢١٤') = 'Lampadaire 0214'
		AND pg_temp.first('عمود 214') = 'Lampadaire 0214' AND pg_temp.first('poste de luz nº 214') = 'Lampadaire 0214';
	ASSERT pg_temp.first('poteau no 45') = 'KN7-45', 'the number on it';
	ASSERT pg_temp.first('rue 214') IS NULL AND pg_temp.first('pole 215') IS NULL AND pg_temp.first('214') IS NULL;
	ASSERT (SELECT count(*) FROM place_guess('grande mosquée')) = 2, 'two of one name';
	ASSERT (SELECT count(*) FROM place_guess('grande mosquee de Remera')) = 1, 'the one there';
	ASSERT (SELECT zone_id = (SELECT id FROM zone WHERE name = 'Quartier Neuf') AND place_id IS NULL
		FROM place_guess('au quartier neuf')), 'a zone that is no place';
	ASSERT (SELECT count(*) FROM place_guess('Mafalala')) = 1, 'a zone that is one is that';
	ASSERT NOT EXISTS (SELECT FROM place_guess(NULL)) AND NOT EXISTS (SELECT FROM place_guess('?!'));
	ASSERT abs(metres_between(-25, 32, -26, 32) - 111195) < 10, 'a degree of latitude';
	ASSERT abs(metres_between(-60, 32, -60, 33) - 55597) < 10, 'half as much along, far from the equator';
	ASSERT metres_between(-25, 32, NULL, 32) IS NULL;
	UPDATE place SET aliases = '{Old Mosque Road}' WHERE name = 'Rua Zundap';
	ASSERT pg_temp.first('old mosque road') = 'Rua Zundap', 'an alias is known at once';
	UPDATE place SET aliases = '{}' WHERE name = 'Rua Zundap';
	ASSERT pg_temp.first('old mosque road') IS DISTINCT FROM 'Rua Zundap', 'and forgotten';
END $$;
