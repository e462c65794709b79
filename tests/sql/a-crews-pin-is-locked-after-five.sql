-- SPDX-License-Identifier: GPL-3.0-or-later
-- Five wrong PINs in a row lock a crew for an hour of city time, the right one too; a right one between begins anew.
INSERT INTO crew (name) VALUES ('A'), ('B');
SELECT crew_pin_set(id, '0471') FROM crew WHERE name = 'A';
CREATE FUNCTION pg_temp.pin_ok(p_crew integer, p_pin text) RETURNS boolean LANGUAGE sql AS $$
	SELECT coalesce((SELECT worker_pin_ok(w, p_pin) FROM worker w WHERE w.crew_id = p_crew), false)
$$;

DO $$
DECLARE
	v_a integer := (SELECT id FROM crew WHERE name = 'A');
	v_b integer := (SELECT id FROM crew WHERE name = 'B');
	v_salt text := (SELECT pin_salt FROM crew WHERE name = 'A');
BEGIN
	ASSERT (SELECT pin_hash = sha256(convert_to(pin_salt || '0471', 'UTF8')) FROM crew WHERE id = v_a), 'its hash';
	ASSERT length(v_salt) >= 32, 'its salt';
	ASSERT pg_temp.pin_ok(v_a, '0471'), 'the right one';
	ASSERT NOT pg_temp.pin_ok(v_a, NULL), 'none';
	ASSERT NOT pg_temp.pin_ok(v_a, ''), 'an empty one';
	ASSERT NOT pg_temp.pin_ok(v_b, '0471'), 'a crew without';
	ASSERT NOT pg_temp.pin_ok(v_b, ''), 'a crew without, and an empty one';
	ASSERT NOT pg_temp.pin_ok(-1, '0471'), 'no crew';
	FOR i IN 2..4 LOOP
		ASSERT NOT pg_temp.pin_ok(v_a, '471'), 'a wrong one';
	END LOOP;
	ASSERT (SELECT pin_failures = 4 AND pin_locked_until IS NULL FROM crew WHERE id = v_a), 'four are counted';
	ASSERT pg_temp.pin_ok(v_a, '0471'), 'four wrong ones lock nothing';
	FOR i IN 1..5 LOOP
		ASSERT NOT pg_temp.pin_ok(v_a, i::text), 'a wrong one again';
	END LOOP;
	ASSERT NOT pg_temp.pin_ok(v_a, '0471'), 'locked';
	UPDATE city_clock SET offset_ = offset_ + interval '59 minutes';
	ASSERT NOT pg_temp.pin_ok(v_a, '0471'), 'locked for nearly an hour';
	UPDATE city_clock SET offset_ = offset_ + interval '2 minutes';
	ASSERT NOT pg_temp.pin_ok(v_a, '1'), 'a wrong one after the hour';
	ASSERT pg_temp.pin_ok(v_a, '0471'), 'locks nothing yet';
	ASSERT (SELECT pin_failures = 0 AND pin_locked_until IS NULL FROM crew WHERE id = v_a), 'all is forgotten';
	FOR i IN 1..5 LOOP
		ASSERT NOT pg_temp.pin_ok(v_a, 'x'), 'wrong';
	END LOOP;
	PERFORM crew_pin_set(v_a, '12345678');
	ASSERT pg_temp.pin_ok(v_a, '12345678'), 'a new PIN is not locked';
	ASSERT (SELECT pin_salt <> v_salt FROM crew WHERE id = v_a), 'nor salted as the old one';
	PERFORM crew_pin_set(v_a, NULL);
	ASSERT NOT pg_temp.pin_ok(v_a, '12345678'), 'taken away';
END $$;
