-- SPDX-License-Identifier: GPL-3.0-or-later
-- alert-registers: who may warn, whom to warn, gauges and shelters from CSV, as 70-registers.sql explains.
--
-- A list of a hundred thousand numbers is one statement a step: nothing here is called once a row.

CREATE OR REPLACE FUNCTION alert_register_open(p_register text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	PERFORM set_config('jit', 'off', true), set_config('work_mem', '64MB', true);
	CASE p_register
	WHEN 'officers' THEN
		CREATE TEMPORARY TABLE import_row (line integer, name text, login text, number text, roles text[], duty integer,
			language text, active boolean) ON COMMIT DROP;
	WHEN 'recipients' THEN
		CREATE TEMPORARY TABLE import_row (line integer, number text, list text, kind text, zone text, language text,
			active boolean) ON COMMIT DROP;
	WHEN 'gauges' THEN
		CREATE TEMPORARY TABLE import_row (line integer, number integer, name text, phone text, zone text, unit text,
			threshold numeric, event text) ON COMMIT DROP;
	WHEN 'shelters' THEN
		CREATE TEMPORARY TABLE import_row (line integer, name text, zone text, place text, lat double precision,
			long double precision, capacity integer, open boolean) ON COMMIT DROP;
	ELSE
		PERFORM tax_register_open(p_register);
	END CASE;
END $$;

-- What is wrong -----------------------------------------------------------------------------------

-- A login and a phone are one person's: that the same person does not approve what she drafted hangs on it.
CREATE OR REPLACE FUNCTION register_officer_faults()
RETURNS TABLE (line integer, "column" text, fault text, value text, other text)
LANGUAGE plpgsql AS $$
BEGIN
	RETURN QUERY SELECT r.line, 'login', 'no_way', NULL::text, NULL::text FROM import_row r
	WHERE r.login IS NULL AND r.number IS NULL AND r.active IS TRUE;
	RETURN QUERY SELECT r.line, 'login', 'login_of_other', r.login, o.name
	FROM import_row r JOIN officer o ON o.login = r.login AND o.name <> r.name
	WHERE NOT EXISTS (SELECT FROM import_row i WHERE i.name = o.name);
	RETURN QUERY SELECT r.line, 'number', 'phone_of_other', NULL::text, o.name
	FROM import_row r JOIN contact c ON c.number = r.number JOIN officer o ON o.contact_id = c.id AND o.name <> r.name
	WHERE NOT EXISTS (SELECT FROM import_row i WHERE i.name = o.name);
END $$;

-- A list is of one kind; rows that name none go along with the others.
CREATE OR REPLACE FUNCTION register_recipient_faults()
RETURNS TABLE (line integer, "column" text, fault text, value text, other text)
LANGUAGE plpgsql AS $$
BEGIN
	RETURN QUERY
	SELECT r.line, 'kind', 'other_kind', r.kind, r.first::text
	FROM (SELECT i.line, i.kind, min(i.line) OVER l AS first, first_value(i.kind) OVER (l ORDER BY i.line) AS first_kind
		FROM import_row i WHERE i.kind IS NOT NULL WINDOW l AS (PARTITION BY i.list)) r
	WHERE r.kind <> r.first_kind;
END $$;

CREATE OR REPLACE FUNCTION alert_register_faults(p_register text)
RETURNS TABLE (line integer, "column" text, fault text, value text, other text)
LANGUAGE plpgsql AS $$
BEGIN
	CASE p_register
	WHEN 'officers' THEN
		RETURN QUERY SELECT * FROM register_twice('name', 'name');
		RETURN QUERY SELECT * FROM register_twice('login', 'login');
		RETURN QUERY SELECT t.line, t."column", t.fault, NULL::text, t.other FROM register_twice('number', 'number') t;
		RETURN QUERY SELECT * FROM register_officer_faults();
	WHEN 'recipients' THEN
		RETURN QUERY SELECT t.line, t."column", t.fault, NULL::text, t.other
			FROM register_twice('number', 'number, list') t;
		RETURN QUERY SELECT * FROM register_unknown('zone', 'zone');
		RETURN QUERY SELECT * FROM register_recipient_faults();
	WHEN 'gauges' THEN
		RETURN QUERY SELECT * FROM register_twice('number', 'number');
		RETURN QUERY SELECT * FROM register_unknown('zone', 'zone');
	WHEN 'shelters' THEN
		RETURN QUERY SELECT * FROM register_twice('name', 'name, zone');
		RETURN QUERY SELECT * FROM register_unknown('zone', 'zone');
	ELSE
		RETURN QUERY SELECT * FROM tax_register_faults(p_register);
	END CASE;
END $$;

-- What is taken, and means more than its row: a list that was of another kind.
CREATE OR REPLACE FUNCTION alert_register_warnings(p_register text)
RETURNS TABLE (line integer, "column" text, fault text, value text, other text)
LANGUAGE plpgsql AS $$
BEGIN
	IF p_register = 'recipients' THEN
		RETURN QUERY
		SELECT min(r.line), 'kind', 'kind_changes', r.kind, l.kind
		FROM import_row r JOIN recipient_list l ON l.name = r.list WHERE r.kind <> l.kind GROUP BY r.list, r.kind, l.kind;
	END IF;
END $$;

-- What is stored ----------------------------------------------------------------------------------

-- Contacts of these numbers, made if need be, and spoken to as the file says unless they have said it themselves.
-- Returns those that spoke another language before.
CREATE OR REPLACE FUNCTION register_contacts(p_numbers text[], p_languages text[]) RETURNS bigint[]
LANGUAGE plpgsql AS $$
DECLARE
	v_changed bigint[];
BEGIN
	WITH given AS (
		SELECT DISTINCT ON (g.number) g.number, g.language
		FROM unnest(p_numbers, p_languages) WITH ORDINALITY AS g(number, language, nth) WHERE g.number IS NOT NULL
		ORDER BY g.number, g.language IS NULL, g.nth
	), made AS (
		INSERT INTO contact (number, kind, language, created_at)
		SELECT g.number, 'e164', g.language, city_now() FROM given g
		WHERE NOT EXISTS (SELECT FROM contact c WHERE c.number = g.number)
		ON CONFLICT (number) DO NOTHING
	), told AS (
		UPDATE contact c SET language = g.language FROM given g
		WHERE c.number = g.number AND g.language IS NOT NULL AND c.language IS DISTINCT FROM g.language
			AND NOT c.language_chosen
		RETURNING c.id
	)
	SELECT array_agg(id) INTO v_changed FROM told;
	RETURN coalesce(v_changed, '{}');
END $$;

-- What an officer is, in a line of the audit.
CREATE OR REPLACE FUNCTION officer_line(p_roles text[], p_duty integer, p_active boolean) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
	SELECT CASE WHEN p_active THEN coalesce(nullif(array_to_string(p_roles, ' '), ''), 'no role') || coalesce(', duty ' || p_duty, '')
		ELSE 'left' END
$$;

-- Each change of an officer is in the audit by itself: who may warn a city is worth a line.
CREATE OR REPLACE FUNCTION register_store_officers(OUT added bigint, OUT changed bigint)
LANGUAGE plpgsql AS $$
DECLARE
	v_spoken bigint[];
	v_actor text := coalesce(import_said('actor'), 'import');
BEGIN
	v_spoken := (SELECT register_contacts(array_agg(number), array_agg(language)) FROM import_row);
	CREATE TEMPORARY TABLE import_officer ON COMMIT DROP AS
	SELECT r.line, o.id, r.name, r.login, c.id AS contact_id, r.roles, r.duty, r.active, o.id IS NULL AS new,
		(o.login, o.contact_id) IS DISTINCT FROM (r.login, c.id) AS elsewhere,
		officer_line(o.roles, o.duty, o.active) AS was, officer_line(r.roles, r.duty, r.active) AS becomes
	FROM import_row r LEFT JOIN officer o ON o.name = r.name LEFT JOIN contact c ON c.number = r.number
	WHERE o.id IS NULL OR c.id = ANY (v_spoken)
		OR (o.login, o.contact_id, o.roles, o.duty, o.active) IS DISTINCT FROM (r.login, c.id, r.roles, r.duty, r.active);
	SELECT count(*) FILTER (WHERE i.new), count(*) FILTER (WHERE NOT i.new) INTO added, changed FROM import_officer i;
	-- Two may change phones with each other.
	UPDATE officer o SET login = NULL, contact_id = NULL FROM import_officer i WHERE o.id = i.id AND i.elsewhere;
	UPDATE officer o SET login = i.login, contact_id = i.contact_id, roles = i.roles, duty = i.duty, active = i.active
	FROM import_officer i WHERE o.id = i.id;
	INSERT INTO officer (name, login, contact_id, roles, duty, active)
	SELECT i.name, i.login, i.contact_id, i.roles, i.duty, i.active FROM import_officer i WHERE i.new ORDER BY i.line;
	INSERT INTO audit (actor, what, object, reason, at)
	SELECT v_actor, CASE WHEN i.new THEN 'officer added' ELSE 'officer changed' END, 'officer ' || o.id,
		CASE WHEN i.new THEN i.becomes WHEN i.was <> i.becomes THEN i.was || ' -> ' || i.becomes
			WHEN i.elsewhere THEN i.becomes || ', another login or phone' ELSE i.becomes END, city_now()
	FROM import_officer i JOIN officer o ON o.name = i.name ORDER BY i.line;
END $$;

-- A list that is not there yet is of the kind that any of its rows says, else of plain contacts.
CREATE OR REPLACE FUNCTION register_store_lists() RETURNS integer[]
LANGUAGE plpgsql AS $$
DECLARE
	v_changed integer[];
BEGIN
	INSERT INTO recipient_list (name, kind)
	SELECT r.list, coalesce(max(r.kind), 'contacts') FROM import_row r
	WHERE r.active AND NOT EXISTS (SELECT FROM recipient_list l WHERE l.name = r.list) GROUP BY r.list ORDER BY r.list;
	WITH told AS (
		UPDATE recipient_list l SET kind = g.kind
		FROM (SELECT list, max(kind) AS kind FROM import_row GROUP BY list) g
		WHERE l.name = g.list AND l.kind <> g.kind
		RETURNING l.id
	)
	SELECT array_agg(id) INTO v_changed FROM told;
	RETURN coalesce(v_changed, '{}');
END $$;

-- A row that says no takes its number off the list, which is a change if it was on it.
CREATE OR REPLACE FUNCTION register_store_recipients(OUT added bigint, OUT changed bigint)
LANGUAGE plpgsql AS $$
DECLARE
	v_spoken bigint[];
	v_lists integer[] := register_store_lists();
BEGIN
	v_spoken := (SELECT register_contacts(array_agg(number), array_agg(language)) FROM import_row WHERE active);
	CREATE TEMPORARY TABLE import_member ON COMMIT DROP AS
	SELECT r.line, l.id AS list_id, c.id AS contact_id, z.id AS zone_id, r.active, m.list_id IS NOT NULL AS there,
		m.zone_id IS DISTINCT FROM z.id OR l.id = ANY (v_lists) AS other
	FROM import_row r JOIN recipient_list l ON l.name = r.list LEFT JOIN contact c ON c.number = r.number
	LEFT JOIN zone z ON z.name = r.zone
	LEFT JOIN list_member m ON m.list_id = l.id AND m.contact_id = c.id;
	SELECT count(*) FILTER (WHERE i.active AND NOT i.there),
		count(*) FILTER (WHERE i.there AND (NOT i.active OR i.other OR i.contact_id IN (SELECT unnest(v_spoken))))
	INTO added, changed FROM import_member i;
	DELETE FROM list_member m USING import_member i
	WHERE m.list_id = i.list_id AND m.contact_id = i.contact_id AND NOT i.active;
	UPDATE list_member m SET zone_id = i.zone_id FROM import_member i
	WHERE m.list_id = i.list_id AND m.contact_id = i.contact_id AND i.active AND m.zone_id IS DISTINCT FROM i.zone_id;
	INSERT INTO list_member (list_id, contact_id, zone_id)
	SELECT i.list_id, i.contact_id, i.zone_id FROM import_member i WHERE i.active AND NOT i.there ORDER BY i.line;
END $$;

CREATE OR REPLACE FUNCTION register_store_gauges(OUT added bigint, OUT changed bigint)
LANGUAGE plpgsql AS $$
BEGIN
	PERFORM register_contacts(array_agg(phone), NULL) FROM import_row;
	UPDATE gauge g SET name = r.name, contact_id = c.id, zone_id = z.id, unit = r.unit, threshold = r.threshold,
		event = r.event
	FROM import_row r JOIN contact c ON c.number = r.phone LEFT JOIN zone z ON z.name = r.zone
	WHERE g.number = r.number AND (g.name, g.contact_id, g.zone_id, g.unit, g.threshold, g.event)
		IS DISTINCT FROM (r.name, c.id, z.id, r.unit, r.threshold, r.event);
	GET DIAGNOSTICS changed = ROW_COUNT;
	INSERT INTO gauge (number, name, contact_id, zone_id, unit, threshold, event)
	SELECT r.number, r.name, c.id, z.id, r.unit, r.threshold, r.event
	FROM import_row r JOIN contact c ON c.number = r.phone LEFT JOIN zone z ON z.name = r.zone
	WHERE NOT EXISTS (SELECT FROM gauge g WHERE g.number = r.number);
	GET DIAGNOSTICS added = ROW_COUNT;
END $$;

-- A shelter is known by its name and its zone, as a place is.
CREATE OR REPLACE FUNCTION register_store_shelters(OUT added bigint, OUT changed bigint)
LANGUAGE plpgsql AS $$
BEGIN
	UPDATE shelter s SET place = r.place, lat = r.lat, long = r.long, capacity = r.capacity, open = r.open
	FROM import_row r JOIN zone z ON z.name = r.zone
	WHERE s.name = r.name AND s.zone_id = z.id AND (s.place, s.lat, s.long, s.capacity, s.open)
		IS DISTINCT FROM (r.place, r.lat, r.long, r.capacity, r.open);
	GET DIAGNOSTICS changed = ROW_COUNT;
	INSERT INTO shelter (name, zone_id, place, lat, long, capacity, open)
	SELECT r.name, z.id, r.place, r.lat, r.long, r.capacity, r.open FROM import_row r JOIN zone z ON z.name = r.zone
	WHERE NOT EXISTS (SELECT FROM shelter s WHERE s.name = r.name AND s.zone_id = z.id);
	GET DIAGNOSTICS added = ROW_COUNT;
END $$;

CREATE OR REPLACE FUNCTION alert_register_store(p_register text, OUT added bigint, OUT changed bigint)
LANGUAGE plpgsql AS $$
BEGIN
	CASE p_register
	WHEN 'officers' THEN SELECT s.added, s.changed INTO added, changed FROM register_store_officers() s;
	WHEN 'recipients' THEN SELECT s.added, s.changed INTO added, changed FROM register_store_recipients() s;
	WHEN 'gauges' THEN SELECT s.added, s.changed INTO added, changed FROM register_store_gauges() s;
	WHEN 'shelters' THEN SELECT s.added, s.changed INTO added, changed FROM register_store_shelters() s;
	ELSE SELECT s.added, s.changed INTO added, changed FROM tax_register_store(p_register) s;
	END CASE;
END $$;

-- What is exported --------------------------------------------------------------------------------

CREATE OR REPLACE FUNCTION register_yes(p_yes boolean) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
	SELECT CASE WHEN p_yes THEN 'yes' ELSE 'no' END
$$;

CREATE OR REPLACE VIEW register_officers AS
SELECT register_text(o.name) AS name, register_text(o.login) AS login, c.number,
	nullif(array_to_string(o.roles, ' '), '') AS roles, o.duty, c.language, register_yes(o.active) AS active
FROM officer o LEFT JOIN contact c ON c.id = o.contact_id AND c.kind = 'e164' AND c.erased_at IS NULL
ORDER BY o.duty NULLS LAST, o.name;

CREATE OR REPLACE VIEW register_recipients AS
SELECT c.number, register_text(l.name) AS list, l.kind, register_text(z.name) AS zone, c.language, 'yes' AS active
FROM list_member m JOIN recipient_list l ON l.id = m.list_id JOIN contact c ON c.id = m.contact_id
	LEFT JOIN zone z ON z.id = m.zone_id
WHERE c.kind = 'e164' AND c.erased_at IS NULL
ORDER BY l.name, c.number;

CREATE OR REPLACE VIEW register_gauges AS
SELECT g.number, register_text(g.name) AS name, c.number AS phone, register_text(z.name) AS zone,
	register_text(g.unit) AS unit, g.threshold, g.event
FROM gauge g JOIN contact c ON c.id = g.contact_id LEFT JOIN zone z ON z.id = g.zone_id
ORDER BY g.number;

CREATE OR REPLACE VIEW register_shelters AS
SELECT register_text(s.name) AS name, register_text(z.name) AS zone, register_text(s.place) AS place, s.lat, s.long,
	s.capacity, register_yes(s.open) AS open
FROM shelter s JOIN zone z ON z.id = s.zone_id
ORDER BY z.name, s.name;
