-- SPDX-License-Identifier: GPL-3.0-or-later
-- Two gateways, one step: the second one waits, and finds what the first has stored.  What is due one of them does, the other
-- waits for nobody.

\ir lib/two-sessions.sql
CREATE FUNCTION pg_temp.steps(p_text text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	RETURN format($q$SELECT outcome || coalesce(' ' || screen, '') FROM ussd_begin('{sim}', '{a}', '{+250788000001}', '{*384#}',
		'{menu}', ARRAY[md5(%L)]::uuid[])$q$, p_text);
END $$;
CREATE FUNCTION pg_temp.stores(p_text text, p_screen text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	RETURN format($q$SELECT ussd_store(ARRAY[(SELECT id FROM ussd_session WHERE session = 'a')], ARRAY[md5(%L)]::uuid[], ARRAY[%L],
		'{t}', ARRAY[%L], ARRAY['state'], '{NULL}', '{f}', '{x}', '{NULL}', '{NULL}', '{NULL}')::text$q$, p_text, p_screen, p_text);
END $$;

DO $$
DECLARE
	v record;
BEGIN
	-- Also the very first one, whose session neither of them knows, of a phone that nobody knows.
	v := pg_temp.meet(pg_temp.steps(''), pg_temp.steps(''), pg_temp.stores('', 'Menu'));
	ASSERT v.one = 'new' AND v.other = 'known Menu', v::text;
	v := pg_temp.meet(pg_temp.steps('1'), pg_temp.steps('1'), pg_temp.stores('1', 'Kind?'));
	ASSERT v.one = 'open' AND v.other = 'known Kind?', v::text;
END $$;

DO $$
BEGIN
	UPDATE city_clock SET offset_ = interval '4 minutes';
END $$;
DO $$
BEGIN
	PERFORM dblink_exec('s1', 'BEGIN');
	ASSERT pg_temp.says('s1', 'SELECT ussd_due()::text') = '1' AND pg_temp.says('s2', 'SELECT ussd_due()::text') = '0', 'one';
	PERFORM dblink_exec('s1', 'COMMIT');
END $$;
