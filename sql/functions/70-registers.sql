-- SPDX-License-Identifier: GPL-3.0-or-later
-- registers: the city's own tables, imported from CSV and exported to it, and the PINs of crews.
--
-- An import is one transaction of `baraza import`:
--	register_open(register)    makes import_row, a temporary table of the file's columns and lines
--	COPY import_row            the rows, each cell read and checked
--	register_faults(register)  what is wrong with them beside the cells; none: then
--	register_store(register)   updates what changed, adds what is new, leaves what is missing
-- Cells that are empty, or were faulty, are NULL (of a list: empty).

CREATE OR REPLACE FUNCTION register_open(p_register text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	-- One import at a time; nobody else waits.
	PERFORM pg_advisory_xact_lock(7161111797653422690);
	CASE p_register
	WHEN 'zones' THEN
		CREATE TEMPORARY TABLE import_row (line integer, name text, parent text, outline text) ON COMMIT DROP;
	WHEN 'places' THEN
		CREATE TEMPORARY TABLE import_row (line integer, name text, kind text, zone text, lat double precision,
			long double precision, aliases text[]) ON COMMIT DROP;
	WHEN 'containers' THEN
		CREATE TEMPORARY TABLE import_row (line integer, number integer, zone text, place text,
			lat double precision, long double precision, crew text, capacity integer) ON COMMIT DROP;
	WHEN 'departments' THEN
		CREATE TEMPORARY TABLE import_row (line integer, name text, categories text[], phone text, language text)
			ON COMMIT DROP;
	WHEN 'crews' THEN
		CREATE TEMPORARY TABLE import_row (line integer, name text, zone text, phone text, pin text, language text)
			ON COMMIT DROP;
	WHEN 'holidays' THEN
		CREATE TEMPORARY TABLE import_row (line integer, date date, name text) ON COMMIT DROP;
	ELSE
		PERFORM alert_register_open(p_register);
	END CASE;
END $$;

-- What is wrong -----------------------------------------------------------------------------------
--
-- Each fault is a line, the column, a word for the reason, the value, and another line or name that the
-- reason speaks of.  `baraza import` has the words.

-- Rows that the file has twice: the first of them is the other.  p_key is an expression of import_row.
CREATE OR REPLACE FUNCTION register_twice(p_column text, p_key text)
RETURNS TABLE (line integer, "column" text, fault text, value text, other text)
LANGUAGE plpgsql AS $$
BEGIN
	RETURN QUERY EXECUTE format(
		'SELECT line, %L, %L, value, first::text FROM (SELECT line, (%I)::text AS value,
			min(line) OVER (PARTITION BY %s) AS first FROM import_row WHERE %I IS NOT NULL) r
		WHERE line > first', p_column, 'twice', p_column, p_key, p_column);
END $$;

-- A name that is no zone's, or no crew's; the other is how one that is looks, if there is one.
CREATE OR REPLACE FUNCTION register_unknown(p_column text, p_table text)
RETURNS TABLE (line integer, "column" text, fault text, value text, other text)
LANGUAGE plpgsql AS $$
BEGIN
	RETURN QUERY EXECUTE format(
		'SELECT r.line, %1$L, %2$L, r.%1$I, n.name
		FROM import_row r
		LEFT JOIN (SELECT lower(name) AS low, min(name) AS name FROM %3$I GROUP BY 1) n ON n.low = lower(r.%1$I)
		WHERE r.%1$I IS NOT NULL AND NOT EXISTS (SELECT FROM %3$I t WHERE t.name = r.%1$I)',
		p_column, 'no_' || p_table, p_table);
END $$;

-- Zones' parents: each must be there, in the database or anywhere in the file, and no zone may lie within
-- itself, nor more than ten levels deep.
CREATE OR REPLACE FUNCTION register_zone_faults()
RETURNS TABLE (line integer, "column" text, fault text, value text, other text)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	SELECT r.line, 'parent', 'no_zone', r.parent, n.name
	FROM import_row r
	LEFT JOIN (SELECT lower(u.name) AS low, min(u.name) AS name
		FROM (SELECT z.name FROM zone z UNION ALL SELECT i.name FROM import_row i) u GROUP BY 1) n
		ON n.low = lower(r.parent)
	WHERE r.parent IS NOT NULL AND NOT EXISTS (SELECT FROM zone z WHERE z.name = r.parent)
		AND NOT EXISTS (SELECT FROM import_row o WHERE o.name = r.parent);

	RETURN QUERY
	WITH RECURSIVE tree AS (
		SELECT name, parent FROM import_row WHERE name IS NOT NULL
		UNION
		SELECT z.name, p.name FROM zone z LEFT JOIN zone p ON p.id = z.parent_id
		WHERE NOT EXISTS (SELECT FROM import_row r WHERE r.name = z.name)
	), reached (name, level) AS (
		SELECT name, 1 FROM tree t
		WHERE parent IS NULL OR NOT EXISTS (SELECT FROM tree p WHERE p.name = t.parent)
		UNION
		SELECT t.name, r.level + 1 FROM tree t JOIN reached r ON t.parent = r.name WHERE r.level < 100
	)
	SELECT i.line, 'parent', CASE WHEN r.level IS NULL THEN 'circle' ELSE 'deep' END, i.parent, NULL
	FROM import_row i LEFT JOIN reached r ON r.name = i.name
	WHERE i.name IS NOT NULL AND (r.level IS NULL OR r.level > 10);
END $$;

-- One phone is one crew's: it is how a crew is known.
CREATE OR REPLACE FUNCTION register_crew_faults()
RETURNS TABLE (line integer, "column" text, fault text, value text, other text)
LANGUAGE plpgsql AS $$
BEGIN
	RETURN QUERY
	SELECT r.line, 'phone', 'phone_taken', NULL::text, c.name
	FROM import_row r JOIN crew c ON c.phone = r.phone AND c.name <> r.name
	WHERE NOT EXISTS (SELECT FROM import_row o WHERE o.name = c.name);
END $$;

CREATE OR REPLACE FUNCTION register_faults(p_register text)
RETURNS TABLE (line integer, "column" text, fault text, value text, other text)
LANGUAGE plpgsql AS $$
BEGIN
	CASE p_register
	WHEN 'zones' THEN
		RETURN QUERY SELECT * FROM register_twice('name', 'name');
		RETURN QUERY SELECT * FROM register_zone_faults();
	WHEN 'places' THEN
		RETURN QUERY SELECT * FROM register_twice('name', 'name, zone');
		RETURN QUERY SELECT * FROM register_unknown('zone', 'zone');
	WHEN 'containers' THEN
		RETURN QUERY SELECT * FROM register_twice('number', 'number');
		RETURN QUERY SELECT * FROM register_unknown('zone', 'zone');
		RETURN QUERY SELECT * FROM register_unknown('crew', 'crew');
	WHEN 'departments' THEN
		RETURN QUERY SELECT * FROM register_twice('name', 'name');
	WHEN 'crews' THEN
		RETURN QUERY SELECT * FROM register_twice('name', 'name');
		RETURN QUERY SELECT * FROM register_unknown('zone', 'zone');
		RETURN QUERY SELECT t.line, t."column", t.fault, NULL::text, t.other
			FROM register_twice('phone', 'phone') t;
		RETURN QUERY SELECT * FROM register_crew_faults();
	WHEN 'holidays' THEN
		RETURN QUERY SELECT * FROM register_twice('date', 'date');
	ELSE
		RETURN QUERY SELECT * FROM alert_register_faults(p_register);
	END CASE;
END $$;

-- What is stored ----------------------------------------------------------------------------------

-- Each returns how many rows it added and changed.

-- Is what a file says of a zone's outline another than it has?  (Polygons have no equality but of their area.)
CREATE OR REPLACE FUNCTION zone_outlined(p_outline polygon, p_said text) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
	SELECT p_said IS NOT NULL AND p_outline::text IS DISTINCT FROM nullif(p_said, 'none')::polygon::text
$$;

-- An outline that is empty keeps the old one; none takes it away.
CREATE OR REPLACE FUNCTION register_store_zones(OUT added bigint, OUT changed bigint)
LANGUAGE plpgsql AS $$
BEGIN
	changed := (SELECT count(*) FROM import_row r JOIN zone z ON z.name = r.name
		LEFT JOIN zone p ON p.id = z.parent_id
		WHERE p.name IS DISTINCT FROM r.parent OR zone_outlined(z.outline, r.outline));
	INSERT INTO zone (name) SELECT r.name FROM import_row r
	WHERE NOT EXISTS (SELECT FROM zone z WHERE z.name = r.name);
	GET DIAGNOSTICS added = ROW_COUNT;
	UPDATE zone z SET parent_id = p.id,
		outline = CASE r.outline WHEN 'none' THEN NULL ELSE coalesce(r.outline::polygon, z.outline) END
	FROM import_row r LEFT JOIN zone p ON p.name = r.parent
	WHERE z.name = r.name AND (z.parent_id IS DISTINCT FROM p.id OR zone_outlined(z.outline, r.outline));
END $$;

-- A place is known by its name and its zone: many a zone has its market.
CREATE OR REPLACE FUNCTION register_store_places(OUT added bigint, OUT changed bigint)
LANGUAGE plpgsql AS $$
BEGIN
	UPDATE place p SET kind = r.kind, lat = r.lat, long = r.long, aliases = r.aliases
	FROM import_row r LEFT JOIN zone z ON z.name = r.zone
	WHERE p.name = r.name AND coalesce(p.zone_id, 0) = coalesce(z.id, 0)
		AND (p.kind, p.lat, p.long, p.aliases) IS DISTINCT FROM (r.kind, r.lat, r.long, r.aliases);
	GET DIAGNOSTICS changed = ROW_COUNT;
	INSERT INTO place (name, kind, zone_id, lat, long, aliases)
	SELECT r.name, r.kind, z.id, r.lat, r.long, r.aliases
	FROM import_row r LEFT JOIN zone z ON z.name = r.zone
	WHERE NOT EXISTS (SELECT FROM place p WHERE p.name = r.name AND coalesce(p.zone_id, 0) = coalesce(z.id, 0));
	GET DIAGNOSTICS added = ROW_COUNT;
END $$;

CREATE OR REPLACE FUNCTION register_store_containers(OUT added bigint, OUT changed bigint)
LANGUAGE plpgsql AS $$
BEGIN
	UPDATE container c SET zone_id = z.id, place = r.place, lat = r.lat, long = r.long, crew_id = w.id,
		capacity = r.capacity
	FROM import_row r LEFT JOIN zone z ON z.name = r.zone LEFT JOIN crew w ON w.name = r.crew
	WHERE c.number = r.number
		AND (c.zone_id, c.place, c.lat, c.long, c.crew_id, c.capacity)
		IS DISTINCT FROM (z.id, r.place, r.lat, r.long, w.id, r.capacity);
	GET DIAGNOSTICS changed = ROW_COUNT;
	INSERT INTO container (number, zone_id, place, lat, long, crew_id, capacity)
	SELECT r.number, z.id, r.place, r.lat, r.long, w.id, r.capacity
	FROM import_row r LEFT JOIN zone z ON z.name = r.zone LEFT JOIN crew w ON w.name = r.crew
	WHERE NOT EXISTS (SELECT FROM container c WHERE c.number = r.number);
	GET DIAGNOSTICS added = ROW_COUNT;
END $$;

CREATE OR REPLACE FUNCTION register_store_departments(OUT added bigint, OUT changed bigint)
LANGUAGE plpgsql AS $$
BEGIN
	UPDATE department d SET categories = r.categories, phone = r.phone, language = r.language
	FROM import_row r
	WHERE d.name = r.name
		AND (d.categories, d.phone, d.language) IS DISTINCT FROM (r.categories, r.phone, r.language);
	GET DIAGNOSTICS changed = ROW_COUNT;
	INSERT INTO department (name, categories, phone, language)
	SELECT r.name, r.categories, r.phone, r.language FROM import_row r
	WHERE NOT EXISTS (SELECT FROM department d WHERE d.name = r.name);
	GET DIAGNOSTICS added = ROW_COUNT;
END $$;

-- A PIN that is empty keeps the old one; one that is the old one changes nothing, a lock neither.
CREATE OR REPLACE FUNCTION register_store_crews(OUT added bigint, OUT changed bigint)
LANGUAGE plpgsql AS $$
DECLARE
	v_changed integer[];
BEGIN
	SELECT coalesce(array_agg(c.id), '{}') INTO v_changed
	FROM import_row r JOIN crew c ON c.name = r.name LEFT JOIN zone z ON z.name = r.zone
	WHERE (c.zone_id, c.phone, c.language) IS DISTINCT FROM (z.id, r.phone, r.language)
		OR pin_differs(c.pin_salt, c.pin_hash, r.pin);
	changed := cardinality(v_changed);
	UPDATE crew c SET zone_id = z.id, phone = r.phone, language = r.language
	FROM import_row r LEFT JOIN zone z ON z.name = r.zone
	WHERE c.name = r.name AND c.id = ANY (v_changed);
	INSERT INTO crew (name, zone_id, phone, language)
	SELECT r.name, z.id, r.phone, r.language FROM import_row r LEFT JOIN zone z ON z.name = r.zone
	WHERE NOT EXISTS (SELECT FROM crew c WHERE c.name = r.name);
	GET DIAGNOSTICS added = ROW_COUNT;
	PERFORM crew_pin_set(c.id, r.pin) FROM import_row r JOIN crew c ON c.name = r.name
	WHERE pin_differs(c.pin_salt, c.pin_hash, r.pin);
END $$;

CREATE OR REPLACE FUNCTION register_store_holidays(OUT added bigint, OUT changed bigint)
LANGUAGE plpgsql AS $$
BEGIN
	UPDATE holiday h SET name = r.name FROM import_row r WHERE h.day = r.date AND h.name <> r.name;
	GET DIAGNOSTICS changed = ROW_COUNT;
	INSERT INTO holiday (day, name) SELECT r.date, r.name FROM import_row r
	WHERE NOT EXISTS (SELECT FROM holiday h WHERE h.day = r.date);
	GET DIAGNOSTICS added = ROW_COUNT;
END $$;

-- Gateways hear of names that they understand messages by, once this is committed.
CREATE OR REPLACE FUNCTION register_store(p_register text, OUT added bigint, OUT changed bigint)
LANGUAGE plpgsql AS $$
BEGIN
	CASE p_register
	WHEN 'zones' THEN SELECT s.added, s.changed INTO added, changed FROM register_store_zones() s;
	WHEN 'places' THEN SELECT s.added, s.changed INTO added, changed FROM register_store_places() s;
	WHEN 'containers' THEN SELECT s.added, s.changed INTO added, changed FROM register_store_containers() s;
	WHEN 'departments' THEN SELECT s.added, s.changed INTO added, changed FROM register_store_departments() s;
	WHEN 'crews' THEN SELECT s.added, s.changed INTO added, changed FROM register_store_crews() s;
	WHEN 'holidays' THEN SELECT s.added, s.changed INTO added, changed FROM register_store_holidays() s;
	ELSE SELECT s.added, s.changed INTO added, changed FROM alert_register_store(p_register) s;
	END CASE;
	IF p_register IN ('zones', 'places', 'containers') AND added + changed > 0 THEN
		NOTIFY baraza_places;
	END IF;
END $$;

-- PINs --------------------------------------------------------------------------------------------

-- Who has jobs and answers for them by SMS: crews, and departments for what no crew has.
CREATE OR REPLACE VIEW worker AS
SELECT id AS crew_id, NULL::integer AS department_id, name, phone, pin_salt, pin_hash, pin_failures, pin_locked_until
FROM crew
UNION ALL
SELECT NULL, id, name, phone, pin_salt, pin_hash, pin_failures, pin_locked_until FROM department;

-- What is known of a worker's PIN, as p has it.
CREATE OR REPLACE FUNCTION worker_pin_store(p worker) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	UPDATE crew SET pin_salt = p.pin_salt, pin_hash = p.pin_hash, pin_failures = p.pin_failures,
		pin_locked_until = p.pin_locked_until
	WHERE id = p.crew_id;
	UPDATE department SET pin_salt = p.pin_salt, pin_hash = p.pin_hash, pin_failures = p.pin_failures,
		pin_locked_until = p.pin_locked_until
	WHERE id = p.department_id;
END $$;

-- NULL takes the PIN away.
CREATE OR REPLACE FUNCTION worker_pin_set(p_worker worker, p_pin text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	v worker := p_worker;
BEGIN
	v.pin_salt := CASE WHEN p_pin IS NOT NULL THEN replace(gen_random_uuid()::text, '-', '') END;
	v.pin_hash := sha256(convert_to(v.pin_salt || p_pin, 'UTF8'));
	v.pin_failures := 0;
	v.pin_locked_until := NULL;
	PERFORM worker_pin_store(v);
END $$;

CREATE OR REPLACE FUNCTION crew_pin_set(p_crew integer, p_pin text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	PERFORM worker_pin_set(w, p_pin) FROM worker w WHERE w.crew_id = p_crew;
END $$;

-- The same for a department, by its name: by whom is written down.  False: there is none of that name.
CREATE OR REPLACE FUNCTION department_pin_set(p_name text, p_pin text, p_actor text) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
	v worker;
BEGIN
	SELECT * INTO v FROM worker w WHERE w.department_id IS NOT NULL AND w.name = p_name;
	IF v.department_id IS NULL THEN
		RETURN false;
	END IF;
	PERFORM worker_pin_set(v, p_pin);
	PERFORM audit_add(p_actor, CASE WHEN p_pin IS NULL THEN 'PIN taken away' ELSE 'PIN set' END,
		'department ' || v.department_id, NULL);
	RETURN true;
END $$;

-- A given PIN is another than the one of this salt and hash.
DROP FUNCTION IF EXISTS crew_pin_differs(crew, text);
CREATE OR REPLACE FUNCTION pin_differs(p_salt text, p_hash bytea, p_pin text) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
	RETURN p_pin IS NOT NULL
		AND p_hash IS DISTINCT FROM sha256(convert_to(coalesce(p_salt, '') || p_pin, 'UTF8'));
END $$;

-- Is this the worker's PIN?  Five wrong ones in a row lock it for an hour, in which the right one is refused too
-- and nothing is counted; then it has five again.  Who is without a PIN has no right one.  NULL is no try.
DROP FUNCTION IF EXISTS crew_pin_ok(integer, text);
CREATE OR REPLACE FUNCTION worker_pin_ok(p_worker worker, p_pin text) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
	v worker;
	v_now timestamptz := city_now();
BEGIN
	PERFORM FROM crew WHERE id = p_worker.crew_id FOR UPDATE;
	PERFORM FROM department WHERE id = p_worker.department_id FOR UPDATE;
	SELECT * INTO v FROM worker w
	WHERE w.crew_id = p_worker.crew_id OR w.department_id = p_worker.department_id;
	IF v.pin_hash IS NULL OR p_pin IS NULL OR v.pin_locked_until > v_now THEN
		RETURN false;
	END IF;
	IF NOT pin_differs(v.pin_salt, v.pin_hash, p_pin) THEN
		IF v.pin_failures > 0 OR v.pin_locked_until IS NOT NULL THEN
			v.pin_failures := 0;
			v.pin_locked_until := NULL;
			PERFORM worker_pin_store(v);
		END IF;
		RETURN true;
	END IF;
	v.pin_locked_until := CASE WHEN v.pin_failures >= 4 THEN v_now + interval '1 hour' END;
	v.pin_failures := CASE WHEN v.pin_failures < 4 THEN v.pin_failures + 1 ELSE 0 END;
	PERFORM worker_pin_store(v);
	RETURN false;
END $$;

-- What is exported --------------------------------------------------------------------------------

-- A text that a spreadsheet would take for a formula gets an apostrophe before it, and so does one whose own
-- apostrophes stand before such a sign; an import takes one away again (gateway/csv.h).
CREATE OR REPLACE FUNCTION register_text(p_text text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
	SELECT CASE WHEN p_text ~ '^''*[-=+@]' THEN '''' || p_text ELSE p_text END;
$$;

-- An outline as CAP 1.2 writes polygons: "lat,long lat,long ...", the first point again at its end.
CREATE OR REPLACE FUNCTION outline_text(p_outline polygon) RETURNS text
LANGUAGE sql IMMUTABLE STRICT AS $$
	SELECT string_agg(p.pair[2] || ',' || p.pair[1], ' ' ORDER BY p.nth) || ' ' || (array_agg(p.pair[2] || ',' || p.pair[1] ORDER BY p.nth))[1]
	FROM regexp_matches(p_outline::text, '\(([^(),]+),([^(),]+)\)', 'g') WITH ORDINALITY AS p(pair, nth)
$$;

CREATE OR REPLACE VIEW register_zones AS
SELECT register_text(z.name) AS name, register_text(p.name) AS parent, register_text(outline_text(z.outline)) AS outline
FROM zone z LEFT JOIN zone p ON p.id = z.parent_id
ORDER BY p.name NULLS FIRST, z.name;

CREATE OR REPLACE VIEW register_places AS
SELECT register_text(p.name) AS name, p.kind, register_text(z.name) AS zone, p.lat, p.long,
	register_text(nullif(array_to_string(p.aliases, '|'), '')) AS aliases
FROM place p LEFT JOIN zone z ON z.id = p.zone_id
ORDER BY z.name NULLS FIRST, p.name, p.id;

CREATE OR REPLACE VIEW register_containers AS
SELECT c.number, register_text(z.name) AS zone, register_text(c.place) AS place, c.lat, c.long,
	register_text(w.name) AS crew, c.capacity
FROM container c LEFT JOIN zone z ON z.id = c.zone_id LEFT JOIN crew w ON w.id = c.crew_id
ORDER BY c.number;

CREATE OR REPLACE VIEW register_departments AS
SELECT register_text(d.name) AS name, nullif(array_to_string(d.categories, '|'), '') AS categories, d.phone, d.language
FROM department d
ORDER BY d.name;

CREATE OR REPLACE VIEW register_crews AS
SELECT register_text(c.name) AS name, register_text(z.name) AS zone, c.phone, NULL::text AS pin, c.language
FROM crew c LEFT JOIN zone z ON z.id = c.zone_id
ORDER BY c.name;

CREATE OR REPLACE VIEW register_holidays AS
SELECT h.day AS date, register_text(h.name) AS name
FROM holiday h
ORDER BY h.day;
