-- SPDX-License-Identifier: GPL-3.0-or-later
-- two-sessions: what two at once may do to each other: s1 and s2 are connected to the test's database, in its time zone.
-- A test reads this by \ir.  What it has prepared must be committed (a DO block's end) before they see it.

CREATE EXTENSION IF NOT EXISTS dblink SCHEMA public;
SELECT count(dblink_connect('s' || i, format('host=%s dbname=%s user=%s options=''-c search_path=baraza,public -c timezone=%s''',
	split_part(current_setting('unix_socket_directories'), ',', 1), current_database(), current_user,
	current_setting('timezone')))) AS connected FROM generate_series(1, 2) i \gset

-- The session says something, and is waited for.
CREATE FUNCTION pg_temp.says(p_session text, p_sql text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	RETURN (SELECT v FROM dblink(p_session, p_sql) AS d(v text));
END $$;

-- It says something that must wait for the other's lock.
CREATE FUNCTION pg_temp.waits(p_session text, p_sql text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	v_pid integer := pg_temp.says(p_session, 'SELECT pg_backend_pid()::text');
BEGIN
	PERFORM dblink_send_query(p_session, p_sql);
	WHILE pg_blocking_pids(v_pid) = '{}' LOOP
		ASSERT dblink_is_busy(p_session) = 1, 'it did not wait: ' || p_sql;
	END LOOP;
END $$;

-- What it was sent to say.
CREATE FUNCTION pg_temp.heard(p_session text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	v text := (SELECT d.v FROM dblink_get_result(p_session) AS d(v text));
BEGIN
	PERFORM FROM dblink_get_result(p_session) AS d(v text); -- the end of it
	RETURN v;
END $$;

-- s1 says the one thing, and p_then, in a transaction; meanwhile s2 says the other, must wait for it, and commits after it.
CREATE FUNCTION pg_temp.meet(p_one text, p_other text, p_then text DEFAULT 'SELECT NULL::text', OUT one text, OUT other text)
LANGUAGE plpgsql AS $$
BEGIN
	PERFORM dblink_exec('s1', 'BEGIN'), dblink_exec('s2', 'BEGIN');
	one := pg_temp.says('s1', p_one);
	PERFORM pg_temp.waits('s2', p_other), pg_temp.says('s1', p_then);
	PERFORM dblink_exec('s1', 'COMMIT');
	other := pg_temp.heard('s2');
	PERFORM dblink_exec('s2', 'COMMIT');
END $$;
